"""Questions to the hosts: up-votes say what many want to know, the hosts say what was answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Count, F

from lms.people.models import User
from webinars.live import log
from webinars.live.features.registry import (
    CommandContext,
    Feature,
    Rate,
    Refused,
    StateValue,
    required_text,
)
from webinars.live.permissions import Audience, Role, audiences_of
from webinars.live.protocol import ErrorCode, Payload
from webinars.models.room import Room
from webinars.models.talk import Question, QuestionVote

MOST_OPEN = 10

feature = Feature("qa", kinds=[Room.Kind.WEBINAR])

QuestionId = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class Ask(Payload, frozen=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    anon: bool = False


class Choice(Payload, frozen=True):
    q: QuestionId


class Answer(Payload, frozen=True):
    q: QuestionId
    state: Literal["open", "live", "answered", "hidden"]
    answer: Annotated[str, msgspec.Meta(max_length=2000)] = ""


@feature.command(
    "qa.ask",
    payload=Ask,
    permission="qa.ask",
    rate=Rate(0.05, 2),
    is_speech=True,
    may_be_nameless=True,
)
def ask(context: CommandContext, payload: Ask) -> None:
    """Ask, with one's name or without; without it the question has no author at all."""
    text = required_text(payload.text)
    if payload.anon:
        context.leave_no_name()
    own = Question.objects.filter(room=context.room, author=context.user, state="open")
    if own.count() >= MOST_OPEN:
        data = {"full": "own_questions", "n": MOST_OPEN}
        raise Refused(ErrorCode.STATE, "too many open questions", data=data)
    question = Question.objects.create(
        room=context.room,
        author=None if payload.anon else context.user,
        text=text,
        asked_at=context.now,
    )
    context.append("qa.asked", described(question, votes=0), is_anonymous=payload.anon)


@feature.command("qa.vote", payload=Choice, permission="qa.vote", rate=Rate(2, 10))
def vote(context: CommandContext, payload: Choice) -> None:
    question = _find(context.room, payload.q)
    QuestionVote.objects.get_or_create(question=question, user=context.user)
    _count(context, question, is_on=True)


@feature.command("qa.unvote", payload=Choice, permission="qa.vote", rate=Rate(2, 10))
def unvote(context: CommandContext, payload: Choice) -> None:
    question = _find(context.room, payload.q)
    QuestionVote.objects.filter(question=question, user=context.user).delete()
    _count(context, question, is_on=False)


@feature.command("qa.state", payload=Answer, permission="qa.moderate")
def change_state(context: CommandContext, payload: Answer) -> None:
    """Say that it was answered aloud, answer it in writing, hide it, or open it again."""
    question = _find(context.room, payload.q, hidden=True)
    text = payload.answer.strip()
    if payload.state == "answered" and not text:
        raise Refused(ErrorCode.INVALID, field="/d/answer")
    question.state = payload.state
    question.answer = text if payload.state == "answered" else ""
    question.save(update_fields=["state", "answer"])
    shown = {"q": str(question.uuid), "state": question.state, "answer": question.answer}
    if question.state != Question.State.HIDDEN:  # it may come back to those who had lost it
        shown = described(question, votes=question.votes.count())
    context.append("qa.changed", shown)


def _count(context: CommandContext, question: Question, *, is_on: bool) -> None:
    Question.objects.filter(pk=question.pk).update(version=F("version") + 1)
    mine = {"q": str(question.uuid), "on": is_on}
    context.append("qa.voted", mine, to=Audience.ME, owner=context.user)
    context.touch("qa", key=str(question.uuid))


def _find(room: Room, question_id: str, *, hidden: bool = False) -> Question:
    found = Question.objects.select_for_update().filter(room=room)
    if not hidden:
        found = found.exclude(state=Question.State.HIDDEN)
    try:
        return found.get(uuid=question_id)
    except (Question.DoesNotExist, ValidationError):
        raise Refused(ErrorCode.FORBIDDEN) from None


def described(question: Question, *, votes: int) -> dict[str, Any]:
    author = question.author
    return {
        "q": str(question.uuid),
        "text": question.text,
        "state": question.state,
        "answer": question.answer,
        "by": author.get_short_name() if author is not None else "",
        "ts": log.milliseconds(question.asked_at),
        "votes": votes,
    }


@feature.state("qa", audience=Audience.ROOM)
def score(room: Room, key: str) -> StateValue | None:
    question = Question.objects.filter(room=room, uuid=key).first()
    if question is None:
        return None
    return StateValue(question.version, {"votes": question.votes.count()})


@feature.present
def scores(room: Room, role: Role) -> Iterator[tuple[str, str, StateValue]]:
    asked = Question.objects.filter(room=room, version__gt=0).exclude(state=Question.State.HIDDEN)
    for question in asked.annotate(votes_count=Count("votes")):
        value = StateValue(question.version, {"votes": question.votes_count})
        yield "qa", str(question.uuid), value


@feature.snapshot
def questions(room: Room, role: Role) -> dict[str, Any]:
    found = Question.objects.filter(room=room).select_related("author")
    if Audience.STAFF not in audiences_of(role):
        found = found.exclude(state=Question.State.HIDDEN)
    counted = found.annotate(votes_count=Count("votes"))
    return {"questions": [described(q, votes=q.votes_count) for q in counted]}


@feature.personal
def own_votes(room: Room, user: User, role: Role) -> dict[str, Any]:
    votes = QuestionVote.objects.filter(question__room=room, user=user)
    return {"votes": [str(uuid) for uuid in votes.values_list("question__uuid", flat=True)]}
