from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mawsim.web"
    label = "web"
