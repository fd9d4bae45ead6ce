"""The evaluation commands: exact figures on made-up vectors, clear errors, and the model's floor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matching.embedding import BUNDLED_STATIC
from matching.embedding.base import to_unit_rows
from matching.evaluate.__main__ import main
from matching.evaluate.bitext import evaluate_bitext
from matching.evaluate.preference import evaluate_preference
from matching.evaluate.reading import Document, read_bitext, read_documents, read_qrels
from matching.evaluate.retrieval import evaluate_retrieval, ndcg

DATA = Path(__file__).parent.parent / "data"
LANGUAGES = ["ko", "en", "id", "ms", "vi", "th", "tl", "km", "lo", "my", "ar", "he", "fa", "tr", "zh-Hans"]


class LetterEncoder:
    """Counts letters: an encoder whose every vector can be worked out by hand."""

    name = "letters"
    dimension = 3

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        counts = [[text.count(letter) for letter in "abc"] for text in texts]
        return to_unit_rows(np.array(counts, dtype=np.float32).reshape(-1, 3))


def test_bitext_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    # In "xx" the second and third texts are swapped, and the last row has no "xx" at all.
    path.write_text("\ufeffen\txx\na\taa\nb\tcc\nc\tbb\nabc\t\n", encoding="utf-8")
    result = evaluate_bitext(read_bitext(path), LetterEncoder())
    third = round(1 / 3, 4)
    assert result == {
        "model": "letters",
        "rows": 4,
        "accuracy": {"en-xx": third, "xx-en": third},
        "to": {"en": third, "xx": third},
    }


def test_bitext_counts_an_equal_text_as_right(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("en\txx\na\taa\naaa\taa\n")
    assert evaluate_bitext(read_bitext(path), LetterEncoder())["accuracy"] == {"en-xx": 1.0, "xx-en": 0.5}


def test_ndcg_by_hand() -> None:
    # Gains 3 and 1 at ranks 1 and 3, ideal at ranks 1 and 2.
    expected = (3 + 1 / 2) / (3 + 1 / np.log2(3))
    assert ndcg(["d1", "d9", "d2"], {"d1": 2, "d2": 1}) == pytest.approx(expected)
    assert ndcg(["d9"] * 10 + ["d1"], {"d1": 3}) == 0


def test_retrieval_by_hand() -> None:
    queries = [Document("q1", "ko", "a"), Document("q2", "th", "b"), Document("q3", "th", "c")]
    documents = [Document("d1", "en", "aab"), Document("d2", "en", "abb"), Document("d3", "en", "ccc")]
    result = evaluate_retrieval(
        queries, documents, {"q1": {"d1": 1}, "q2": {"d1": 1, "gone": 0}}, LetterEncoder()
    )
    second = round(1 / np.log2(3), 4)
    assert result["by_language"] == {"ko": 1.0, "th": second}
    assert result["ndcg@10"] == round((1 + 1 / np.log2(3)) / 2, 4)
    assert (result["unjudged_queries"], result["judged_documents_missing"]) == (1, 1)


def test_retrieval_among_other_languages_by_hand() -> None:
    queries = [Document("q", "ko", "a")]
    documents = [Document("d1", "ko", "a"), Document("d2", "en", "ab"), Document("d3", "en", "aab")]
    qrels = {"q": {"d1": 3, "d2": 1}}
    assert evaluate_retrieval(queries, documents, qrels, LetterEncoder())["ndcg@10"] < 1
    # Without d1 the relevant d2 is second behind d3, and the ideal knows of d2 only.
    result = evaluate_retrieval(queries, documents, qrels, LetterEncoder(), foreign_only=True)
    assert result["ndcg@10"] == round(1 / np.log2(3), 4)


def test_preference_by_hand() -> None:
    queries = [Document("q1", "ko", "a"), Document("q2", "ko", "b"), Document("q3", "th", "a")]
    documents = [
        Document("right", "en", "aab"),
        Document("own near", "ko", "a"),
        Document("own far", "ko", "c"),
        Document("other near", "en", "aaaab"),
        Document("other far", "th", "ccccb"),
    ]
    qrels = {"q1": {"right": 1}, "q2": {"right": 1, "own far": 0}, "q3": {"right": 1, "other far": 0}}
    # q1: own near and other near come first, one of two; own are two of the four irrelevant: 0.5 to 0.5.
    # q2: nobody has a greater share of b than "right".
    # q3: own near (ko) and other near (en) come first, none of them Thai; one of the four is.
    result = evaluate_preference(queries, documents, qrels, LetterEncoder())
    assert result["by_language"] == {
        "ko": {"queries": 2, "intruded": 0.5, "preference": 1.0},
        "th": {"queries": 1, "intruded": 1.0, "preference": 0.0},
    }
    assert (result["queries"], result["preference"], result["intruded"]) == (3, 0.5, 0.667)


def write_company(folder: Path) -> list[str]:
    """Two needs and three offers in three languages; every need fits every offer, ko-offer a little less."""
    files = {
        "queries": [{"id": "q1", "lang": "ko", "body": "a"}, {"id": "q2", "lang": "zh-Hans", "body": "a"}],
        "docs": [
            {"id": "d1", "lang": "ko", "body": "ab"},
            {"id": "d2", "lang": "zh-Hans", "body": "a"},
            {"id": "d3", "lang": "en", "body": "b"},
        ],
    }
    arguments = []
    for name, rows in files.items():
        (folder / name).write_text("\n".join(map(json.dumps, rows)))
        arguments += [f"--{name}", str(folder / name)]
    (folder / "qrels").write_text("q1\td1\t1\nq1\td2\t1\nq2\td1\t1\nq2\td2\t1")
    return [*arguments, "--qrels", str(folder / "qrels")]


@pytest.mark.parametrize(
    ("chosen", "languages", "documents"),
    [
        ([], ["ko", "zh-Hans"], 3),
        (["--queries-lang", "zh,th"], ["zh-Hans"], 3),
        (["--docs-lang", "ko"], ["ko", "zh-Hans"], 1),
        (["--docs-lang", "ko", "--queries-lang", "other"], ["zh-Hans"], 1),
        (["--docs-lang", "other", "--queries-lang", "ko"], ["ko"], 3),
        (["--docs-lang", "other"], ["ko", "zh-Hans"], 3),
    ],
)
def test_languages_can_be_chosen(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    chosen: list[str],
    languages: list[str],
    documents: int,
) -> None:
    assert main(["retrieval", *write_company(tmp_path), *chosen]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (sorted(result["by_language"]), result["documents"]) == (languages, documents)
    assert result["judged_documents_missing"] == 0


@pytest.mark.parametrize(
    ("command", "chosen", "message"),
    [
        ("retrieval", ["--docs-lang", "tr"], "no document is in 'tr'; there are ['en', 'ko', 'zh-Hans']"),
        ("retrieval", ["--queries-lang", "en"], "no query is in 'en'"),
        ("retrieval", ["--queries-lang", "other"], "needs the languages of --docs-lang"),
        ("preference", [], "no query has a relevant document in another language"),
    ],
)
def test_languages_that_cannot_be_chosen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, chosen: list[str], message: str
) -> None:
    assert main([command, *write_company(tmp_path), *chosen]) == 2
    assert message in capsys.readouterr().err


def test_preference_of_the_bundled_model(capsys: pytest.CaptureFixture[str]) -> None:
    company = DATA / "company"
    files = {"queries": "queries.jsonl", "docs": "docs.jsonl", "qrels": "qrels.tsv"}
    arguments = [part for key, name in files.items() for part in (f"--{key}", str(company / name))]
    assert main(["preference", "--model", BUNDLED_STATIC, *arguments]) == 0
    result = json.loads(capsys.readouterr().out)
    assert sorted(result["by_language"]) == sorted(LANGUAGES)
    assert result["queries"] == 200
    assert result["preference"] < 1.5


def test_documents_may_lack_title_or_body_and_qrels_have_a_header(tmp_path: Path) -> None:
    (tmp_path / "d").write_text(
        '{"id": 1, "lang": "ko", "body": "b"}\n\n{"id": "2", "title": "t", "body": null}\n'
    )
    (tmp_path / "q").write_text("query\tdoc\tgrade\n1\t2\t3\n")
    assert read_documents(tmp_path / "d") == [Document("1", "ko", "b"), Document("2", "und", "t")]
    assert read_qrels(tmp_path / "q") == {"1": {"2": 3}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", ":1: the header"),
        (b"en\n", ":1: the header"),
        (b"en\ten\na\tb\n", ":1: the header"),
        (b"a long sentence\tanother one\n", ":1: the header"),
        (b"en\tko\n", "no row"),
        (b"en\tko\na\tb\nc\n", ":3: 1 columns"),
        (b"en\tko\n\xff\tb\n", "not UTF-8"),
    ],
)
def test_malformed_bitext(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, message: str
) -> None:
    path = tmp_path / "x.tsv"
    path.write_bytes(content)
    assert main(["bitext", "--tsv", str(path)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("queries", "{", ":1: not JSON"),
        ("queries", "[1]", ":1: an object"),
        ("queries", '{"id": "q", "body": 5}', ":1: 'title' and 'body'"),
        ("docs", '{"id": "d"}\n{"id": "d"}', ":2: id 'd' occurs twice"),
        ("docs", "", "no document"),
        ("qrels", "q\td", ":1: query id"),
        ("qrels", "q\td\t1\nq\td\tgood", ":2: grade 'good'"),
        ("qrels", "q\td\t0", "no judgement"),
        ("qrels", "other\td\t1", "do the ids"),
    ],
)
def test_malformed_retrieval(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, message: str
) -> None:
    sound = {
        "queries": '{"id": "q", "lang": "ko", "body": "a"}',
        "docs": '{"id": "d", "body": "a"}',
        "qrels": "q\td\t1",
    }
    arguments = ["retrieval"]
    for key, text in (sound | {name: content}).items():
        (tmp_path / key).write_text(text)
        arguments += [f"--{key}", str(tmp_path / key)]
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_missing_file_and_missing_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bitext", "--tsv", str(tmp_path / "none")]) == 2
    assert "No such file" in capsys.readouterr().err
    assert main(["speed", "--model", str(tmp_path / "none")]) == 2
    assert "check the configured model" in capsys.readouterr().err


def test_bundled_model_keeps_its_bitext_floor(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bitext", "--tsv", str(DATA / "bitext.tsv")]) == 0
    result = json.loads(capsys.readouterr().out)
    assert sorted(result["to"]) == sorted(LANGUAGES)
    assert {lang: value for lang, value in result["to"].items() if value < 0.95} == {}


def test_bundled_model_keeps_its_retrieval_floor(capsys: pytest.CaptureFixture[str]) -> None:
    files = {"queries": "queries.jsonl", "docs": "docs.jsonl", "qrels": "qrels.tsv"}
    arguments = [part for key, name in files.items() for part in (f"--{key}", str(DATA / name))]
    assert main(["retrieval", *arguments]) == 0
    result = json.loads(capsys.readouterr().out)
    assert sorted(result["by_language"]) == sorted(LANGUAGES)
    assert result["ndcg@10"] >= 0.95


def test_speed_reports_what_it_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["speed", "--model", BUNDLED_STATIC]) == 0
    result = json.loads(capsys.readouterr().out)
    assert "-static@" in result["model"]
    assert result["dimension"] == 384
    timings = ["load_ms", "first_query_ms", "query_ms", "listings_per_second", "peak_memory_mb"]
    assert [name for name in timings if result[name] <= 0] == []
