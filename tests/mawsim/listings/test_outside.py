import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from mawsim.accounts.models import Role
from mawsim.core.errors import NotAllowed
from mawsim.listings import actions, queries
from mawsim.listings.models import Field, Listing
from mawsim.listings.outside import document_of
from mawsim.translation.exchange.errors import BadFile
from mawsim.translation.exchange.tmx import as_bytes
from mawsim.translation.exchange.xliff import write
from mawsim.translation.models import State
from tests.conftest import Cast
from tests.mawsim.listings.samples import KOREAN, published

ENGLISH = {
    KOREAN["title"]: "AI that helps to read chest X-rays",
    "흉부 엑스레이에서 결핵과 폐암 의심 소견을 3초 안에 표시해 판독 시간을 줄여 드립니다.": (
        "Marks suspected tuberculosis and lung cancer on chest X-rays within 3 seconds."
    ),
    "국내 병원 40곳에서 쓰고 있습니다.": "Used in 40 hospitals in Korea.",
    "민감도는 97.2%이며 인터넷 없이도 동작합니다.": "The sensitivity is 97.2%, and it works offline.",
}


def exported(listing: Listing) -> str:
    return as_bytes(write(document_of(listing, "en"))).decode()


def translated(text: str, words: dict[str, str] = ENGLISH) -> io.BytesIO:
    for source, target in words.items():
        text = text.replace(
            f"<source>{source}</source>", f"<source>{source}</source><target>{target}</target>"
        )
    return io.BytesIO(text.encode())


def test_out_and_in_again(cast: Cast) -> None:
    listing = published(cast)
    report = actions.import_xliff(actor=cast.operator, listing=listing, file=translated(exported(listing)))
    assert (report.taken, report.skipped) == (3, 0)
    shown = queries.shown_texts(Listing.objects.get(pk=listing.pk), "en")
    assert (
        shown[Field.BODY].text
        == "Used in 40 hospitals in Korea. The sensitivity is 97.2%, and it works offline."
    )
    assert {text.state for text in shown.values()} == {State.REVIEWED}
    again = exported(Listing.objects.get(pk=listing.pk))
    assert again.count('state="reviewed"') == 4
    assert "<target>Used in 40 hospitals in Korea.</target>" in again


def test_an_unfinished_field_is_left_out(cast: Cast) -> None:
    listing = published(cast)
    words = {key: value for key, value in ENGLISH.items() if "97.2" not in key}
    report = actions.import_xliff(
        actor=cast.of(cast.hanbit), listing=listing, file=translated(exported(listing), words)
    )
    assert (report.taken, report.skipped) == (2, 1)
    assert [reason for _line, reason in report.remarks] == ["Not all of this field is translated."]
    assert queries.shown_texts(listing, "en")[Field.BODY].translated is False


def test_a_wrong_figure_refuses_the_whole_file(cast: Cast) -> None:
    listing = published(cast)
    text = exported(listing)
    words = ENGLISH | {"국내 병원 40곳에서 쓰고 있습니다.": "Used in 41 hospitals in Korea."}
    with pytest.raises(BadFile) as error:
        actions.import_xliff(actor=cast.operator, listing=listing, file=translated(text, words))
    lines = text.splitlines()
    assert "국내 병원 40곳" in lines[error.value.line - 1]
    assert not queries.shown_texts(listing, "en")[Field.TITLE].translated


def test_an_old_file_is_refused(cast: Cast) -> None:
    listing = published(cast)
    file = translated(exported(listing))
    listing = actions.save_listing(
        actor=cast.of(cast.hanbit),
        organisation=cast.hanbit,
        listing=listing,
        language_confirmed=True,
        **{**KOREAN, "body": "국내 병원 50곳에서 쓰고 있습니다."},
    )
    with pytest.raises(BadFile, match="The original is not what it was"):
        actions.import_xliff(actor=cast.operator, listing=listing, file=file)


def test_of_another_listing_or_by_others(cast: Cast) -> None:
    listing, other = published(cast), published(cast)
    with pytest.raises(BadFile, match="another listing"):
        actions.import_xliff(actor=cast.operator, listing=other, file=translated(exported(listing)))
    for actor in (cast.of(cast.vietcare), cast.of(cast.hanbit, Role.VIEWER)):
        with pytest.raises(NotAllowed):
            actions.import_xliff(actor=actor, listing=listing, file=translated(exported(listing)))
    file = io.BytesIO(exported(listing).replace('<unit id="body"', '<unit id="bdy"').encode())
    with pytest.raises(BadFile, match="Unknown field: bdy"):
        actions.import_xliff(actor=cast.operator, listing=listing, file=file)


def test_commands(cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listing, file = published(cast), tmp_path / "x.xlf"
    call_command("export_xliff", listing.public_id, "en", str(file))
    file.write_bytes(translated(file.read_text(encoding="utf-8")).getvalue())
    call_command("import_xliff", listing.public_id, str(file), reviewer=cast.operator.email)
    assert capsys.readouterr().out == "3 fields taken, 0 left out\n"
    with pytest.raises(CommandError, match="may not"):
        call_command("import_xliff", listing.public_id, str(file), reviewer=cast.of(cast.zayed).email)
    with pytest.raises(CommandError, match="no such listing"):
        call_command("export_xliff", "nothing", "en", str(file))
