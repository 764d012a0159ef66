"""A certificate written by hand: the least that a program could do for the same page.

A page of ours is taken apart once; after that, a name, a number, a code and a QR code are put into
its slots, the content is deflated and the table of objects written anew. The fonts are ready: the
letters they need stand on the page in place of the signer and the region.
"""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace

import pikepdf
import segno

from certificates.layout import Layout
from certificates.render import Fonts, Page, Snapshot
from lms.pdf.qr import qr_path

Chunk = bytes | tuple[str, str]
"""Fixed operators, or a slot: what goes there and the font it is in."""


def texts_of(snapshot: Snapshot) -> dict[str, str]:
    number = f"{snapshot.number_label} {snapshot.number}"
    return {"name": snapshot.name, "number": number, "code": snapshot.code}


class Floor:
    def __init__(self, sample: Snapshot, fonts: Fonts, *, letters: str):
        """``letters``: all that names, numbers and codes are made of, so that the fonts have it."""
        probe = replace(sample, region=letters, signer_name=letters)
        drawn = Page(probe, Layout(), fonts).drawn()
        with pikepdf.open(io.BytesIO(drawn)) as file:
            self._codes = {
                str(name): _codes_of(found) for name, found in file.pages[0].Resources.Font.items()
            }
            self._chunks = self._taken_apart(file, sample)
            self._keep_objects(file)

    def _taken_apart(self, file: pikepdf.Pdf, sample: Snapshot) -> list[Chunk]:
        slots = {text: slot for slot, text in texts_of(sample).items()}
        chunks: list[Chunk] = [b""]
        font = ""
        in_qr = False
        for operands, operator in pikepdf.parse_content_stream(file.pages[0]):
            name = str(operator)
            slot: tuple[str, str] | None = None
            if name == "Tf":
                font = str(operands[0])
            elif name == "Tj":
                letters = {code: letter for letter, code in self._codes[font].items()}
                text = "".join(letters[f"{byte:02X}"] for byte in bytes(operands[0]))
                slot = (slots[text], font) if text in slots else None
            elif name == "cm":  # the QR code alone is drawn in modules
                in_qr = in_qr or (0.5 < float(operands[0]) < 5 and float(operands[0]) != 1)
            elif name == "re" and in_qr:
                continue
            elif name == "f" and in_qr:
                in_qr = False
                chunks += [("qr", ""), b""]
            if slot:
                chunks += [slot, b""]
            else:
                line = pikepdf.unparse_content_stream([(operands, operator)]) + b"\n"
                assert isinstance(chunks[-1], bytes)
                chunks[-1] += line
        assert [chunk[0] for chunk in chunks if isinstance(chunk, tuple)] == [
            "name",
            "number",
            "qr",
            "code",
        ]
        return chunks

    def _keep_objects(self, file: pikepdf.Pdf) -> None:
        """Every object but the content as bytes, and where each begins."""
        del file.pages[0].obj.Contents
        written = io.BytesIO()
        file.save(written, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        pdf = written.getvalue()
        with pikepdf.open(io.BytesIO(pdf)) as saved:
            self._root = saved.Root.objgen[0]
            page = saved.pages[0].obj.objgen[0]
        head = pdf[: pdf.rindex(b"xref\n", 0, pdf.rindex(b"startxref"))]
        starts = {
            int(found.group(1)): found.start() + 1
            for found in re.finditer(rb"\n(\d+) 0 obj\n", head)
        }
        self._number = max(starts) + 1
        at = head.index(b"<<", starts[page]) + 2
        entry = f" /Contents {self._number} 0 R".encode()
        self._head = head[:at] + entry + head[at:]
        self._starts = [
            starts[number] + len(entry) * (starts[number] > at) for number in sorted(starts)
        ]

    def write(self, snapshot: Snapshot) -> bytes:
        texts = texts_of(snapshot)
        content = []
        for chunk in self._chunks:
            if isinstance(chunk, bytes):
                content.append(chunk)
            elif chunk[0] == "qr":
                rows = segno.make(snapshot.url, error="m", mask=2, micro=False).matrix
                content.append(qr_path(rows).encode() + b"\n")
            else:
                codes = self._codes[chunk[1]]
                digits = "".join([codes[letter] for letter in texts[chunk[0]]])
                content.append(f"<{digits}> Tj\n".encode())
        packed = zlib.compress(b"".join(content))
        begin = f"{self._number} 0 obj\n<</Length {len(packed)}/Filter/FlateDecode>>stream\n"
        stream = begin.encode() + packed + b"\nendstream\nendobj\n"
        lines = [f"{place:010d} 00000 n \n" for place in (*self._starts, len(self._head))]
        tail = (
            f"xref\n0 {self._number + 1}\n0000000000 65535 f \n{''.join(lines)}"
            f"trailer\n<</Size {self._number + 1}/Root {self._root} 0 R>>\n"
            f"startxref\n{len(self._head) + len(stream)}\n%%EOF\n"
        )
        return self._head + stream + tail.encode()


def _codes_of(font: pikepdf.Object) -> dict[str, str]:
    """The code of every letter, as hexadecimal digits, off the font's own table."""
    table = font.ToUnicode.read_bytes().decode()
    return {
        chr(int(letter, 16)): code
        for code, letter in re.findall(r"^<(\w{2})> <(\w{4})>$", table, re.MULTILINE)
    }
