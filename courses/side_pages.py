"""Pages of a course that are no step of its programme, such as a library of examples.

Rooms above register a source, so that courses need not know them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import get_language

from courses.models import Course
from courses.tree_cache import Remembered


@dataclass(frozen=True)
class SidePage:
    """A link on the course's page for those who study or lead it."""

    title: str
    about: str
    url: str


Source = Callable[[Course], SidePage | None]
"""What a room has for everybody in a course; None: nothing. What it reads is watched by
``tree_cache.watch``, since the answer is remembered until the tree changes."""

_sources: list[Source] = []
_found: Remembered[list[SidePage]] = Remembered(limit=500)


def register_side_page(source: Source) -> None:
    """Ask ``source`` for every course; saying it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def side_pages_of(course: Course) -> list[SidePage]:
    """The links in the order of registration, in the reader's language."""

    def find() -> list[SidePage]:
        return [page for source in _sources if (page := source(course)) is not None]

    return _found.get((course.pk, get_language()), find)
