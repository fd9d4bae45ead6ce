import gettext
import os
from pathlib import Path

import pytest
from babel.messages.pofile import PoFileError

from mawsim.core.catalogues import compile_catalogues

ARABIC = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : 5;\\n"

msgid "Search"
msgstr "بحث"

#, fuzzy
msgid "Offer"
msgstr "طلب"

msgctxt "noun"
msgid "Post"
msgstr "إعلان"

msgid "%(n)d match"
msgid_plural "%(n)d matches"
msgstr[0] "صفر"
msgstr[1] "واحد"
msgstr[2] "اثنان"
msgstr[3] "قليل"
msgstr[4] "كثير"
msgstr[5] "آخر"
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "ar" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "django.po"
    source.write_text(ARABIC, encoding="utf-8")
    return source


def test_a_compiled_catalogue_speaks_through_gettext(source: Path, tmp_path: Path) -> None:
    assert compile_catalogues(tmp_path) == [source.with_suffix(".mo")]
    arabic = gettext.translation("django", tmp_path, ["ar"])
    assert arabic.gettext("Search") == "بحث"
    assert arabic.gettext("Offer") == "Offer"
    assert arabic.pgettext("noun", "Post") == "إعلان"
    counted = [arabic.ngettext("%(n)d match", "%(n)d matches", n) for n in (0, 1, 2, 3, 103, 11)]
    assert counted == ["صفر", "واحد", "اثنان", "قليل", "قليل", "آخر"]


def test_only_changed_catalogues_are_compiled(source: Path, tmp_path: Path) -> None:
    compile_catalogues(tmp_path)
    target = source.with_suffix(".mo")
    now = source.stat().st_mtime_ns
    os.utime(target, ns=(now + 1, now + 1))
    assert compile_catalogues(tmp_path) == []
    os.utime(source, ns=(now + 2, now + 2))
    assert compile_catalogues(tmp_path) == [target]


def test_a_broken_catalogue_is_refused(source: Path, tmp_path: Path) -> None:
    source.write_text('msgid "a"\nmsgstr "b"\n<<<<<<< HEAD\n', encoding="utf-8")
    with pytest.raises(PoFileError):
        compile_catalogues(tmp_path)
    assert not source.with_suffix(".mo").exists()
