"""Choice items as QTI 3 (1EdTech, 2022): for other learning systems.

Out: one assessment item a question, several choice interactions for a situation. Without keys
unless they are asked for: a package for learners must not hold them. Facet, reverse key and form
have no place in QTI and stand in our CSV. In: items with one choice interaction each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET
from xml.parsers import expat

from django.utils.translation import gettext as _

from assessments.interchange.archives import read_archive, write_archive
from assessments.interchange.plain import PlainInstrument
from assessments.loading import BrokenInstrument
from assessments.scoring import Kind

ASI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
MAP_RESPONSE = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/map_response.xml"
CHOICE_KINDS = frozenset(Kind) - {Kind.REFLECTION}


def to_qti(plain: PlainInstrument, *, with_keys: bool = False) -> bytes:
    """A ZIP archive with a manifest; open questions are left out."""
    files: dict[str, bytes] = {}
    for item in plain.items:
        if Kind(item["kind"]) in CHOICE_KINDS:
            files[f"items/{item['code']}.xml"] = _xml(_item(plain, item, with_keys=with_keys))
    return write_archive({"imsmanifest.xml": _xml(_manifest(plain, files)), **files})


def _xml(element: ET.Element) -> bytes:
    ET.indent(element)
    return ET.tostring(element, encoding="utf-8", xml_declaration=True)


def _manifest(plain: PlainInstrument, files: Iterable[str]) -> ET.Element:
    root = ET.Element("manifest", {"xmlns": CP, "identifier": f"{plain.facts['code']}-manifest"})
    metadata = ET.SubElement(root, "metadata")
    ET.SubElement(metadata, "schema").text = "QTI Package"
    ET.SubElement(metadata, "schemaversion").text = "3.0.0"
    ET.SubElement(root, "organizations")
    resources = ET.SubElement(root, "resources")
    for name in files:
        resource = ET.SubElement(
            resources,
            "resource",
            {"identifier": _identifier(name), "type": "imsqti_item_xmlv3p0", "href": name},
        )
        ET.SubElement(resource, "file", {"href": name})
    return root


def _identifier(text: str) -> str:
    return "R-" + re.sub(r"[^A-Za-z0-9_-]", "-", text)


def _item(plain: PlainInstrument, item: Mapping[str, Any], *, with_keys: bool) -> ET.Element:
    root = ET.Element(
        "qti-assessment-item",
        {
            "xmlns": ASI,
            "identifier": item["code"],
            "title": item["code"],
            "adaptive": "false",
            "time-dependent": "false",
            "xml:lang": "ru",
        },
    )
    parts = _parts(plain, item)
    is_mapped = False
    for number, (_prompt, choices) in enumerate(parts, 1):
        declared = ET.SubElement(
            root,
            "qti-response-declaration",
            {"identifier": f"RESPONSE{number}", "cardinality": "single", "base-type": "identifier"},
        )
        mapped = [(name, points) for name, _words, points in choices if points is not None]
        if with_keys and mapped:
            is_mapped = True
            mapping = ET.SubElement(declared, "qti-mapping", {"default-value": "0"})
            for name, points in mapped:
                ET.SubElement(
                    mapping, "qti-map-entry", {"map-key": name, "mapped-value": str(points)}
                )
    if is_mapped:
        ET.SubElement(
            root,
            "qti-outcome-declaration",
            {"identifier": "SCORE", "cardinality": "single", "base-type": "float"},
        )
    body = ET.SubElement(root, "qti-item-body")
    ET.SubElement(body, "p").text = item["text"]
    for number, (prompt, choices) in enumerate(parts, 1):
        interaction = ET.SubElement(
            body,
            "qti-choice-interaction",
            {"response-identifier": f"RESPONSE{number}", "max-choices": "1", "shuffle": "false"},
        )
        if prompt:
            ET.SubElement(interaction, "qti-prompt").text = prompt
        for name, words, _points in choices:
            ET.SubElement(interaction, "qti-simple-choice", {"identifier": name}).text = words
    if is_mapped and len(parts) == 1:
        # The standard template knows one response; several are added up by the reader.
        ET.SubElement(root, "qti-response-processing", {"template": MAP_RESPONSE})
    return root


Choice = tuple[str, str, int | None]
"""Identifier, words, points with the key or None."""


def _parts(plain: PlainInstrument, item: Mapping[str, Any]) -> list[tuple[str, list[Choice]]]:
    kind = Kind(item["kind"])
    replies = item["choices"]
    if kind is Kind.RATE_EACH:
        return [
            (
                reply["text"],
                [
                    (f"V{value}", words, _near(value, reply["key"]))
                    for value, words in plain.facts["rating_options"]
                ],
            )
            for reply in replies
        ]
    if kind is Kind.BEST_WORST:
        named: list[Choice] = [(f"V{n}", reply["text"], None) for n, reply in enumerate(replies)]
        return [(_("The best reply"), named), (_("The worst reply"), named)]
    if kind is Kind.RECOGNITION:
        return [("", [(f"V{n}", reply["text"], reply["key"]) for n, reply in enumerate(replies)])]
    if kind is Kind.SATISFACTION:
        return [("", [(f"V{value}", str(value), None) for value in range(11)])]
    return [("", [(f"V{value}", words, None) for value, words in plain.options])]


def _near(value: int, key: int | None) -> int | None:
    return None if key is None else max(0, 2 - abs(value - key))


def from_qti(content: bytes, *, facts: dict[str, Any]) -> PlainInstrument:
    """Choice items of a package as an instrument with two scales, to be sorted by its author.

    facts: code and title, which a package does not have. Items with a mapping become tasks with a
    key, the others statements; all statements must offer the same answers. Raises
    BrokenInstrument.
    """
    items: list[dict[str, Any]] = []
    options: list[tuple[int, str]] = []
    for name, found in sorted(read_archive(content).items()):
        if not name.endswith(".xml") or name.endswith("imsmanifest.xml"):
            continue
        code, text, choices = _read(name, found)
        if any(points is not None for _identifier, _words, points in choices):
            items.append(
                {
                    "code": code, "kind": Kind.RECOGNITION.value, "scale": "keyed", "text": text,
                    "choices": [{"text": words, "key": points} for _name, words, points in choices],
                }
            )  # fmt: skip
            continue
        offered = [(value, words) for value, (_name, words, _points) in enumerate(choices)]
        if options and offered != options:
            raise BrokenInstrument(
                _("%(name)s: its answers differ from those of the other statements.")
                % {"name": name}
            )
        options = offered
        items.append({"code": code, "scale": "statements", "text": text})
    if not items:
        raise BrokenInstrument(_("There are no choice items of QTI 3 in this archive."))
    used = {item["scale"] for item in items}
    scales = [
        {"code": "statements", "title": _("Statements"), "description": "—"},
        {"code": "keyed", "title": _("Tasks with a key"), "description": "—",
         "strand": "judgement"},
    ]  # fmt: skip
    return PlainInstrument(
        facts,
        [scale for scale in scales if scale["code"] in used],
        items,
        options or [(0, _("No")), (1, _("Yes"))],
    )


def _read(name: str, content: bytes) -> tuple[str, str, list[Choice]]:
    root = _root(name, content)
    spaces = {"q": ASI}
    interactions = root.findall(".//q:qti-choice-interaction", spaces)
    body = root.find("q:qti-item-body", spaces)
    if root.tag != f"{{{ASI}}}qti-assessment-item" or body is None or len(interactions) != 1:
        raise BrokenInstrument(
            _("%(name)s: an item of QTI 3 with one choice interaction is needed.") % {"name": name}
        )
    points = {
        entry.get("map-key"): _points(name, entry.get("mapped-value") or "0")
        for entry in root.findall(".//q:qti-map-entry", spaces)
    }
    choices: list[Choice] = [
        (
            choice.get("identifier") or "",
            " ".join("".join(choice.itertext()).split()),
            points.get(choice.get("identifier"), 0) if points else None,
        )
        for choice in interactions[0].findall("q:qti-simple-choice", spaces)
    ]
    if len(choices) < 2:
        raise BrokenInstrument(_("%(name)s: fewer than two answers.") % {"name": name})
    for choice in interactions[0].findall("q:qti-simple-choice", spaces):
        interactions[0].remove(choice)
    text = " ".join("".join(body.itertext()).split())
    code = re.sub(r"[^A-Za-z0-9_-]", "-", root.get("identifier") or "")[:40]
    if not code or not text:
        raise BrokenInstrument(_("%(name)s: no identifier or no text.") % {"name": name})
    return code, text, choices


def _root(name: str, content: bytes) -> ET.Element:
    """The document, without a document type in any encoding, so without entities."""

    def refuse(*_declared: object) -> None:
        raise BrokenInstrument(_("%(name)s: document types are not read.") % {"name": name})

    guard = expat.ParserCreate()
    guard.StartDoctypeDeclHandler = refuse
    try:
        guard.Parse(content, True)
        return ET.fromstring(content)  # noqa: S314  the guard has let it pass
    except (ET.ParseError, expat.ExpatError, ValueError, LookupError) as problem:
        if isinstance(problem, BrokenInstrument):
            raise
        raise BrokenInstrument(f"{name}: {problem}") from problem


def _points(name: str, text: str) -> int:
    """0 to 2, as our key has it."""
    try:
        return round(min(max(float(text), 0.0), 2.0))
    except ValueError as problem:
        raise BrokenInstrument(
            _("%(name)s: “%(value)s” is no number of points.") % {"name": name, "value": text[:40]}
        ) from problem
