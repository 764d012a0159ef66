"""Clauses of PDF/A-3a and PDF/UA-1 that a program can check, read with pikepdf.

Not a substitute for veraPDF, which is asked too where it is installed; this is what every run of
the tests checks. Each fault names its clause: A is ISO 19005-3, UA ISO 14289-1.
"""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from xml.etree import ElementTree

import pikepdf
from pikepdf import Name

from tests.tools import told_by

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
DC = "{http://purl.org/dc/elements/1.1/}"
PDFAID = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUAID = "{http://www.aiim.org/pdfua/ns/id/}"
PAINTS = {"f", "F", "f*", "S", "s", "B", "B*", "b", "b*", "sh", "Do", "Tj", "TJ", "'", '"', "EI"}
GROUPS = {
    "Document": set(),
    "LI": {"L"},
    "Lbl": {"LI"},
    "LBody": {"LI"},
    "TR": {"Table", "THead", "TBody"},
    "TH": {"TR"},
    "TD": {"TR"},
}


def faults(pdf: bytes) -> list[str]:
    """What stands against the file's being PDF/A-3a and PDF/UA-1; empty when nothing is found."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return [
            *_faults_of_catalog(file),
            *_faults_of_metadata(file),
            *_faults_of_fonts(file),
            *_faults_of_objects(file),
            *_faults_of_structure(file),
            *_faults_by_verapdf(pdf),
        ]


def elements(pdf: bytes) -> list[str]:
    """Kinds of the structure elements in reading order."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return [str(node.S)[1:] for node, _ in _walk(file.Root.StructTreeRoot)]


def spoken(pdf: bytes, folder: Path) -> str:
    """The text as a screen reader gets it: in the order of the structure (poppler)."""
    path = folder / "spoken.pdf"
    path.write_bytes(pdf)
    return " ".join(told_by("pdfinfo", "-struct-text", str(path)).split())


def _faults_by_verapdf(pdf: bytes) -> Iterator[str]:
    if shutil.which("verapdf") is None:
        return
    with NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        for flavour in ("3a", "ua1"):
            verdict = subprocess.run(
                ["verapdf", "--format", "text", "--flavour", flavour, file.name],
                capture_output=True,
                text=True,
                check=False,
            ).stdout
            if not verdict.startswith("PASS"):
                yield f"veraPDF, {flavour}: {verdict}"


def _faults_of_catalog(file: pikepdf.Pdf) -> Iterator[str]:
    root = file.Root
    if Name.ID not in file.trailer:
        yield "A 6.1.3: no ID in the trailer"
    if Name.Encrypt in file.trailer:
        yield "A 6.1.3: encrypted"
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        yield "A 6.7.2.2: not marked as tagged"
    if not str(root.get("/Lang", "")):
        yield "UA 7.2: no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "UA 7.1: the title is not displayed"
    intents = root.get("/OutputIntents", [])
    if [str(intent.S) for intent in intents] != ["/GTS_PDFA1"]:
        yield "A 6.2.3: not one PDF/A output intent"
    elif intents[0].DestOutputProfile.read_bytes()[36:40] != b"acsp":
        yield "A 6.2.3: no ICC profile in the output intent"
    for key in ("/AA", "/OpenAction", "/OCProperties", "/Requirements"):
        if key in root:
            yield f"A 6.5, 6.9, 6.11: {key} in the catalog"
    yield from _faults_of_attachments(root)


def _faults_of_attachments(root: Any) -> Iterator[str]:
    names = root.get("/Names", {}).get("/EmbeddedFiles", {}).get("/Names", [])
    attached = {spec.objgen for spec in list(names)[1::2]}
    if attached != {spec.objgen for spec in root.get("/AF", [])}:
        yield "A 6.8: attachments that the catalog's AF does not name"
    for spec in list(names)[1::2]:
        if not {"/F", "/UF", "/AFRelationship", "/EF", "/Desc"} <= set(spec.keys()):
            yield "A 6.8: an incomplete file specification"
        if "/Subtype" not in spec.EF.F or "/Params" not in spec.EF.F:
            yield "A 6.8: an attachment without its type or its date"


def _faults_of_metadata(file: pikepdf.Pdf) -> Iterator[str]:
    stream = file.Root.get("/Metadata")
    if stream is None or "/Filter" in stream:
        yield "A 6.6.2.1: no readable metadata"
        return
    tree = ElementTree.fromstring(stream.read_bytes().strip().strip("\ufeff".encode()))
    found = {node.tag: "".join(node.itertext()).strip() for node in tree.iter()}
    if (found.get(f"{PDFAID}part"), found.get(f"{PDFAID}conformance")) != ("3", "A"):
        yield "A 6.6.4: not identified as PDF/A-3a"
    if found.get(f"{PDFUAID}part") != "1":
        yield "UA 5: not identified as PDF/UA-1"
    if "pdfuaid" not in ElementTree.tostring(tree, encoding="unicode").split("prefix>")[1]:
        yield "A 6.6.2.3: the schema of pdfuaid is not described"
    title = tree.find(f".//{DC}title//{RDF}li")
    if title is None or title.text != str(file.docinfo.get("/Title")):
        yield "UA 7.1: no title, or another than in the document information"


