from datetime import UTC, datetime

import pytest
from django import forms
from django.utils import translation

from mawsim.accounts.models import Organisation
from mawsim.web.templatetags import mawsim as tags


@pytest.mark.parametrize(
    ("text", "part", "shown"),
    [
        ("It reads films. It is fast.", "It is fast.", "It reads films. <mark>It is fast.</mark>"),
        ("It reads films.", "It is fast.", "It reads films."),
        ("It reads films.", "", "It reads films."),
        ("<b>It</b> reads.", "<b>It</b>", "<mark>&lt;b&gt;It&lt;/b&gt;</mark> reads."),
        ("<script>", "other", "&lt;script&gt;"),
    ],
)
def test_marked_escapes_everything_but_its_own_mark(text: str, part: str, shown: str) -> None:
    assert tags.marked(text, part) == shown


def test_names_and_formats_are_the_reader_s() -> None:
    with translation.override("ko"):
        assert tags.country("VN") == "베트남"
        assert tags.label("capital", "pillar") == "자본"
        assert tags.local_date(datetime(2026, 3, 1, tzinfo=UTC)) == "2026. 3. 1."
        assert tags.quantity(12345) == "12,345"
    assert tags.label("gone", "pillar") == "gone"


def test_a_name_is_isolated_and_escaped() -> None:
    organisation = Organisation(name="<i>A</i>", language="en")
    assert tags.org_name(organisation) == "<bdi>&lt;i&gt;A&lt;/i&gt;</bdi>"


def test_a_field_is_tied_to_its_help_and_errors() -> None:
    class Form(forms.Form):
        title = forms.CharField(help_text="In one line.")

    context = tags.field(Form({})["title"], dir="auto")
    assert 'aria-describedby="id_title_help id_title_error"' in context["control"]
    assert 'aria-invalid="true"' in context["control"]
    assert 'dir="auto"' in context["control"]
