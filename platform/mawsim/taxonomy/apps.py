from django.apps import AppConfig


class TaxonomyConfig(AppConfig):
    name = "mawsim.taxonomy"
    label = "taxonomy"
