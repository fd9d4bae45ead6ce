import io
import tracemalloc

import pytest

from mawsim.translation.exchange.errors import BadFile
from mawsim.translation.exchange.xml import LARGEST, element, read

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE tmx [
<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
]>
<tmx><tu>&b;</tu></tmx>"""
OUTSIDE = b'<!DOCTYPE tmx [<!ENTITY secret SYSTEM "file:///etc/passwd">]><tmx><tu>&secret;</tu></tmx>'
PARAMETER = b'<!DOCTYPE tmx [<!ENTITY % p SYSTEM "http://127.0.0.1/x.dtd"> %p;]><tmx><tu>x</tu></tmx>'


def texts(data: bytes) -> list[str]:
    return [node.text() for node in read(io.BytesIO(data), "tmx", {"tu"}) if node.tag == "tu"]


@pytest.mark.parametrize(("data", "line"), [(BOMB, 3), (OUTSIDE, 1), (PARAMETER, 1)])
def test_entities_are_refused_with_their_line(data: bytes, line: int) -> None:
    with pytest.raises(BadFile) as error:
        texts(data)
    assert (error.value.line, error.value.reason) == (
        line,
        "The file declares entities, which are not accepted.",
    )


def test_a_document_type_and_the_five_entities_of_xml_are_fine() -> None:
    data = b'<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx><tu>A &amp; B &lt;C&gt; &#233;</tu></tmx>'
    assert texts(data) == ["A & B <C> é"]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b"<tmx>\n<tu>one</tu>\n<tu>two</tx>\n</tmx>", 3),
        (b"<tmx>\n<tu>one</tu>", 2),
        (b"", 1),
        (b"PK\x03\x04 not xml", 1),
        (b"<html>\n</html>", 1),
        (b'<?xml version="1.0" encoding="martian"?><tmx/>', 1),
        ("<tmx>\n<tu>한국</tu></tmx>".encode("euc-kr"), 2),
        (b"<tmx><tu>" + b"<hi>" * 100 + b"</hi>" * 100 + b"</tu></tmx>", 1),
        (b"<tmx>\n<tu>" + b"x" * (LARGEST + 1) + b"</tu></tmx>", 2),
        (b"<tmx>\n<tu>" + b"<hi/>" * LARGEST + b"</tu></tmx>", 2),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_line(data: bytes, line: int) -> None:
    with pytest.raises(BadFile) as error:
        texts(data)
    assert error.value.line == line
    assert str(error.value.errors["file"]).startswith(f"Line {line}: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert texts("<tmx><tu>정밀도 97.2%</tu></tmx>".encode(encoding)) == ["정밀도 97.2%"]


def test_memory_does_not_grow_with_the_file() -> None:
    class Endless(io.RawIOBase):
        """Units for as long as `left` lasts."""

        left = 60_000

        def read(self, size: int = -1) -> bytes:
            if self.left == 60_000:
                self.left -= 1
                return b"<tmx><body>"
            if self.left <= 0:
                return b"" if self.left < 0 else self._end()
            self.left -= 600 if self.left > 600 else self.left
            return b"<tu><tuv><seg>Words of a unit that is as long as they are.</seg></tuv></tu>" * 600

        def _end(self) -> bytes:
            self.left = -1
            return b"</body></tmx>"

    tracemalloc.start()
    count = sum(1 for node in read(Endless(), "tmx", {"tu"}) if node.tag == "tu")  # type: ignore[arg-type]
    _size, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 8_000_000  # bytes; the file has 4.5 million, its elements would take 60


def test_what_is_written_is_read_again() -> None:
    text = 'A & B < "C" > \r\n ⟦1⟧\x00\x0b'
    xml = f"<tmx>{element('tu', text, xml_lang='ko')}</tmx>".encode()
    (node,) = [one for one in read(io.BytesIO(xml), "tmx", {"tu"}) if one.tag == "tu"]
    assert (node.text(), node.attributes) == ('A & B < "C" > \r\n ⟦1⟧', {"lang": "ko"})
