"""Blocks of page content, as the demo describes them: a block type and its value."""

from __future__ import annotations

from typing import Any

Block = tuple[str, Any]
