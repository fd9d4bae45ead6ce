from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "mawsim.demo"
    label = "demo"
