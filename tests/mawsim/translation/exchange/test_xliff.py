import io

import pytest

from mawsim.translation.exchange.errors import BadFile
from mawsim.translation.exchange.tmx import as_bytes
from mawsim.translation.exchange.xliff import XliffFile, XliffSegment, XliffUnit, parse, write

DOCUMENT = XliffFile(
    "abc",
    "ko",
    "zh-Hans",
    (
        XliffUnit("title", (XliffSegment("흉부 <AI>", "胸部 <AI>", state="reviewed"),), "Title"),
        XliffUnit("body", (XliffSegment("하나.", "", "\n"), XliffSegment("둘."))),
    ),
)


def test_round_trip() -> None:
    written = as_bytes(write(DOCUMENT))
    assert b"<ignorable><source>\n</source></ignorable>" in written
    read = parse(io.BytesIO(written))
    lines = [segment.line for unit in read.units for segment in unit.segments]
    assert lines == [6, 9, 12]
    plain = tuple(
        XliffUnit(unit.id, tuple(XliffSegment(s.source, s.target, s.gap, s.state) for s in unit.segments))
        for unit in read.units
    )
    assert plain == (XliffUnit("title", DOCUMENT.units[0].segments), DOCUMENT.units[1])
    assert (read.id, read.source, read.target) == ("abc", "ko", "zh-Hans")


OPEN = '<file id="a"><unit id="u"><segment>'


def xliff(inner: str, root: str = 'version="2.0" srcLang="ko" trgLang="en"') -> io.BytesIO:
    return io.BytesIO(
        f'<xliff {root} xmlns="urn:oasis:names:tc:xliff:document:2.0">\n{inner}</xliff>'.encode()
    )


def test_codes_of_other_tools_are_left_out_and_groups_are_entered() -> None:
    file = xliff(
        '<file id="f"><group id="g"><unit id="u"><segment><source>가<ph id="1" disp="X"/> 나</source>'
        '<target>a <pc id="2">b</pc><mrk id="3" type="term"> c</mrk></target></segment></unit></group></file>'
    )
    (unit,) = parse(file).units
    assert unit == XliffUnit("u", (XliffSegment("가 나", "a b c", line=2),))


@pytest.mark.parametrize(
    ("file", "line"),
    [
        (xliff("<file/>", 'version="1.2" source-language="ko"'), 1),
        (xliff("<file/>", 'version="2.0" srcLang="ko" trgLang="ko"'), 1),
        (xliff("<file/>", 'version="2.0" srcLang="ko" trgLang="de"'), 1),
        (xliff(""), 1),
        (xliff('<file id="a"/>\n<file id="b"/>'), 3),
        (xliff('<file id="a"><unit id="u">\n<segment><target>x</target></segment></unit></file>'), 3),
        (xliff(f'{OPEN}<source>x</source>\n<target><cp hex="0007"/></target></segment></unit></file>'), 3),
    ],
)  # fmt: skip
def test_what_is_wrong_names_its_line(file: io.BytesIO, line: int) -> None:
    with pytest.raises(BadFile) as error:
        parse(file)
    assert error.value.line == line
