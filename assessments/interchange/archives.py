"""ZIP archives from outside: small, only the expected files, nothing unpacked to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping

from django.utils.translation import gettext as _

from assessments.loading import BrokenInstrument

LARGEST = 5 * 1024 * 1024
MOST_FILES = 500


def read_archive(content: bytes) -> dict[str, bytes]:
    """File name → content. Raises BrokenInstrument for what is no archive, or a too large one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = [info for info in archive.infolist() if not info.is_dir()]
            if len(listed) > MOST_FILES or sum(info.file_size for info in listed) > LARGEST:
                raise BrokenInstrument(_("The archive is too large: up to 5 MB and 500 files."))
            return {info.filename: archive.read(info) for info in listed}
    except BrokenInstrument:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError) as problem:
        raise BrokenInstrument(_("This is no ZIP archive that can be read.")) from problem


def write_archive(files: Mapping[str, str | bytes]) -> bytes:
    """The same files give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content)
    return out.getvalue()
