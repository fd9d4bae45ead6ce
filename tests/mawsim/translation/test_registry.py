import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from mawsim.translation import registry
from mawsim.translation.checks import engines_exist
from mawsim.translation.engines.memory import Memory


def test_every_registered_engine_can_be_made() -> None:
    for name in registry.ENGINES:
        assert callable(registry.engine(name).translate)


def test_engines_come_in_the_order_of_the_setting(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["memory"]
    assert [type(engine) for engine in registry.engines_in_use()] == [Memory]


def test_an_unknown_engine_stops_the_start_with_its_name(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "babelfish"]
    with pytest.raises(ImproperlyConfigured, match="'babelfish'; the known engines are: memory"):
        registry.engines_in_use()
    assert [error.id for error in engines_exist(None)] == ["translation.E001"]
