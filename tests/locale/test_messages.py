"""The interface languages: complete, well-formed, in their own script, and up to date with the code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

from mawsim.core.languages import LANGUAGES
from mawsim.core.scripts import SCRIPT_OF_LANGUAGE, share

ROOT = Path(__file__).parents[2]
# English is the language of the messages themselves.
TRANSLATED = [language for language in LANGUAGES if language.code != "en"]
PLURAL_FORMS = {"ar": 6, "he": 3, "fa": 2, "tr": 2, "tl": 2}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w+\}")


def catalogue(code: str) -> polib.POFile:
    return polib.pofile(str(ROOT / "locale" / code.replace("-", "_") / "LC_MESSAGES" / "django.po"))


def _key(entry: polib.POEntry) -> tuple[str | None, str]:
    return entry.msgctxt, entry.msgid


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_every_message_is_translated(code: str) -> None:
    entries = catalogue(code)
    assert len(entries) > 800
    assert [entry.msgid for entry in entries if not entry.translated() or "fuzzy" in entry.flags] == []
    assert {_key(entry) for entry in entries} == {_key(entry) for entry in catalogue("ko")}


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_placeholders_survive(code: str) -> None:
    for entry in catalogue(code):
        if entry.msgid_plural:
            forms = list(entry.msgstr_plural.values())
            assert len(forms) == PLURAL_FORMS.get(code, 1), entry.msgid
            asked = set(PLACEHOLDER.findall(entry.msgid_plural))
            assert set(PLACEHOLDER.findall(forms[-1])) == asked, entry.msgid
            assert all(set(PLACEHOLDER.findall(form)) <= asked for form in forms), entry.msgid
        else:
            found, asked_for = PLACEHOLDER.findall(entry.msgstr), PLACEHOLDER.findall(entry.msgid)
            assert sorted(found) == sorted(asked_for), entry.msgid


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_messages_are_in_the_script_of_the_language(code: str) -> None:
    text = "\n".join(PLACEHOLDER.sub("", entry.msgstr) for entry in catalogue(code))
    part, _weight = share(text, SCRIPT_OF_LANGUAGE[code])
    assert part > 0.9


@pytest.mark.parametrize("code", [language.code for language in TRANSLATED])
def test_no_direction_marks_hide_in_messages(code: str) -> None:
    hidden = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
    assert [entry.msgid for entry in catalogue(code) if hidden.search(entry.msgstr)] == []


@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext")
def test_the_catalogues_hold_what_the_code_says(tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    shutil.copytree(ROOT / "platform", tmp_path / "platform", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, str(ROOT / "manage.py"), "makemessages", "--locale=ko", "--no-location"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    collected = polib.pofile(str(tmp_path / "locale" / "ko" / "LC_MESSAGES" / "django.po"))
    assert {_key(entry) for entry in collected} == {_key(entry) for entry in catalogue("ko")}
