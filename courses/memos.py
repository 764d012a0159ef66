"""The knowledge base as a person sees it: what is on the shelf, and what they found useful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import BooleanField, Count, Exists, OuterRef, Value
from django.utils.translation import gettext as _

from courses.memo_search import search_memos
from courses.models.memo import Memo, MemoMark, MemoQuerySet
from lms.people.models import User

MINE = "mine"


@dataclass(frozen=True)
class Choice:
    """A filter of the shelf, with the number of memos behind it."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class Shelf:
    memos: list[Memo]
    """Annotated with ``useful_count`` and ``is_mine``."""
    query: str
    shown: str
    """A kind, ``MINE``, or empty for everything."""
    choices: list[Choice]
    is_bare: bool
    """Nothing is published for this person yet, whatever they search for."""


@dataclass(frozen=True)
class Usefulness:
    count: int
    is_mine: bool


def shelf_for(user: User | AnonymousUser, asked: Mapping[str, str]) -> Shelf:
    """The memos that ``user`` may read and asks for (``q``, ``show``); unknown filters show all."""
    query = " ".join(asked.get("q", "").split())
    visible = Memo.objects.visible_to(user)
    found = list(
        _with_usefulness(search_memos(visible, query), user)
        .defer("body", "search_text")
        .order_by("title")
    )
    shown = asked.get("show", "")
    if shown not in (*Memo.Kind.values, MINE):
        shown = ""
    return Shelf(
        memos=[memo for memo in found if _is_shown(memo, shown)],
        query=query,
        shown=shown,
        choices=_choices(found, shown, is_known=user.is_authenticated),
        is_bare=not found and not (query and visible.exists()),
    )


def usefulness_of(memo: Memo, user: User | AnonymousUser) -> Usefulness:
    found = _with_usefulness(Memo.objects.filter(pk=memo.pk), user).values_list(
        "useful_count", "is_mine"
    )
    count, is_mine = found.first() or (0, False)  # a preview is not stored yet
    return Usefulness(count=count, is_mine=is_mine)


def mark(memo: Memo, user: User, *, useful: bool) -> None:
    """Say that ``memo`` is useful, or no longer; saying the same twice changes nothing."""
    if useful:
        MemoMark.objects.get_or_create(user=user, memo=memo)
    else:
        MemoMark.objects.filter(user=user, memo=memo).delete()


def _with_usefulness(memos: MemoQuerySet, user: User | AnonymousUser) -> MemoQuerySet:
    own = (
        Exists(MemoMark.objects.filter(memo=OuterRef("pk"), user=user))
        if user.is_authenticated
        else Value(False, output_field=BooleanField())
    )
    return memos.annotate(useful_count=Count("marks"), is_mine=own)


def _is_shown(memo: Memo, shown: str) -> bool:
    if shown == MINE:
        return memo.is_mine
    return not shown or memo.kind == shown


def _choices(found: list[Memo], shown: str, *, is_known: bool) -> list[Choice]:
    counts = Counter(memo.kind for memo in found)
    rows = [
        ("", _("Everything"), len(found)),
        (Memo.Kind.MEMO.value, _("Memos"), counts[Memo.Kind.MEMO]),
        (Memo.Kind.BROCHURE.value, _("Brochures"), counts[Memo.Kind.BROCHURE]),
    ]
    if is_known:
        rows.append((MINE, _("Marked by me"), sum(memo.is_mine for memo in found)))
    return [Choice(value, label, count, value == shown) for value, label, count in rows]
