import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mawsim.core.errors import InvalidInput
from mawsim.translation.actions import TermData, save_term_set, save_terms
from mawsim.translation.exchange import glossary_csv, tbx
from mawsim.translation.exchange.errors import BadFile, Report
from mawsim.translation.exchange.glossaries import export_glossary, import_glossary
from mawsim.translation.exchange.tmx import as_bytes
from mawsim.translation.models import Term, TermKind, TermSet
from mawsim.translation.scopes import PUBLIC
from tests.conftest import Cast

PREFERRED, FORBIDDEN, KEEP = TermKind.PREFERRED, TermKind.FORBIDDEN, TermKind.KEEP
TERMS = [
    TermData(PREFERRED, "ko", "실증", "en", "pilot", concept="c7", note="never: demonstration"),
    TermData(FORBIDDEN, "ko", "실증", "en", "demonstration", concept="c7"),
    TermData(PREFERRED, "ko", "실증", "vi", "thử nghiệm thực tế", concept="c7"),
    TermData(KEEP, "ko", "한빛Chest", case_sensitive=True),
    TermData(PREFERRED, "en", "=SUM(A1)", "ko", '-합계, "끝"'),
]


def data(term: Term) -> TermData:
    return TermData(
        TermKind(term.kind),
        term.source_language,
        term.source_text,
        term.target_language,
        term.target_text,
        term.case_sensitive,
        term.concept,
        term.note,
    )


def stored() -> list[TermData]:
    return [data(term) for term in Term.objects.order_by("pk")]


@pytest.fixture
def term_set(db: None) -> TermSet:
    made = save_term_set(name="Medicine & <AI>")
    save_terms(made, TERMS)
    return made


@pytest.mark.parametrize("ending", ["csv", "tbx"])
def test_round_trip(term_set: TermSet, ending: str) -> None:
    written = as_bytes(export_glossary(term_set, ending))
    Term.objects.all().delete()
    report = import_glossary(io.BytesIO(written), ending, name=term_set.name, scope=PUBLIC)
    assert (report.taken, report.skipped) == (5, 0)
    assert TermSet.objects.count() == 1
    found = stored()
    if ending == "tbx":  # every entry needs a name there
        found = [
            TermData(*[*_fields(one)[:6], "c7" if one.concept == "c7" else "", one.note]) for one in found
        ]
    assert sorted(found, key=str) == sorted(TERMS, key=str)


def _fields(one: TermData) -> list[object]:
    return [
        one.kind,
        one.source_language,
        one.source_text,
        one.target_language,
        one.target_text,
        one.case_sensitive,
    ]


def test_spreadsheets_find_no_formulas() -> None:
    written = "".join(glossary_csv.write([Term(**_row(TERMS[4]))]))
    assert written.splitlines()[1] == """,preferred,en,'=SUM(A1),ko,"'-합계, ""끝""\",,"""


def _row(one: TermData) -> dict[str, object]:
    names = ("kind", "source_language", "source_text", "target_language", "target_text", "case_sensitive")
    return dict(zip(names, _fields(one), strict=True))


def test_a_simple_list_is_enough() -> None:
    file = (
        "source_language;source_text;target_language;target_text\r\nKO-kr;모형;en;model\r\n\r\nko;한빛;;\r\n"
    )
    assert glossary_csv.parse(io.BytesIO(file.encode("utf-8-sig"))) == [
        TermData(PREFERRED, "ko", "모형", "en", "model"),
        TermData(KEEP, "ko", "한빛"),
    ]


HEAD = "kind,source_language,source_text,target_language,target_text\n"


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("", 1),
        ("kind,source_text\n", 1),
        (HEAD + "preferred,ko,가,en,a\npreferred,xx,나,en,b\n", 3),
        (HEAD + "nonsense,ko,가,en,a\n", 2),
        (HEAD + "preferred,ko,가,en,a,b,c\n", 2),
        (HEAD + 'preferred,ko,"가"x,en,a\n', 2),
        (HEAD.encode() + "preferred,ko,가,en,a\n".encode("euc-kr"), 2),
    ],
)
def test_a_bad_line_is_named(file: str | bytes, line: int) -> None:
    with pytest.raises(BadFile) as error:
        glossary_csv.parse(io.BytesIO(file.encode() if isinstance(file, str) else file))
    assert error.value.line == line


def test_older_tbx_and_other_languages() -> None:
    file = b"""<?xml version="1.0"?><!DOCTYPE martif SYSTEM "TBXcoreStructV02.dtd">
<martif type="TBX" xml:lang="en"><text><body>
<termEntry id="t1"><langSet xml:lang="en"><tig><term>edge  computing</term></tig></langSet>
<langSet xml:lang="de"><tig><term>Edge</term></tig></langSet>
<langSet xml:lang="tr"><ntig><termGrp><term>uc bilisim</term></termGrp></ntig></langSet></termEntry>
<termEntry id="t2"><langSet xml:lang="de"><tig><term>nur</term></tig></langSet></termEntry>
</body></text></martif>"""
    report = Report()
    assert tbx.parse(io.BytesIO(file), report) == [
        TermData(PREFERRED, "en", "edge computing", "tr", "uc bilisim", concept="t1")
    ]
    assert report.remarks == [(6, "No term in one of the site's languages.")]


def test_a_term_that_is_missing_in_tbx() -> None:
    file = b'<tbx>\n<conceptEntry><langSec xml:lang="ko">\n<termSec/></langSec></conceptEntry></tbx>'
    with pytest.raises(BadFile) as error:
        tbx.parse(io.BytesIO(file))
    assert error.value.line == 3


@pytest.mark.django_db
def test_one_bad_term_stores_none() -> None:
    file = HEAD + "preferred,ko,가,en,a\npreferred,ko,나,ko,b\n"
    with pytest.raises(InvalidInput):
        import_glossary(io.BytesIO(file.encode()), "csv", name="x", scope=PUBLIC)
    assert (stored(), TermSet.objects.count()) == ([], 0)


def test_commands(term_set: TermSet, cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "out.tbx"
    call_command("export_glossary", str(file), name=term_set.name)
    call_command("import_glossary", str(file), name="Copy", scope=cast.hanbit.public_id)
    assert capsys.readouterr().out == "5 taken, 0 left out\n"
    copy = TermSet.objects.get(name="Copy")
    assert (copy.scope, copy.scope_id, copy.terms.count()) == ("organisation", cast.hanbit.pk, 5)
    with pytest.raises(CommandError, match="no term set"):
        call_command("export_glossary", str(file), name="Copy")
    with pytest.raises(CommandError, match="csv or tbx"):
        call_command("export_glossary", str(tmp_path / "x.txt"), name="Copy")
