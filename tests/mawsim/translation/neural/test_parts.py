import hashlib
from pathlib import Path

import pytest

from mawsim.translation.neural.parts import Damaged, Parts, read_parts, write_parts

DATA = bytes(range(256)) * 10


def test_parts_are_joined_again(tmp_path: Path) -> None:
    (tmp_path / "data.007").write_bytes(b"of an older and larger run")
    parts = write_parts(DATA, tmp_path, "data", 1000)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data.000", "data.001", "data.002"]
    assert [path.stat().st_size for path in sorted(tmp_path.iterdir())] == [1000, 1000, 560]
    assert (parts.bytes, parts.sha256) == (2560, hashlib.sha256(DATA).hexdigest())
    assert read_parts(tmp_path, Parts(**parts.described())) == DATA


def test_damage_is_named(tmp_path: Path) -> None:
    parts = write_parts(DATA, tmp_path, "data", 1000)
    (tmp_path / "data.001").write_bytes(b"x" + DATA[1001:2000])
    with pytest.raises(Damaged, match=r"data\.001 is damaged"):
        read_parts(tmp_path, parts)
    (tmp_path / "data.001").unlink()
    with pytest.raises(Damaged, match=r"data\.001 cannot be read: No such file"):
        read_parts(tmp_path, parts)


def test_parts_in_another_order_are_no_whole(tmp_path: Path) -> None:
    parts = write_parts(DATA, tmp_path, "data", 1000)
    turned = Parts(parts.sha256, parts.bytes, dict(reversed(parts.parts.items())))
    with pytest.raises(Damaged, match="do not make up"):
        read_parts(tmp_path, turned)
