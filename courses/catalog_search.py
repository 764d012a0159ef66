"""Finding courses by words: Russian morphology of PostgreSQL, stems of our own on SQLite."""

from __future__ import annotations

import re
from functools import cache

import snowballstemmer
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.db import connection
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.html import strip_tags

from courses.models import Course

LONGEST_QUERY = 200
WEIGHTS = {"title": "A", "summary": "B", "description": "C", "outcomes": "C"}
_VALUES = {"A": 1.0, "B": 0.4, "C": 0.2}
_WORD = re.compile(r"\w+")


def ranking(courses: QuerySet[Course], query: str) -> dict[int, float]:
    """Ids of the courses that have every word of ``query`` in some form, with their ranks."""
    query = query[:LONGEST_QUERY].replace("ё", "е").replace("Ё", "Е")
    if connection.vendor == "postgresql":
        return _ranked_by_postgres(courses, query)
    return _ranked_by_stems(courses, query)


def _ranked_by_postgres(courses: QuerySet[Course], query: str) -> dict[int, float]:
    wanted = SearchQuery(query, config="russian", search_type="plain")
    vector = None
    for field, weight in WEIGHTS.items():
        text = Replace(F(field), Value("ё"), Value("е"), output_field=CharField())
        part = SearchVector(text, config="russian", weight=weight)
        vector = part if vector is None else vector + part
    found = courses.order_by().annotate(words=vector, rank=SearchRank(vector, wanted))
    return dict(found.filter(words=wanted).values_list("pk", "rank"))


def _ranked_by_stems(courses: QuerySet[Course], query: str) -> dict[int, float]:
    wanted = stems(query)
    if not wanted:
        return {}
    ranks: dict[int, float] = {}
    for pk, *texts in courses.order_by().values_list("pk", *WEIGHTS):
        found = [
            (_VALUES[weight], stems(strip_tags(text.replace("<", " <"))))
            for weight, text in zip(WEIGHTS.values(), texts, strict=True)
        ]
        best = [
            max((value for value, words in found if stem in words), default=0) for stem in wanted
        ]
        if all(best):
            ranks[pk] = sum(best)
    return ranks


def stems(text: str) -> set[str]:
    """The stems of the words of a Russian text, «ё» as «е»."""
    words = _WORD.findall(text.casefold().replace("ё", "е"))
    return set(_stemmer().stemWords(words))


@cache
def _stemmer():
    return snowballstemmer.stemmer("russian")
