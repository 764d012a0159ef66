"""A small dialogue for tests: a greeting, a harder moment, two endings."""

from __future__ import annotations

from typing import Any

from courses.models import Dialogue, Module
from tests.factories import add_page


def reply(text: str, to: str, trust: int = 0, tension: int = 0) -> dict[str, Any]:
    return {
        "text": text,
        "next": to,
        "trust": trust,
        "tension": tension,
        "feedback": f"О реплике «{text}»",
    }


def line(key: str, text: str, *replies: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    return ("line", {"key": key, "text": text, "replies": list(replies)})


def ending(key: str, title: str, tone: str = "good") -> tuple[str, dict[str, Any]]:
    return (
        "ending",
        {
            "key": key,
            "text": "До свидания.",
            "title": title,
            "result": "Разговор окончен.",
            "tone": tone,
            "to_try": "Попробуйте начать с паузы.",
        },
    )


LINES = [
    line(
        "start",
        "Мне опять отказали!",
        reply("Успокойтесь", "harder", -1, 2),
        reply("Третий раз — это изматывает", "good", 2, -1),
    ),
    line(
        "harder",
        "Не надо меня успокаивать!",
        reply("Простите, я поторопился", "start", 1, -1),
        reply("Тогда уходите", "bad", -3, 3),
    ),
    ending("good", "Разговор получился"),
    ending("bad", "Разговор оборвался", "hard"),
]


def make_dialogue(module: Module, lines=LINES, **fields) -> Dialogue:
    fields.setdefault("title", "Третий отказ")
    dialogue = add_page(module, Dialogue(client_name="Марина", lines=lines, **fields))
    return Dialogue.objects.get(pk=dialogue.pk)


def reply_key(dialogue: Dialogue, text: str) -> str:
    return next(
        reply.key for node in dialogue.graph().nodes for reply in node.replies if reply.text == text
    )
