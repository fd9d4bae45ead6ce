"""Search terms: what is written in one way must be found when it is asked for in another."""

from __future__ import annotations

import pytest

from matching.lexical import (
    MAX_QUERY_TERMS,
    MAX_TERM_CHARS,
    MAX_TERMS,
    QueryTerm,
    is_spellable,
    likely_spellings,
    query_terms,
    quoted,
    rarity,
    spelling_keys,
    terms,
)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("certified to ISO/IEC 27001:2022", {"iso/iec", "iso/iec 27001", "iso27001", "iec27001", "27001"}),
        ("ISMS-P 인증을 받았습니다", {"isms-p", "ismsp", "isms", "인증을", "인증", "받았습니다"}),
        ("NVIDIA H100을 씁니다", {"nvidia", "h100", "을"}),
        ("GPT‑4 and gpt 4", {"gpt-4", "gpt4", "gpt", "gpt 4"}),
        ("สร้างด้วย GPT-4o ค่ะ", {"gpt-4o", "gpt4o", "gpt"}),
        ("Bệnh viện Đà Nẵng", {"bệnh", "benh", "viện", "vien", "đà", "da", "nẵng", "nang"}),
        ("İSTANBUL hastanesi", {"istanbul", "hastanesi"}),
        ("والخدمات في المستشفيات", {"والخدمات", "خدمات", "المستشفيات", "مستشفيات"}),
        ("بیمارستان‌های تهران", {"بيمارستان", "هاي", "تهران"}),
        ("בבית החולים", {"בבית", "בית", "החולים", "חולים"}),
        ("人工智能", {"人工", "工智", "智能"}),
        ("โรงพยาบาล", {"โรง", "พย", "ยา", "าบ"}),
        ("ប្រព័ន្ធ", {"ប្រព័", "ព័ន្ធ"}),
        ("ໂຮງໝໍ", {"ໂຮງ"}),
        ("ဆေးရုံ", {"ဆေးရုံ"}),
        ("tel. ٠٣٤٥٦", {"03456"}),
    ],
)
def test_documents(document: str, expected: set[str]) -> None:
    assert expected <= set(terms(document))


@pytest.mark.parametrize(
    ("document", "query"),
    [
        ("ISO/IEC 27001", "iso27001"),
        ("ISO/IEC 27001", "ISO 27001"),
        ("ISO27001", "ISO/IEC 27001"),
        ("ISMS-P", "ismsp"),
        ("GPT-4", "gpt 4"),
        ("인공지능을", "인공지능"),
        ("ระบบโรงพยาบาลอัจฉริยะ", "โรงพยาบาล"),
        ("智慧医院系统", "医院"),
        ("المستشفيات", "للمستشفيات"),
        ("bệnh viện", "benh vien"),
        ("ISO 27001", "ISO ٢٧٠٠١"),
    ],
)
def test_one_way_of_writing_finds_another(document: str, query: str) -> None:
    assert {found.term for found in query_terms(query)} & set(terms(document))


def test_the_rare_weighs_more_than_the_common() -> None:
    weights = dict(query_terms("We need H100 servers and ISMS consultants in 2026"))
    assert weights["h100"] > weights["isms"] > weights["2026"] > weights["servers"]
    assert not {"we", "and", "in"} & weights.keys()
    assert [term for term, _ in query_terms("we and in")] == ["we", "and", "in"]
    assert query_terms("hospital H100")[0] == QueryTerm("h100", 4.0)


def test_capitals_throughout_are_no_acronyms() -> None:
    weights = dict(query_terms("WE SELL MEDICAL SOFTWARE TO PUBLIC CLINICS"))
    assert weights["clinics"] == weights["medical"] == 1.0


def test_the_same_text_gives_the_same_distinct_terms() -> None:
    text = "AI 진단 AI 진단 โรงพยาบาล ISO 27001 ISO 27001"
    assert terms(text) == terms(text)
    assert len(terms(text)) == len(set(terms(text)))


def test_limits() -> None:
    text = " ".join(f"ab{number}" for number in range(10_000, 12_400)) + " ISMS-P"
    found = terms(text)
    assert len(found) == MAX_TERMS
    assert "isms-p" in found
    assert len(query_terms(text)) == MAX_QUERY_TERMS
    assert max(map(len, terms("a" * 500 + " " + "가" * 500))) == MAX_TERM_CHARS


@pytest.mark.parametrize("nothing", ["", "  \n", "!?…", "\x00\u202e", "۔؟"])
def test_nothing_to_search_for(nothing: str) -> None:
    assert terms(nothing) == []
    assert query_terms(nothing) == []


def test_a_term_is_quoted_for_postgresql() -> None:
    found = [quoted(term) for term in ("qur'an", "a\\b", "iso/iec 27001")]
    assert found == ["'qur''an'", r"'a\\b'", "'iso/iec 27001'"]


def test_rarity() -> None:
    assert [rarity(documents, 10_000) for documents in (0, 1, 100, 10_000, 20_000)] == [1, 1, 0.5, 0, 0]
    assert rarity(5, 1) == rarity(0, 0) == 1


@pytest.mark.parametrize("word", ["hospital", "bệnh", "المستشفيات", "больница"])
def test_words_may_be_misspelt(word: str) -> None:
    assert is_spellable(word)


@pytest.mark.parametrize(
    "term", ["h100", "isms-p", "27001", "iso 27001", "map", "병원에서", "โรง", "智慧", "a" * 31]
)
def test_codes_numbers_and_neighbouring_characters_are_taken_at_their_word(term: str) -> None:
    assert not is_spellable(term)


@pytest.mark.parametrize("slip", ["hopsital", "hosptal", "hospittal", "hospitel", "ospital"])
def test_a_slip_shares_a_key_with_the_word(slip: str) -> None:
    assert set(spelling_keys(slip)) & set(spelling_keys("hospital"))
    assert likely_spellings(slip, ["hostel", "hospital", "hospitals"])[0] == "hospital"


def test_the_nearest_spellings_come_first_and_far_ones_not_at_all() -> None:
    assert likely_spellings("radiolgy", ["radiology", "radiologist", "radiologi"]) == [
        "radiology",
        "radiologi",
    ]
    assert likely_spellings("fund", ["find", "fun", "funding", "fund"]) == ["find", "fun"]
