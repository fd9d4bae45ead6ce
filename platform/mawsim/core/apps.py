from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "mawsim.core"
    label = "core"
