import os
from pathlib import Path

import pytest

from mawsim.core.services import paths
from mawsim.core.services.paths import EmbeddedUrls


@pytest.fixture
def temporary(short_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for this test."""
    monkeypatch.setattr("tempfile.tempdir", str(short_dir))
    return short_dir


def long_var(base: Path) -> Path:
    var = base / ("long" * 30) / "var"
    var.mkdir(parents=True)
    return var


def test_a_short_var_holds_the_sockets_itself(short_dir: Path) -> None:
    var = short_dir / "var"
    run = f"{var}/run"
    assert paths.embedded_urls(var) == EmbeddedUrls(
        database=f"postgresql://mawsim@/mawsim?host={run.replace('/', '%2F')}%2Fpg",
        broker=f"redis+socket://{run}/valkey/valkey.sock",
        cache=f"unix://{run}/valkey/valkey.sock?db=1",
    )
    assert not var.exists()


def test_var_is_beside_manage_py_or_where_mawsim_var_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAWSIM_VAR", "/srv/mawsim")
    assert paths.var_dir() == Path("/srv/mawsim")
    monkeypatch.delenv("MAWSIM_VAR")
    assert (paths.var_dir().parent / "manage.py").is_file()


def test_a_long_var_gets_a_private_folder_and_remembers_it(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    var = long_var(temporary)
    expected = paths.runtime_dir(var)
    assert expected.parent == temporary
    assert paths.prepare_runtime_dir(var) == expected
    assert expected.stat().st_mode & 0o066 == 0
    # Another TMPDIR in the next terminal must not part the commands from the running servers.
    monkeypatch.setattr("tempfile.tempdir", "/var/tmp")
    assert paths.runtime_dir(var) == expected


def test_a_copied_var_does_not_share_the_sockets_of_the_original(temporary: Path) -> None:
    original, copy = long_var(temporary / "a"), long_var(temporary / "b")
    folder = paths.prepare_runtime_dir(original)
    (copy / "run").mkdir()
    (copy / "run" / "runtime-dir").write_text((original / "run" / "runtime-dir").read_text())
    assert paths.runtime_dir(copy) != folder


def test_a_folder_open_to_others_is_passed_over(temporary: Path) -> None:
    var = long_var(temporary)
    squatted = paths.runtime_dir(var)
    squatted.mkdir()
    squatted.chmod(0o777)
    assert paths.prepare_runtime_dir(var) == squatted.with_name(squatted.name[:-1] + "1")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make somebody else's folder")
def test_a_foreign_folder_is_passed_over(temporary: Path) -> None:
    var = long_var(temporary)
    squatted = paths.runtime_dir(var)
    squatted.mkdir(mode=0o700)
    os.chown(squatted, 65534, 65534)
    assert paths.prepare_runtime_dir(var) == squatted.with_name(squatted.name[:-1] + "1")


def test_a_link_in_the_way_is_passed_over(temporary: Path) -> None:
    var = long_var(temporary)
    squatted = paths.runtime_dir(var)
    squatted.symlink_to(temporary)
    assert paths.prepare_runtime_dir(var) == squatted.with_name(squatted.name[:-1] + "1")


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs PostgreSQL itself")
def test_under_root_a_closed_parent_moves_the_sockets_out(temporary: Path) -> None:
    var = temporary / "home" / "var"
    var.mkdir(parents=True)
    (temporary / "home").chmod(0o700)
    assert paths.runtime_dir(var).parent == temporary
