from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mawsim.accounts"
    label = "accounts"