def _faults_of_fonts(file: pikepdf.Pdf) -> Iterator[str]:
    for thing in file.objects:
        if not isinstance(thing, pikepdf.Dictionary) or thing.get("/Type") != Name.Font:
            continue
        if thing.get("/Subtype") in (Name.CIDFontType0, Name.CIDFontType2):
            continue
        inner = thing.DescendantFonts[0] if "/DescendantFonts" in thing else thing
        descriptor = inner.get("/FontDescriptor", {})
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
            yield f"A 6.2.11.4: {thing.get('/BaseFont')} is not embedded"
        if "/ToUnicode" not in thing:
            yield f"A 6.2.11.7: {thing.get('/BaseFont')} has no way back to letters"


def _faults_of_objects(file: pikepdf.Pdf) -> Iterator[str]:
    for thing in file.objects:
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            continue
        if "/LZWDecode" in str(thing.get("/Filter", "")):
            yield "A 6.1.7.2: LZW"
        if thing.get("/S") in (Name.JavaScript, Name.Launch, Name.Sound, Name.Movie):
            yield f"A 6.5.1: an action {thing.S}"
        if thing.get("/Interpolate", False):
            yield "A 6.2.8: an interpolated image"
    for page in file.pages:
        if "/Trans" in page.obj:
            yield "A 6.1: a page transition"
        if page.obj.get("/Tabs") != Name.S:
            yield "UA 7.18.3: the order of tabs is not the structure's"
        for note in page.obj.get("/Annots", []):
            if note.Subtype != Name.Widget and int(note.get("/F", 0)) & 4 == 0:
                yield "A 6.3.2: an annotation that is not printed"
            if note.Subtype == Name.Link and not str(note.get("/Contents", "")):
                yield "UA 7.18.5: a link without a description"


def _walk(root: Any) -> Iterator[tuple[Any, Any]]:
    """Every structure element with its parent, in reading order."""
    waiting = [(node, root) for node in reversed(list(root.K))]
    while waiting:
        node, parent = waiting.pop()
        yield node, parent
        kids = [kid for kid in node.K if kid.get("/Type") == Name.StructElem]
        waiting += [(kid, node) for kid in reversed(kids)]


def _faults_of_structure(file: pikepdf.Pdf) -> Iterator[str]:
    root = file.Root.get("/StructTreeRoot")
    if root is None:
        yield "A 6.7.3.3: no structure"
        return
    pages = {page.obj.objgen: number for number, page in enumerate(file.pages)}
    owners: dict[tuple[int, int], Any] = {}
    notes: dict[tuple[int, int], Any] = {}
    level = 0
    for node, parent in _walk(root):
        kind = str(node.S)[1:]
        if node.P.objgen != parent.objgen:
            yield f"A 6.7.3: {kind} names another parent"
        if GROUPS.get(kind) and str(parent.get("/S", ""))[1:] not in GROUPS[kind]:
            yield f"UA 7.2: {kind} under {parent.get('/S')}"
        if kind == "Figure" and not str(node.get("/Alt", "")):
            yield "UA 7.3: a figure without alternative text"
        if kind == "TH" and "/Scope" not in node.get("/A", {}):
            yield "UA 7.5: a header cell without its scope"
        if kind == "L" and "/ListNumbering" not in node.get("/A", {}):
            yield "UA 7.6: a list that does not say how it counts"
        if kind in ("H1", "H2", "H3", "H4", "H5", "H6"):
            if int(kind[1]) > level + 1:
                yield f"UA 7.4.2: {kind} after H{level}"
            level = int(kind[1])
        for kid in node.K:
            if kid.get("/Type") == Name.MCR:
                place = (pages[kid.Pg.objgen], int(kid.MCID))
                if place in owners:
                    yield f"A 6.7.3: the mark {place} is referred to twice"
                owners[place] = node
            elif kid.get("/Type") == Name.OBJR:
                notes[kid.Obj.objgen] = node
    numbers = list(root.ParentTree.Nums)
    by_key = {int(key): value for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    yield from _faults_of_pages(file, owners, notes, by_key)


def _faults_of_pages(
    file: pikepdf.Pdf,
    owners: dict[tuple[int, int], Any],
    notes: dict[tuple[int, int], Any],
    by_key: dict[int, Any],
) -> Iterator[str]:
    for number, page in enumerate(file.pages):
        drawn: list[int] = []
        open_marks: list[int | None] = []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BDC", "BMC"):
                facts = operands[1] if len(operands) > 1 else {}
                mark = int(facts["/MCID"]) if "/MCID" in facts else None
                open_marks.append(mark)
                if mark is not None:
                    drawn.append(mark)
            elif name == "EMC":
                open_marks.pop()
            elif name in PAINTS and not open_marks:
                yield f"UA 7.1: {name} on page {number + 1} is neither content nor artifact"
        if len(drawn) != len(set(drawn)):
            yield f"A 6.7.3: a mark is used twice on page {number + 1}"
        if {mark for page_number, mark in owners if page_number == number} != set(drawn):
            yield f"A 6.7.3: marks and structure differ on page {number + 1}"
        row = list(by_key[int(page.obj.StructParents)])
        for mark in drawn:
            owner = owners.get((number, mark))
            if owner is not None and row[mark].objgen != owner.objgen:
                yield f"A 6.7.3: the parent tree is wrong at mark {mark}"
        for note in page.obj.get("/Annots", []):
            if note.Subtype != Name.Link:
                continue
            owner = notes.get(note.objgen)
            if owner is None or Name.Link != owner.S:
                yield "UA 7.18.5: a link outside of a Link element"
            elif by_key[int(note.StructParent)].objgen != owner.objgen:
                yield "UA 7.18.1: the parent tree is wrong at a link"
