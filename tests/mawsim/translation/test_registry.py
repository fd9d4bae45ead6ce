import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from pytest_django import Settings

from mawsim.translation import registry
from mawsim.translation.system_checks import engines_exist


def test_every_registered_engine_is_there() -> None:
    for path in registry.ENGINES.values():
        assert callable(import_string(path).translate)


def test_engines_come_in_the_order_of_the_setting(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    settings.TRANSLATION_ROUTES = {"ko>en": ["chat", "fake"], "*>th": ["deepl"]}
    assert registry.names_for("ko", "en") == ["chat", "fake"]
    assert registry.names_for("en", "th") == ["deepl"]
    assert registry.names_for("ko", "vi") == ["memory", "fake"]
    assert registry.names_in_use() == ["memory", "fake", "chat", "deepl"]


def test_confidential_text_goes_to_trusted_engines_alone(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "fake"]
    settings.TRANSLATION_CONFIDENTIAL_ENGINES = ["memory"]
    assert [name for name, _engine in registry.machines_for("ko", "en", confidential=False)] == ["fake"]
    assert registry.machines_for("ko", "en", confidential=True) == []


def test_an_unknown_engine_stops_the_start_with_its_name(settings: Settings) -> None:
    settings.TRANSLATION_ENGINES = ["memory", "babelfish"]
    with pytest.raises(ImproperlyConfigured, match="'babelfish'; the known engines are: chat"):
        registry.engine("babelfish")
    assert [error.id for error in engines_exist(None)] == ["translation.E001"]
