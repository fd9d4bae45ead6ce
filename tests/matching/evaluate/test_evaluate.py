"""The evaluation commands: exact figures on made-up vectors, clear errors, and the model's floor."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from matching.embedding.base import to_unit_rows
from matching.evaluate.__main__ import main
from matching.evaluate.bitext import evaluate_bitext
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
    assert main(["speed"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["dimension"] == 384
    assert result["listings_per_second"] > 200
    assert result["query_ms"] < 50
