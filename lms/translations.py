"""The project's texts: where they stand, which catalogue a text belongs to, what is missing.

Done with Babel, so that neither an installation nor a developer needs the gettext tools.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOMS = ("lms", "courses", "assessments", "webinars", "certificates", "frontend")
KEYWORDS: dict[str, tuple | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Text = tuple[str | None, str, str | None]
"""Context, text, plural."""


@dataclass(frozen=True)
class FoundText:
    text: Text
    source: Path
    line: int


def catalogues(base: Path) -> list[Path]:
    """The Russian catalogues of the project's rooms."""
    found = [path for room in ROOMS for path in (base / room).rglob("ru/LC_MESSAGES/django.po")]
    return sorted(path for path in found if "node_modules" not in path.parts)


def compile_catalogue(source: Path) -> bool:
    """Write the .mo beside a .po if it is missing or older; True when it was written."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
        return False
    partial = target.with_suffix(".mo.part")
    with partial.open("wb") as file:
        write_mo(file, load(source))
    partial.replace(target)  # a process that starts now never reads half a file
    return True


def load(source: Path) -> Catalog:
    with source.open("rb") as file:
        return read_po(file, locale="ru")


def texts_in_source(base: Path) -> Iterator[FoundText]:
    """Every text marked for translation in our Python files and templates."""
    for room in ROOMS:
        for path in sorted((base / room).rglob("*")):
            if "node_modules" in path.parts or "migrations" in path.parts:
                continue
            if path.suffix == ".py":
                yield from _extracted(path, path.read_bytes())
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
                yield from _extracted(path, source.encode())


def _extracted(path: Path, source: bytes) -> Iterator[FoundText]:
    for line, message, _comments, context in extract(
        "python", io.BytesIO(source), keywords=KEYWORDS, options={"encoding": "utf-8"}
    ):
        parts = message if isinstance(message, tuple) else (message,)
        yield FoundText((context, parts[0], parts[1] if len(parts) > 1 else None), path, line)


def catalogue_of(base: Path, source: Path) -> Path:
    """The catalogue that a text standing in ``source`` belongs to: its room's."""
    parts = source.relative_to(base).parts
    if parts[0] == "frontend" and parts[1] == "templates" and parts[2] in (*ROOMS, "insights"):
        parts = ("lms", "insights") if parts[2] == "insights" else (parts[2],)
    is_part_of_lms = parts[0] == "lms" and len(parts) > 1 and (base / "lms" / parts[1]).is_dir()
    room = Path(*parts[:2]) if is_part_of_lms else Path(parts[0])
    if room == Path("lms") or not (base / room / "apps.py").exists():
        room = Path("frontend")
    return base / room / "locale" / "ru" / "LC_MESSAGES" / "django.po"


def missing_texts(base: Path) -> list[FoundText]:
    """Texts that no catalogue translates; an empty or doubtful translation is none."""
    known = {
        (message.context, _forms(message.id)[0])
        for path in catalogues(base)
        for message in load(path)
        if message.id and not message.fuzzy and _is_translated(message.string)
    }
    return [found for found in texts_in_source(base) if (found.text[0], found.text[1]) not in known]


Forms = str | Sequence[str] | None


def _forms(value: Forms) -> list[str]:
    """A text of a catalogue as a list: one form, or its plural forms."""
    return [value] if isinstance(value, str) else list(value or [])


def _is_translated(string: Forms) -> bool:
    return all(forms := _forms(string)) and len(forms) in (1, 3)


_PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sd]|\{\w*\}")


def broken_placeholders(base: Path) -> list[str]:
    """Translations whose placeholders are not those of the text."""
    broken = []
    for path in catalogues(base):
        for message in load(path):
            if not message.id:
                continue
            ids = _forms(message.id)
            wanted = set(_PLACEHOLDER.findall(ids[-1]))
            broken += [
                f"{path}: {ids[0]!r} → {string!r}"
                for string in _forms(message.string)
                if set(_PLACEHOLDER.findall(string)) - wanted
            ]
    return broken


def collect(base: Path) -> int:
    """Add the missing texts to the catalogues, untranslated; returns how many."""
    by_catalogue: dict[Path, list[FoundText]] = {}
    for found in missing_texts(base):
        by_catalogue.setdefault(catalogue_of(base, found.source), []).append(found)
    count = 0
    for path, texts in by_catalogue.items():
        catalog = load(path) if path.exists() else Catalog(locale="ru", charset="utf-8")
        for context, text, plural in {found.text: None for found in texts}:
            if catalog.get(text, context) is None:
                catalog.add((text, plural) if plural else text, context=context)
                count += 1
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalog, width=100, omit_header=False)
    return count
