"""A secret that the embedded installation makes for itself on its first start."""

import contextlib
import os
import tempfile
from pathlib import Path

from django.core.management.utils import get_random_secret_key


def read_or_create_key(path: Path) -> str:
    """The secret kept in ``path``; made on first use, readable by its owner only.

    Safe when several processes start at once or one is killed: the whole file appears or none.
    """
    if not path.exists():
        descriptor, temporary = tempfile.mkstemp(dir=path.parent)  # readable by its owner only
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(get_random_secret_key())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was quicker: its key holds
            os.link(temporary, path)
        os.unlink(temporary)
    return path.read_text(encoding="ascii").strip()
