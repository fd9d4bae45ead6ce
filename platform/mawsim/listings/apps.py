from django.apps import AppConfig


class ListingsConfig(AppConfig):
    name = "mawsim.listings"
    label = "listings"
