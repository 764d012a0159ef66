"""An instrument as ``items.csv`` with ``codebook.json``: opens in any statistics program."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.interchange.archives import read_archive, write_archive
from assessments.interchange.plain import PlainInstrument
from assessments.loading import INSTRUMENT_FIELDS, BrokenInstrument
from assessments.scoring import Kind
from assessments.vectors import CANNOT_SAY, NOT_APPLICABLE

COLUMNS = (
    "id", "version", "facet", "form", "text", "type", "min", "max", "reverse", "not_applicable",
    "looking_back", "expected", "choices", "described",
)  # fmt: skip
NEEDED = ("id", "text", "type")
UNREADABLE = (
    ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, csv.Error,
)  # fmt: skip
"""What other people's files make of reading them."""


def to_csv(plain: PlainInstrument) -> bytes:
    """A ZIP archive of the two files. Keys are in it: it is for authors, not for learners."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for item in plain.items:
        low, high = _range(plain, item)
        writer.writerow(
            {
                "id": item["code"],
                "version": plain.version,
                "facet": item["scale"],
                "form": item["form"],
                "text": item["text"],
                "type": item["kind"],
                "min": low,
                "max": high,
                "reverse": int(item["reversed"]),
                "not_applicable": int(item["not_applicable"]),
                "looking_back": int(item["looking_back"]),
                "expected": "" if item["expected"] is None else item["expected"],
                "choices": json.dumps(item["choices"], ensure_ascii=False)
                if item["choices"]
                else "",
                "described": item["described"],
            }
        )
    codebook = {
        "instrument": plain.facts,
        "version": plain.version,
        "scales": plain.scales,
        "options": plain.options,
        "missing": {"cannot_say": CANNOT_SAY, "not_applicable": NOT_APPLICABLE},
        "scoring": "reverse: min + max - x; scale: mean of answered items if at least 80 % are; "
        "situations: 2 for the key, 1 beside it, 0 else, 0 after a critical error",
    }
    return write_archive(
        {
            "items.csv": "\ufeff" + out.getvalue(),
            "codebook.json": json.dumps(codebook, ensure_ascii=False, indent=2),
        }
    )


def _range(plain: PlainInstrument, item: Mapping[str, Any]) -> tuple[int | str, int | str]:
    kind = Kind(item["kind"])
    if kind is Kind.REFLECTION:
        return "", ""
    if kind is Kind.SATISFACTION:
        return 0, 10
    if kind in (Kind.BEST_WORST, Kind.RECOGNITION):
        return 0, len(item["choices"]) - 1
    options = plain.facts["rating_options"] if kind is Kind.RATE_EACH else plain.options
    values = [value for value, _words in options]
    return min(values), max(values)


def from_csv(content: bytes) -> PlainInstrument:
    """Reads what ``to_csv`` writes. Raises BrokenInstrument with the line that is wrong."""
    files = read_archive(content)
    if not {"items.csv", "codebook.json"} <= set(files):
        raise BrokenInstrument(_("The archive needs the files items.csv and codebook.json."))
    try:
        codebook = json.loads(files["codebook.json"].decode("utf-8-sig"))
        rows = list(csv.DictReader(io.StringIO(files["items.csv"].decode("utf-8-sig"))))
        facts = {
            name: codebook["instrument"][name]
            for name in ("code", *INSTRUMENT_FIELDS)
            if name in codebook["instrument"]
        }
        scales = [dict(scale) for scale in codebook["scales"]]
        options = [(value, words) for value, words in codebook["options"]]
    except UNREADABLE as problem:
        raise BrokenInstrument(
            _("The codebook cannot be read: %(problem)s") % {"problem": problem}
        ) from problem
    return PlainInstrument(
        facts, scales, [_row(line, row) for line, row in enumerate(rows, 2)], options
    )


def _row(line: int, row: Mapping[str, str | None]) -> dict[str, Any]:
    """Raises BrokenInstrument, naming the line."""
    for name in NEEDED:
        if not row.get(name):
            raise BrokenInstrument(
                _("items.csv, line %(line)s: “%(column)s” is empty.")
                % {"line": line, "column": name}
            )
    try:
        return {
            "code": row["id"],
            "kind": Kind(row["type"] or "").value,
            "form": row.get("form") or "",
            "scale": row.get("facet") or "",
            "text": row["text"],
            "reversed": row.get("reverse") == "1",
            "not_applicable": row.get("not_applicable") == "1",
            "looking_back": row.get("looking_back") == "1",
            "expected": int(row["expected"]) if row.get("expected") else None,
            "described": row.get("described") or "",
            "choices": _choices(row.get("choices") or "[]"),
        }
    except UNREADABLE as problem:
        raise BrokenInstrument(
            _("items.csv, line %(line)s cannot be read: %(problem)s")
            % {"line": line, "problem": problem}
        ) from problem


def _choices(text: str) -> list[dict[str, Any]]:
    return [
        {
            "text": str(choice["text"]),
            "key": None if choice.get("key") is None else int(choice["key"]),
            "is_critical": bool(choice.get("is_critical")),
        }
        for choice in json.loads(text)
    ]
