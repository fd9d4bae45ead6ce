import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mawsim.translation.actions import Unit, remember
from mawsim.translation.exchange.errors import BadFile, Report
from mawsim.translation.exchange.tags import language_of
from mawsim.translation.exchange.tmx import Pair, as_bytes, export_memory, import_memory, pairs
from mawsim.translation.models import MemoryUnit, State
from mawsim.translation.queries import remembered
from mawsim.translation.scopes import PUBLIC, organisation
from tests.conftest import Cast

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4">
<header creationtool="Other" srclang="ko-KR" segtype="sentence" datatype="html" adminlang="en" o-tmf="x"/>
<body>
<tu><tuv xml:lang="ko-KR"><seg>병원 <bpt i="1">&lt;b&gt;</bpt>40곳<ept i="1">x</ept>이 씁니다.</seg></tuv>
<tuv xml:lang="EN-us"><seg>Used by <hi>40</hi> hospitals.</seg></tuv>
<tuv xml:lang="zh-TW"><seg>40 家醫院使用。</seg></tuv>
<tuv xml:lang="vi"><seg>40 bệnh viện sử dụng.</seg></tuv></tu>
<tu><tuv xml:lang="ko"><seg>세 번째</seg></tuv></tu>
<tu><tuv xml:lang="ko"><seg>병원 47곳</seg></tuv><tuv xml:lang="en"><seg>58 hospitals</seg></tuv></tu>
<tu><tuv lang="ko"><seg>한국</seg></tuv><tuv lang="en"><seg>K\ue000</seg></tuv>
<tuv lang="ms"><seg>Korea</seg></tuv></tu>
</body>
</tmx>"""


def file(text: str = FILE) -> io.BytesIO:
    return io.BytesIO(text.encode())


def units(**filters: object) -> list[tuple[str, str, str, str, str]]:
    rows = MemoryUnit.objects.filter(**filters).order_by("pk")
    return list(rows.values_list("source_language", "target_language", "source_text", "target_text", "state"))


def test_pairs_have_known_languages_and_no_codes() -> None:
    report = Report()
    assert list(pairs(file(), report)) == [
        Pair("ko", "en", "병원 40곳이 씁니다.", "Used by 40 hospitals.", "", 6),
        Pair("ko", "vi", "병원 40곳이 씁니다.", "40 bệnh viện sử dụng.", "", 6),
        Pair("ko", "en", "병원 47곳", "58 hospitals", "", 11),
        Pair("ko", "ms", "한국", "Korea", "", 12),
    ]
    assert report.remarks == [
        (10, "No text and translation in two of the site's languages."),
        (12, "It contains characters that cannot be seen."),
    ]


def test_every_language_is_the_source_where_the_file_says_so() -> None:
    found = list(pairs(file(FILE.replace("ko-KR", "*all*", 1))))
    assert [(pair.source, pair.target) for pair in found[:6]] == [
        ("ko", "en"),
        ("ko", "vi"),
        ("en", "ko"),
        ("en", "vi"),
        ("vi", "ko"),
        ("vi", "en"),
    ]


@pytest.mark.django_db
def test_import_leaves_out_what_does_not_agree(cast: Cast) -> None:
    report = import_memory(file(), actor=cast.operator, scope=PUBLIC)
    assert (report.taken, report.skipped) == (3, 3)
    assert (11, "Figures or addresses do not agree: 47, 58") in report.remarks
    assert units() == [
        ("ko", "en", "병원 40곳이 씁니다.", "Used by 40 hospitals.", "reviewed"),
        ("ko", "vi", "병원 40곳이 씁니다.", "40 bệnh viện sử dụng.", "reviewed"),
        ("ko", "ms", "한국", "Korea", "reviewed"),
    ]
    assert set(MemoryUnit.objects.values_list("reviewer", flat=True)) == {cast.operator.pk}


@pytest.mark.django_db
def test_a_broken_file_changes_nothing() -> None:
    with pytest.raises(BadFile) as error:
        import_memory(file(FILE.replace("</body>", "</boby>")), actor=None, scope=PUBLIC)
    assert error.value.line == 14
    assert units() == []


@pytest.mark.django_db
def test_an_import_never_outranks_the_author(cast: Cast) -> None:
    """A file may claim anything; only a backup is believed, and only on request."""
    remember([Unit("한국", "Korea (author)", "ko", "ms", State.OWNER_APPROVED)])
    claim = FILE.replace(
        '<tu><tuv lang="ko">', '<tu><prop type="x-mawsim-state">owner_approved</prop><tuv lang="ko">'
    )
    import_memory(file(claim), actor=None, scope=PUBLIC)
    assert remembered(["한국"], "ko", "ms")["한국"].text == "Korea (author)"
    import_memory(file(claim), actor=None, scope=PUBLIC, keep_states=True)
    assert remembered(["한국"], "ko", "ms")["한국"].text == "Korea"


@pytest.mark.django_db
def test_round_trip_and_scopes(cast: Cast) -> None:
    home = organisation(cast.hanbit.pk)
    own = Unit("비밀 <계획> & 40", "Secret <plan> & 40", "ko", "en", State.OWNER_APPROVED, scope=home)
    public = Unit("공개", "Public", "ko", "en", State.REVIEWED)
    remember([own, public])
    written = as_bytes(export_memory(home))
    assert b"Public" not in written
    MemoryUnit.objects.all().delete()
    report = import_memory(io.BytesIO(written), actor=None, scope=home, keep_states=True)
    assert (report.taken, report.skipped) == (1, 0)
    assert units(scope="organisation", scope_id=cast.hanbit.pk) == [
        ("ko", "en", "비밀 <계획> & 40", "Secret <plan> & 40", "owner_approved")
    ]
    assert units(scope="public") == []


@pytest.mark.django_db
def test_export_of_one_pair() -> None:
    remember(
        [Unit("하나", word, "ko", code, State.REVIEWED) for word, code in (("one", "en"), ("satu", "id"))]
    )
    found = list(pairs(io.BytesIO(as_bytes(export_memory(PUBLIC, "ko", "id")))))
    assert [(pair.target, pair.target_text, pair.state) for pair in found] == [("id", "satu", "reviewed")]


@pytest.mark.django_db
def test_commands(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in.tmx").write_text(FILE, encoding="utf-8")
    call_command(
        "import_memory", str(tmp_path / "in.tmx"), scope=cast.hanbit.public_id, reviewer=cast.operator.email
    )
    assert capsys.readouterr().out == "3 taken, 3 left out\n"
    call_command("export_memory", str(tmp_path / "out.tmx"), scope=cast.hanbit.public_id)
    assert len(list(pairs((tmp_path / "out.tmx").open("rb")))) == 3
    (tmp_path / "bad.tmx").write_text("<tmx>\n<tu>")
    with pytest.raises(CommandError, match="Line 2: "):
        call_command("import_memory", str(tmp_path / "bad.tmx"))
    with pytest.raises(CommandError, match="no organisation"):
        call_command("import_memory", str(tmp_path / "in.tmx"), scope="nobody")


@pytest.mark.parametrize(
    ("tag", "code"),
    [("ko-KR", "ko"), ("zh_CN", "zh-Hans"), ("zh-Hant", None), ("zh-TW", None), ("fil", "tl"), ("iw", "he"),
     ("EN-gb", "en"), ("de", None), ("", None), ("kor", "ko"), ("fa-IR", "fa")],
)  # fmt: skip
def test_language_tags(tag: str, code: str | None) -> None:
    assert language_of(tag) == code
