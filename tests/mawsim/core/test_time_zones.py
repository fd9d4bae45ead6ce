from datetime import UTC, datetime

import pytest

from mawsim.accounts.validators import time_zones
from mawsim.core.languages import CODES
from mawsim.core.scripts import SCRIPT_OF_LANGUAGE, share
from mawsim.core.time_zones import time_zone_choices, time_zone_name

WINTER = datetime(2026, 1, 15, 12, tzinfo=UTC)
SUMMER = datetime(2026, 7, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "language", "shown"),
    [
        ("Asia/Seoul", "ko", "서울 · 대한민국 · GMT+09:00"),
        ("Asia/Ho_Chi_Minh", "vi", "TP Hồ Chí Minh · Việt Nam · GMT+07:00"),
        ("Asia/Dubai", "en", "Dubai · United Arab Emirates · GMT+04:00"),
        ("UTC", "ko", "GMT+00:00"),
    ],
)
def test_names(name: str, language: str, shown: str) -> None:
    assert time_zone_name(name, language, WINTER) == shown


def test_the_offset_is_that_of_the_day() -> None:
    ends = [time_zone_name("Asia/Jerusalem", "en", day)[-9:] for day in (WINTER, SUMMER)]
    assert ends == ["GMT+02:00", "GMT+03:00"]


def test_all_are_offered_by_country() -> None:
    choices = time_zone_choices(time_zones(), "en", WINTER)
    names = [name for name, _shown in choices]
    assert len(names) == len(set(names)) > 300
    assert set(names) < set(time_zones())
    assert "Asia/Kolkata" in names
    assert "Asia/Calcutta" not in names
    kept = time_zone_choices(time_zones(), "en", WINTER, "Asia/Calcutta")
    assert set(kept) - set(choices) == {("Asia/Calcutta", "Calcutta · GMT+05:30")}
    assert choices[0] == ("UTC", "GMT+00:00")
    indonesian = [name for name, shown in choices if "Indonesia" in shown]
    assert indonesian == ["Asia/Jakarta", "Asia/Jayapura", "Asia/Makassar", "Asia/Pontianak"]


@pytest.mark.parametrize("language", CODES)
def test_in_the_script_of_the_language(language: str) -> None:
    text = " ".join(
        shown.partition(" · GMT")[0] for _name, shown in time_zone_choices(time_zones(), language, WINTER)
    )
    part, _weight = share(text, SCRIPT_OF_LANGUAGE[language])
    assert part > 0.9
