"""Message catalogues: .po files compiled to .mo without GNU gettext, which a bare machine lacks."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogues(locale_dir: Path) -> list[Path]:
    """Compile every `<lang>/LC_MESSAGES/*.po` that is newer than its .mo; returns the files written.

    Fuzzy entries are left out, as gettext does. Raises babel's PoFileError for a broken catalogue.
    """
    return [_compile(source) for source in sorted(locale_dir.glob("*/LC_MESSAGES/*.po")) if _is_stale(source)]


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    # Not "newer than" alone: a checkout may give both files one time stamp.
    return not target.exists() or target.stat().st_mtime_ns <= source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    with source.open("rb") as file:
        # Without a locale, Babel would drop the Plural-Forms header, and every plural with it.
        catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    target = source.with_suffix(".mo")
    fresh = target.with_suffix(".mo.new")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(target)
    return target
