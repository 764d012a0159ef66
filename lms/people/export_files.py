"""A person's data as one file to take along: for machines, for eyes, and the documents."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO

from django.template.loader import render_to_string

from lms.people.personal_data import PersonExport


def zip_of(export: PersonExport) -> bytes:
    """``data.json``, ``data.html`` (opens without anything beside it) and the files themselves."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(export.as_json(), ensure_ascii=False, indent=2)
        archive.writestr("data.json", text)
        archive.writestr("data.html", render_to_string("people/export.html", {"export": export}))
        for section in export.sections:
            for file in section.files:
                with file.open("rb") as opened:
                    archive.writestr(f"files/{file.name.rsplit('/', 1)[-1]}", opened.read())
    return buffer.getvalue()
