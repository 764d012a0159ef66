"""The living style guide: every token and component as the pages really draw them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from frontend import tokens
from frontend.context import site
from frontend.display import CHOICES

HERE = Path(__file__).parent
EXAMPLES = "components/examples"
# What the templates of content blocks are given.
PHRASE_PAIR = {
    "situation": "Человек пришёл за час до закрытия.",
    "careless": "Приём окончен, приходите завтра.",
    "careful": "Сегодня успею главное. С чего начнём?",
    "why": "Граница названа, и человек не остаётся один.",
}
CALLOUT = {"title": "Запомните", "text": "<p>Одна фраза, потом тишина.</p>"}
QUOTE = {"text": "Меня впервые дослушали.", "source": "Из отзыва"}


@dataclass(frozen=True)
class Pair:
    front: str
    back: str
    front_value: str
    back_value: str
    ratio: float
    needed: float

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.needed


@require_GET
def style_guide(request: HttpRequest) -> HttpResponse:
    """``?scheme=`` shows one of the four schemes, whatever the visitor has chosen for the site."""
    known = [value for value, _label in CHOICES["scheme"][1]]
    display = site(request)["display"]
    scheme: str = request.GET.get("scheme", "-")
    if scheme not in known:
        scheme = display.get("scheme", tokens.USUAL)
    values = token_values()[scheme]
    context = {
        "scheme": scheme,
        "schemes": CHOICES["scheme"][1],
        "display": {**{k: v for k, v in display.items() if k != "scheme"}, **_set(scheme)},
        "colours": [(name, value) for name, value in values.items() if value.startswith("#")],
        "other_tokens": [(n, v) for n, v in values.items() if not v.startswith("#")],
        "spaces": [(n, v, _units(v)) for n, v in values.items() if n.startswith("space-")],
        "text_pairs": _pairs(scheme, tokens.TEXT_PAIRS, is_text=True),
        "edge_pairs": _pairs(scheme, tokens.EDGE_PAIRS, is_text=False),
        "examples": [(name, f"{EXAMPLES}/{name}.html") for name in example_names()],
        "phrase_pair": PHRASE_PAIR,
        "callout": CALLOUT,
        "quote": QUOTE,
    }
    return render(request, "style_guide.html", context)


@lru_cache(maxsize=1)
def token_values() -> dict[str, dict[str, str]]:
    return tokens.schemes((HERE / "static" / "css" / "tokens.css").read_text(encoding="utf-8"))


def example_names() -> list[str]:
    return sorted(path.stem for path in (HERE / "templates" / EXAMPLES).glob("*.html"))


def _set(scheme: str) -> dict[str, str]:
    return {"scheme": scheme} if scheme else {}


def _units(value: str) -> float:
    """Rem as units of a drawing, sixteen each."""
    return float(value.removesuffix("rem")) * 16


def _pairs(scheme: str, pairs: list[tuple[str, str]], *, is_text: bool) -> list[Pair]:
    values = token_values()[scheme]
    return [
        Pair(
            front, back, values[front], values[back], ratio, tokens.needed(scheme, is_text=is_text)
        )
        for front, back, ratio in tokens.measured(values, pairs)
    ]
