"""The demo data is what the first look promises: many organisations, readable in many languages."""

import re
from collections import Counter
from pathlib import Path

import pytest

from mawsim.core import language_check, languages
from mawsim.core.language_check import Verdict
from mawsim.demo.reader import ALWAYS, DATA, BadDemoData, DemoListing, organisations
from mawsim.listings.details import clean
from mawsim.taxonomy.vocabulary import Vocabulary, codes

ORGANISATIONS = list(organisations())
LISTINGS = [listing for organisation in ORGANISATIONS for listing in organisation.listing]


def test_korean_firms_partners_and_agencies() -> None:
    kinds = Counter(organisation.kind for organisation in ORGANISATIONS)
    assert kinds["korean_firm"] >= 60
    assert kinds["partner"] >= 120
    assert kinds["agency"] >= 3
    assert len({organisation.country for organisation in ORGANISATIONS}) >= 15


def test_every_listing_is_readable_in_six_languages_and_forty_in_all() -> None:
    readable = [{listing.source_language, *listing.translations} for listing in LISTINGS]
    assert all(known >= ALWAYS for known in readable)
    assert sum(known == set(languages.CODES) for known in readable) >= 40


def test_every_language_but_english_is_somebody_s_own() -> None:
    assert {listing.source_language for listing in LISTINGS} == set(languages.CODES)


def _texts(listing: DemoListing) -> list[tuple[str, str]]:
    own = [(listing.source_language, f"{listing.title}\n{listing.summary}\n{listing.body}")]
    return own + [
        (language, f"{text['title']}\n{text['summary']}") for language, text in listing.translations.items()
    ]


def test_texts_are_in_the_language_that_they_are_said_to_be_in() -> None:
    doubtful = [
        (language, text[:60])
        for listing in LISTINGS
        for language, text in _texts(listing)
        if language_check.check(text, language).verdict != Verdict.FITS
    ]
    assert doubtful == []


def test_every_pillar_shows_its_own_facts() -> None:
    said = {
        pillar: [x.details for x in LISTINGS if x.pillar == pillar] for pillar in codes(Vocabulary.PILLAR)
    }
    assert all(details.keys() >= {"ticket_max", "currency", "instrument"} for details in said["capital"])
    assert all(details.keys() >= {"modality", "rights"} for details in said["data"])
    assert all("availability" in details for details in said["infrastructure"])
    assert all(details.keys() >= {"roles", "headcount"} for details in said["talent"])
    assert all(details.keys() >= {"channels", "regions"} for details in said["market"])


def test_details_are_written_as_they_are_stored() -> None:
    other = [x.title for x in LISTINGS if clean(x.pillar, x.details) != x.details]
    assert other == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('sectors = ["nothing"]', "unknown sectors: nothing"),
        ('country = "XX"', "unknown country: XX"),
        ('colour = "red"', "unexpected keyword argument 'colour'"),
    ],
)
def test_a_fault_names_file_and_rule(tmp_path: Path, line: str, fault: str) -> None:
    fields = {
        "slug": '"x"',
        "kind": '"partner"',
        "name": '"X"',
        "country": '"VN"',
        "language": '"vi"',
        "city": '"Huế"',
        "size": '"small"',
        "sectors": '["food"]',
        "about": '"…"',
    }
    name, _, value = line.partition(" = ")
    body = "\n".join(f"{key} = {text}" for key, text in (fields | {name: value}).items())
    (tmp_path / "batch.toml").write_text(f"[[organisation]]\n{body}\n", encoding="utf-8")
    with pytest.raises(BadDemoData, match=r"batch\.toml: x") as caught:
        list(organisations(tmp_path))
    assert fault in str(caught.value)


@pytest.mark.parametrize(
    ("details", "fault"),
    [
        ('{ colour = "red" }', "details.colour: This field does not belong to the chosen pillar."),
        ("{ ticket_max = 5 }", "details.ticket_max: This field does not belong to the chosen pillar."),
        ('{ deployment = ["everywhere"] }', "details.deployment: This choice is not in the list."),
    ],
)
def test_a_wrong_detail_names_the_listing_and_the_field(tmp_path: Path, details: str, fault: str) -> None:
    text = (DATA / "korea-1.toml").read_text(encoding="utf-8")
    spoilt = re.sub(r"^details = .*$", f"details = {details}", text, count=1, flags=re.MULTILINE)
    (tmp_path / "batch.toml").write_text(spoilt, encoding="utf-8")
    first = ORGANISATIONS[0]
    with pytest.raises(BadDemoData) as caught:
        list(organisations(tmp_path))
    assert str(caught.value) == f"batch.toml: {first.slug}: “{first.listing[0].title}”: {fault}"
