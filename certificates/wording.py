"""The named variables of a template's text. Pure, without Django.

Only whole names in braces are replaced, in one pass: what a variable holds is never read again,
so a person's name with braces in it stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

VARIABLES = (
    "name",
    "name_dative",
    "programme",
    "hours",
    "completed_on",
    "cohort",
    "region",
    "organisation",
    "position",
    "reason",
)
"""``reason`` is what an award is for; it is empty on certificates of a course."""

QUALIFICATION_WORDS = re.compile(r"удостоверени\w*|повышени\w+\s+квалификаци\w+", re.IGNORECASE)
"""Words that only a licensed provider may print (Federal law 273-FZ, article 76)."""

_VARIABLE = re.compile(r"\{\s*([^{}]*?)\s*\}")


def unknown_variables(text: str) -> list[str]:
    """Names in braces that stand for nothing, in the order of the text."""
    found = dict.fromkeys(_VARIABLE.findall(text))
    return [name for name in found if name not in VARIABLES]


def uses(text: str, variable: str) -> bool:
    return variable in _VARIABLE.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables; an unknown name stays, so that it is seen."""
    words = _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)
    return re.sub(r"[ \t]{2,}", " ", words).strip()


def says_qualification(text: str) -> bool:
    """Whether the text uses the words of a document of further training."""
    return QUALIFICATION_WORDS.search(text) is not None
