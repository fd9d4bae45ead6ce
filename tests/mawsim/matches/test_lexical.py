"""Candidates by their words: the rare ones count, slips are forgiven, the taxonomy knows other names."""

import pytest

from mawsim.listings.models import Listing, Status
from mawsim.matches import attributes, engine, facets, frequencies, lexical, reader
from mawsim.matches.filters import Filters
from mawsim.matches.models import TermFrequency
from tests.conftest import Cast
from tests.mawsim.matches.world import index, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("engine_room")]


def found(query: str, **chosen: list[str]) -> list[tuple[int, float]]:
    hits = lexical.candidates(query, Filters.parse(chosen)[0], 10)
    return [(pk, round(coverage, 2)) for pk, coverage in hits]


@pytest.fixture
def shelf(cast: Cast) -> dict[str, Listing]:
    titles = {
        "common": "Hospital software", "rare": "Hospital radiotherapy", "code": "Hospital server H100",
        "near": "Hospital server H200", "bank": "Bank payments",
    }  # fmt: skip
    listings = {name: publish(cast.hanbit, title, summary="") for name, title in titles.items()}
    listings["vietnamese"] = publish(
        cast.vietcare, "Hệ thống camera", technologies=["smart-cctv"], sectors=["healthcare"]
    )
    index()
    frequencies.count_terms(force=True)
    return listings


def test_a_rare_word_says_more_than_a_common_one(shelf: dict[str, Listing]) -> None:
    hits = found("hospital radiotherapy")
    assert hits[0] == (shelf["rare"].pk, 1.0)
    assert {pk for pk, coverage in hits[1:]} <= {shelf[name].pk for name in ("common", "code", "near")}
    assert all(coverage < 0.3 for _pk, coverage in hits[1:])


@pytest.mark.parametrize("slip", ["radiotherpay", "radioterapy", "radiotherrapy", "radiothwrapy"])
def test_slips_are_forgiven(slip: str, shelf: dict[str, Listing]) -> None:
    assert [pk for pk, _coverage in found(slip)] == [shelf["rare"].pk]


def test_codes_are_taken_at_their_word(shelf: dict[str, Listing]) -> None:
    assert [pk for pk, _coverage in found("H100")] == [shelf["code"].pk]
    assert found("H300") == []


@pytest.mark.parametrize("query", ["CCTV", "지능형 CCTV", "smart CCTV"])
def test_the_taxonomy_knows_other_names(query: str, shelf: dict[str, Listing]) -> None:
    assert shelf["vietnamese"].pk in [pk for pk, _coverage in found(query)]


def test_filters_and_visibility_come_first(shelf: dict[str, Listing]) -> None:
    assert [pk for pk, _ in found("radiotherapy", country=["KR"])] == [shelf["rare"].pk]
    assert found("radiotherapy", country=["VN"]) == []
    Listing.objects.filter(pk=shelf["rare"].pk).update(status=Status.ON_HOLD)
    assert found("radiotherapy") == []


def test_words_that_are_common_everywhere_are_looked_for_together(
    shelf: dict[str, Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexical, "ROWS_OF_ONE", 1)
    # "Hospital" also names what the Vietnamese listing is filed under.
    expected = [shelf[name].pk for name in ("code", "near", "vietnamese")]
    assert [pk for pk, _coverage in found("hospital server")] == expected


def test_common_words_add_to_what_rare_ones_found(
    shelf: dict[str, Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = found("hospital radiotherapy")
    monkeypatch.setattr(lexical, "ROWS", 2)
    assert found("hospital radiotherapy") == exact[:1]


def test_the_count_is_done_again_only_when_much_has_changed(cast: Cast, shelf: dict[str, Listing]) -> None:
    known = frequencies.frequencies(["hospital", "radiotherapy", "nowhere"])
    assert known == (6, {"hospital": 4, "radiotherapy": 1})
    assert not frequencies.count_terms()
    publish(cast.hanbit, "Hospital beds")
    index()
    assert frequencies.count_terms()
    assert frequencies.frequencies(["hospital"]) == (7, {"hospital": 5})
    shelf["rare"].delete()
    assert frequencies.count_terms()
    assert not TermFrequency.objects.filter(term="radiotherapy").exists()


def test_of_many_documents_a_sample_is_counted(
    shelf: dict[str, Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frequencies, "SAMPLE", 3)
    assert frequencies.count_terms(force=True)
    assert frequencies.frequencies([]).total == 6


@pytest.mark.parametrize("query", ["", "?!", "'; DROP TABLE x; --", "a & b | !c", "\\", "#smart-cctv"])
def test_no_query_breaks_it(query: str, shelf: dict[str, Listing]) -> None:
    found(query)
    assert Listing.objects.count() == len(shelf)


def test_facets_counted_by_the_index_equal_those_of_the_database(
    shelf: dict[str, Listing], monkeypatch: pytest.MonkeyPatch
) -> None:
    from mawsim.matches import actions

    actions.rebuild_snapshot(force=True)
    reader.reset()
    for raw in ({}, {"country": ["KR"]}, {"sector": ["healthcare"], "kind": ["offer"]}, {"stage_min": "3"}):
        filters, _ = Filters.parse(raw)
        exact = {name: facets._count(facet, filters) for name, facet in facets.FACETS.items()}
        with monkeypatch.context() as many:
            many.setattr(facets, "COUNTED_EXACTLY", 0)
            many.setattr(facets, "_count", None)
            assert {n: facets._counted(f, filters) for n, f in facets.FACETS.items()} == exact


def test_attributes_are_decoded_as_they_were_coded() -> None:
    coded = attributes.coded({"country": "VN", "sectors": ["healthcare"]})
    assert attributes.decoded("country", {coded["country"]: 3, 0: 9}) == {"VN": 3}
    assert attributes.decoded("sectors", {coded["sectors"][0]: 2}) == {"healthcare": 2}
    assert engine.rarity(1, 100) == 1
