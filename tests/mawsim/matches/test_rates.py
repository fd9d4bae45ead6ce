"""Reference rates: dated, with a source, and not used for ever."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mawsim.core import cldr
from mawsim.matches import rates
from mawsim.matches.rates import BUNDLED, LONGEST, BadRates, compared_on, in_dollars, rate_of, read

HEAD = "currency\tper_usd\tdate\tsource\n"


def write(path: Path, *lines: str) -> Path:
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_the_bundled_ones_are_dated_and_sourced() -> None:
    known = read(BUNDLED)
    assert known["USD"].per_usd == 1
    # Not Burma's, Iran's or Lebanon's, which have several rates at once.
    east = {"KRW", "IDR", "MYR", "VND", "THB", "PHP", "KHR", "LAK", "SGD", "BND", "CNY"}
    west = {"AED", "SAR", "QAR", "KWD", "BHD", "OMR", "TRY", "ILS", "EGP", "JOD", "IQD"}
    assert known.keys() >= east | west
    for rate in known.values():
        assert cldr.is_currency(rate.currency)
        assert date(2026, 1, 1) <= rate.date <= date.today()
        assert len(rate.source) > 20


def test_sums_in_dollars() -> None:
    assert in_dollars(3_750, rate_of("SAR")) == 1_000
    assert in_dollars(None, rate_of("SAR")) is None
    assert in_dollars(5, rate_of("XXX")) is None


def test_a_comparison_is_as_old_as_its_older_rate() -> None:
    assert compared_on("KRW", "VND") == read(BUNDLED)["KRW"].date < read(BUNDLED)["VND"].date
    assert compared_on("KRW", "KRW") is None
    assert compared_on("KRW", "XXX") is None


def test_another_file_can_be_named_and_old_rates_are_not_used(tmp_path: Path, settings: Any) -> None:
    fresh, old = date.today() - LONGEST, date.today() - LONGEST - timedelta(days=1)
    lines = f"KRW\t1400\t{fresh}\tBank of Korea", f"THB\t33\t{old}\tBank of Thailand"
    settings.REFERENCE_RATES = str(write(tmp_path / "rates.tsv", *lines))
    assert rate_of("KRW") == rates.Rate("KRW", 1400.0, fresh, "Bank of Korea")
    assert rate_of("THB") is None
    assert rate_of("SAR") is None


@pytest.mark.parametrize(
    "line",
    [
        "KRW\t0\t2026-04-13\tBank",
        "KRW\t-1\t2026-04-13\tBank",
        "KRW\tnan\t2026-04-13\tBank",
        "KRW\tmany\t2026-04-13\tBank",
        "KRW\t1400\tyesterday\tBank",
        "KRW\t1400\t2026-04-13\t ",
        "KRW\t1400",
        "WON\t1400\t2026-04-13\t",
    ],
)
def test_a_bad_file_names_its_line(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "rates.tsv", "USD\t1\t2026-04-13\tUnit", line)
    with pytest.raises(BadRates, match="line 3"):
        read(path)
