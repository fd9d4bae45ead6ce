"""The README tells the truth: every setting is listed, every command and file exists."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "platform/mawsim/settings.py").read_text(encoding="utf-8")


def test_every_setting_of_the_environment_is_explained() -> None:
    read = set(re.findall(r"env\.(?:text|flag|number|listed|table|numbers)\(\s*\"([A-Z_]+)\"", SETTINGS))
    explained = set(re.findall(r"`([A-Z_]+)`", README))
    assert len(read) > 20
    assert read <= explained


def test_no_setting_is_explained_that_nobody_reads() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "platform").rglob("*.py"))
    table = re.findall(r"^\| (.+?) \|", README, re.MULTILINE)[2:]
    for name in re.findall(r"`([A-Z_]+)`", " ".join(table)):
        assert f'"{name}"' in sources, name


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_and_paths_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / target).exists(), target
    for target in re.findall(r"`((?:platform|matching|docker|tests)/[\w./-]+)`", text):
        assert (ROOT / target).exists(), target


def test_the_commands_exist() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^\s+make (\w+)", README, re.MULTILINE)) <= set(targets)
    assert {"up", "load_demo"} <= set(get_commands())
    for module in re.findall(r"python -m (matching[\w.]*)", README):
        assert (ROOT / module.replace(".", "/") / "__main__.py").exists(), module
