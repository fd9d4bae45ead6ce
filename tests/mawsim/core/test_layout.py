"""`platform/` and `locale/` carry names of standard-library modules; the library must win."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_folders_hold_no_init() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "locale" / "__init__.py").exists()


def test_the_standard_library_wins_in_the_root() -> None:
    code = "import platform, locale; print(platform.python_version(), bool(locale.localeconv()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [sys.version.split()[0], "True"]


def test_manage_py_starts_without_heavy_libraries() -> None:
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'mawsim.settings'; django.setup();"
        "import mawsim.wsgi, mawsim.urls, django.urls; django.urls.get_resolver().url_patterns;"
        "print(sorted({'torch', 'sentence_transformers', 'faiss', 'lingua'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
