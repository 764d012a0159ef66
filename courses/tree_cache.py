"""What is computed from the page tree, remembered in each process until the tree changes.

Every process asks the shared cache for the tree's version, a random word that changes whenever a
page, restriction, picture, document or something else that is watched is saved. A value computed
under another version is not used, so an edit is seen at once and nothing has to be told to other
processes.
"""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, local
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.db import transaction
from django.db.models import Model
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage
from wagtail.models import Page, PageViewRestriction, Site

_KEY = "courses:tree-version"
# What saving a draft or signing in touches; learners see none of it.
_UNSEEN = frozenset(
    {"latest_revision", "latest_revision_created_at", "draft_title", "has_unpublished_changes"}
    | {"last_login"}
)

T = TypeVar("T")


class _Request(local):
    """What the request under way has read; outside a request nothing is kept."""

    is_under_way = False
    version: str | None = None


_request = _Request()


def begin_request(**_signal) -> None:
    _request.is_under_way, _request.version = True, None


def end_request(**_signal) -> None:
    _request.is_under_way, _request.version = False, None


def tree_version() -> str:
    """The word that stands for the tree as it is now; asked for once in a request."""
    if _request.is_under_way and _request.version:
        return _request.version
    _request.version = _read_version()
    return _request.version


def _read_version() -> str:
    version = cache.get(_KEY)
    if version is None:
        cache.add(_KEY, uuid.uuid4().hex, None)
        version = cache.get(_KEY)
    return version or uuid.uuid4().hex  # a cache that keeps nothing remembers nothing


def forget_tree() -> None:
    """Let nothing computed so far be used again, here and in every other process.

    Said at once and again after the commit: another process may compute in between, from what
    the transaction has not shown yet.
    """
    _change_version()
    transaction.on_commit(_change_version)


def _change_version() -> None:
    _request.version = None
    cache.set(_KEY, uuid.uuid4().hex, None)


_watched: dict[type[Model], Callable[[Any], bool]] = dict.fromkeys(
    (Page, PageViewRestriction, Site, AbstractImage, AbstractDocument), lambda instance: True
)


def watch(*models: type[Model], when: Callable[[Any], bool] = lambda instance: True) -> None:
    """Let changes of these models, too, make what was remembered outdated.

    For what changes seldom: every change makes every process compute again. ``when`` tells of an
    instance whether pages show it.
    """
    _watched.update(dict.fromkeys(models, when))


def notice_change(sender: type[Model], instance: Model, **signal) -> None:
    """Receiver of ``post_save``, ``post_delete`` and ``post_page_move``."""
    fields = signal.get("update_fields")
    if fields and set(fields) <= _UNSEEN:
        return
    if any(isinstance(instance, model) and when(instance) for model, when in _watched.items()):
        forget_tree()


def notice_link(sender: type[Model], action: str, **signal) -> None:
    """Receiver of ``m2m_changed``, connected to the links that pages show."""
    if action.startswith("post_"):
        forget_tree()


class Remembered(Generic[T]):
    """Up to ``limit`` values by key, the least recently used forgotten first."""

    def __init__(self, limit: int):
        self._values: OrderedDict[Hashable, tuple[str, T]] = OrderedDict()
        self._limit = limit
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of ``key`` under the present version, made now if need be."""
        version = tree_version()  # before it is made: a change meanwhile makes it outdated
        with self._lock:
            kept = self._values.get(key)
            if kept is not None and kept[0] == version:
                self._values.move_to_end(key)
                return kept[1]
        value = make()
        with self._lock:
            self._values[key] = (version, value)
            self._values.move_to_end(key)
            while len(self._values) > self._limit:
                self._values.popitem(last=False)
        return value


_addresses: Remembered[str] = Remembered(limit=5000)


def address_of(page: Page) -> str:
    """Where ``page`` is on the site; empty for one that is nowhere."""
    return _addresses.get(page.pk, lambda: page.get_url() or "")
