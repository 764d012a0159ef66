"""Finding memos by words: both databases fold Russian letters the same way, because we do it."""

from __future__ import annotations

from html import unescape

from django.utils.html import strip_tags

from courses.models.memo import Memo, MemoQuerySet

LONGEST_QUERY = 200


def search_memos(memos: MemoQuerySet, query: str) -> MemoQuerySet:
    """Those of ``memos`` that have every word of ``query``; all of them for an empty query."""
    for word in folded(query[:LONGEST_QUERY]).split():
        memos = memos.filter(search_text__contains=word)
    return memos


def words_of(memo: Memo) -> str:
    """Everything that a reader may remember of a memo, folded."""
    pieces = [memo.title, memo.summary, memo.audience]
    for block in memo.body:
        pieces += block.block.get_searchable_content(block.value)
    # Tags become spaces: else the last word of a list item grows together with the next one.
    return folded(" ".join(strip_tags(unescape(piece).replace("<", " <")) for piece in pieces))


def folded(text: str) -> str:
    """Small letters, «ё» as «е», single spaces."""
    return " ".join(text.casefold().replace("ё", "е").split())
