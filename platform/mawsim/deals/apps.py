from django.apps import AppConfig


class DealsConfig(AppConfig):
    name = "mawsim.deals"
    label = "deals"
