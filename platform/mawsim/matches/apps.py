from django.apps import AppConfig


class MatchesConfig(AppConfig):
    name = "mawsim.matches"
    label = "matches"

    def ready(self) -> None:
        from mawsim.matches import system_checks  # noqa: F401  (registers itself)
