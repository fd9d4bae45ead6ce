from django.apps import AppConfig


class MatchesConfig(AppConfig):
    name = "mawsim.matches"
    label = "matches"
