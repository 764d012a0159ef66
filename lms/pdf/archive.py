"""From a drawing to a file that lasts: PDF/A-3a and PDF/UA-1 (ISO 19005-3, ISO 14289-1)."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import md5
from typing import Any

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, Stream, String
from PIL import ImageCms

from lms.pdf.metadata import CREATOR, About, xmp_packet
from lms.pdf.structure import Element, Mark, Note


@dataclass(frozen=True)
class Attachment:
    """A file inside the PDF. ``relationship``: what it is to the document (PDF/A-3, annex E)."""

    name: str
    data: bytes
    mime_type: str
    description: str
    relationship: str = "Data"


class IncompleteStructure(ValueError):
    """The structure promises what a reader cannot get: a figure without words."""


def archive(
    pdf: bytes, structure: Element, about: About, attachments: Sequence[Attachment] = ()
) -> bytes:
    """The drawing of a TaggedCanvas with its structure, metadata, colour profile and attachments.

    The same arguments give the same bytes. Raises IncompleteStructure.
    """
    with Pdf.open(io.BytesIO(pdf)) as file:
        _write_structure(file, structure)
        _write_metadata(file, about)
        _write_colour_profile(file)
        if attachments:
            _attach(file, attachments, about.created)
        written = io.BytesIO()
        file.save(
            written,
            object_stream_mode=ObjectStreamMode.generate,
            deterministic_id=True,
        )
    return written.getvalue()


class _Tree:
    """Writes elements as objects and notes whose every mark and annotation is."""

    def __init__(self, file: Pdf):
        self.file = file
        self.pages = [page.obj for page in file.pages]
        self.owners: dict[int, dict[int, Any]] = {number: {} for number in range(len(self.pages))}
        self.notes: list[tuple[Any, Any]] = []
        self._placed: set[tuple[int, int]] = set()

    def write(self, element: Element, parent: Any) -> Any:
        if element.kind == "Figure" and not element.alt.strip():
            raise IncompleteStructure("a figure has no alternative text")
        node = self.file.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name("/" + element.kind), P=parent)
        )
        if element.alt:
            node.Alt = String(element.alt)
        if element.language:
            node.Lang = String(element.language)
        attributes = _attributes(element)
        if attributes:
            node.A = attributes
        node.K = Array([kid for child in element.children for kid in self._kids(child, node)])
        return node

    def _kids(self, child: Element | Mark | Note, node: Any) -> list[Any]:
        if isinstance(child, Element):
            return [self.write(child, node)] if child.has_content() else []
        page = self.pages[child.page]
        if isinstance(child, Mark):
            self.owners[child.page][child.number] = node
            return [Dictionary(Type=Name.MCR, Pg=page, MCID=child.number)]
        note = page.Annots[child.place]
        self.notes.append((note, node))
        return [Dictionary(Type=Name.OBJR, Pg=page, Obj=note)]


def _attributes(element: Element) -> Any:
    if element.box is not None:
        box = Array([round(edge, 2) for edge in element.box])
        return Dictionary(O=Name.Layout, BBox=box, Placement=Name.Block)
    if element.scope:
        return Dictionary(O=Name.Table, Scope=Name("/" + element.scope))
    if element.numbering:
        return Dictionary(O=Name.List, ListNumbering=Name("/" + element.numbering))
    return None


def _write_structure(file: Pdf, structure: Element) -> None:
    root = file.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    tree = _Tree(file)
    root.K = Array([tree.write(structure, root)])
    numbers: list[Any] = []
    for number, page in enumerate(tree.pages):
        owners = tree.owners[number]
        page.StructParents = number
        page.Tabs = Name.S
        if Name.Trans in page:
            del page.Trans
        numbers.extend([number, Array([owners[place] for place in sorted(owners)])])
    for key, (note, owner) in enumerate(tree.notes, start=len(tree.pages)):
        note.StructParent = key
        note.F = 4  # printed, as PDF/A wants of every annotation
        numbers.extend([key, owner])
    root.ParentTree = file.make_indirect(Dictionary(Nums=Array(numbers)))
    root.ParentTreeNextKey = len(tree.pages) + len(tree.notes)
    file.Root.StructTreeRoot = root
    file.Root.MarkInfo = Dictionary(Marked=True)


def _write_metadata(file: Pdf, about: About) -> None:
    packet = Stream(file, xmp_packet(about))
    packet.Type, packet.Subtype = Name.Metadata, Name.XML
    file.Root.Metadata = file.make_indirect(packet)
    file.Root.Lang = String(about.language)
    file.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    info = {"/Title": about.title, "/Creator": CREATOR, "/Producer": CREATOR}
    info |= {"/Author": about.author} if about.author else {}
    info |= {"/Subject": about.subject} if about.subject else {}
    if about.created is not None:
        info |= dict.fromkeys(("/CreationDate", "/ModDate"), _date(about.created))
    file.trailer.Info = file.make_indirect(
        Dictionary({key: String(value) for key, value in info.items()})
    )


def _write_colour_profile(file: Pdf) -> None:
    profile = Stream(file, _srgb())
    profile.N, profile.Filter = 3, Name.FlateDecode
    file.Root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB"),
                Info=String("sRGB IEC61966-2.1"),
                DestOutputProfile=file.make_indirect(profile),
            )
        ]
    )


@lru_cache(maxsize=1)
def _srgb() -> bytes:
    """The sRGB profile, deflated; its date is fixed so that files stay reproducible."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[24:36] = b"\x07\xd0\x00\x01\x00\x01" + bytes(6)  # 2000-01-01 in the ICC header
    profile[84:100] = bytes(16)  # the profile's own checksum, optional
    return zlib.compress(bytes(profile), 9)


def _attach(file: Pdf, attachments: Sequence[Attachment], created: datetime | None) -> None:
    names, specifications = Array(), Array()
    for attachment in sorted(attachments, key=lambda attachment: attachment.name):
        parameters = Dictionary(
            Size=len(attachment.data),
            CheckSum=String(md5(attachment.data, usedforsecurity=False).digest()),
        )
        if created is not None:
            parameters.ModDate = String(_date(created))
        stream = Stream(file, zlib.compress(attachment.data, 9))
        stream.Filter, stream.Type = Name.FlateDecode, Name.EmbeddedFile
        stream.Subtype = Name("/" + attachment.mime_type)
        stream.Params = parameters
        embedded = file.make_indirect(stream)
        specification = file.make_indirect(
            Dictionary(
                Type=Name.Filespec,
                F=String(attachment.name),
                UF=String(attachment.name),
                Desc=String(attachment.description),
                AFRelationship=Name("/" + attachment.relationship),
                EF=Dictionary(F=embedded, UF=embedded),
            )
        )
        specifications.append(specification)
        names.extend([String(attachment.name), specification])
    file.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))
    file.Root.AF = specifications


def _date(moment: datetime) -> str:
    """ISO 32000-1, 7.9.4."""
    offset = moment.strftime("%z")
    return moment.strftime("D:%Y%m%d%H%M%S") + f"{offset[:3]}'{offset[3:5]}'"
