from datetime import UTC, datetime

import pytest

from mawsim.core import cldr, languages


@pytest.mark.parametrize("language", languages.CODES)
def test_every_language_names_every_country_and_language(language: str) -> None:
    names = dict(cldr.countries(language))
    assert len(names) == len(cldr.country_codes()) >= 249
    assert names["KR"] != "KR"
    assert all(cldr.language_name(code, language) for code in languages.CODES)


def test_names_are_those_of_the_reader() -> None:
    assert cldr.country_name("VN", "ko") == "베트남"
    assert cldr.country_name("KR", "ar") == "كوريا الجنوبية"
    assert cldr.country_name("KH", "km") == "កម្ពុជា"
    assert cldr.language_name("ko", "vi") == "Tiếng Hàn"


def test_groupings_are_no_countries() -> None:
    assert not {"EU", "UN", "ZZ", "XA", "001"} & cldr.country_codes()


def test_times_are_in_the_reader_zone() -> None:
    moment = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    assert cldr.day(moment, "en", "Asia/Seoul") == "Mar 2, 2026"
    assert cldr.moment(moment, "ko", "Asia/Seoul") == "2026. 3. 2. 05:30"


def test_money_keeps_the_currency_of_the_deal() -> None:
    assert cldr.money(1500000, "USD", "en") == "$1,500,000"
    assert cldr.is_currency("AED")
    assert not cldr.is_currency("XXX1")
