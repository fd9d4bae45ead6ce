from django.apps import AppConfig


class TranslationConfig(AppConfig):
    name = "mawsim.translation"
    label = "translation"

    def ready(self) -> None:
        from mawsim.translation import system_checks  # noqa: F401  (registers itself)
