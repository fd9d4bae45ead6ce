from django.apps import AppConfig


class TranslationConfig(AppConfig):
    name = "mawsim.translation"
    label = "translation"
