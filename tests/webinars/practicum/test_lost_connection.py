"""A connection that is lost anywhere: what was done is done once, and nobody loses their place.

Each moment of a practicum is lived twice: the connection breaks before the act has arrived, and
after it was done but before its answer came. Both times it is sent again as browsers do: a command
under its id, a form as it was.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils.html import strip_tags

from courses.models import Completion
from lms.mail.models import Letter
from tests.webinars.clients import Client, in_thread, session_key_of
from tests.webinars.ids import new_id
from tests.webinars.live.acting import done
from tests.webinars.practicum.factories import DEBRIEF, SHEET, Group
from tests.webinars.practicum.sockets import live_group
from tests.webinars.test_consumer import in_room
from webinars.models import (
    LineComment,
    LineMark,
    PracticumDebrief,
    PracticumReport,
    PracticumReview,
    RoomEvent,
    RubricRating,
    SessionRating,
    Stream,
)

pytestmark = pytest.mark.django_db(transaction=True)

SPECIALIST, CLIENT, OBSERVER = 0, 1, 2
TRAINER = -1
NEARBY = "Я рядом."
"""What the trainer says while the connection is lost."""
Bring = Callable[[Group], Any]


# --- What people do ---------------------------------------------------------------------------
@dataclass(frozen=True)
class Command:
    """Something said or marked over the socket."""

    op: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form of the page, as it stands on it when the person sends it."""

    action: str
    data: dict[str, Any] = field(default_factory=dict)
    belongs_to: str = ""
    """The step that the page shows; forms of agreement name it."""


@dataclass(frozen=True)
class Visit:
    """Opening one's page: in a group that gathers it says that one is there."""


Act = Command | Form | Visit


@dataclass(frozen=True)
class Moment:
    """Who does what, where; ``then``: the heading of their page when it is done."""

    name: str
    bring: Bring
    who: int
    act: Act
    then: str
    begins_now: bool = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_over(self) -> bool:
        """The room is closed; what is left to do is done on pages."""
        return self.bring is over

    @property
    def page(self) -> str:
        return "review/" if self.is_over and self.who == TRAINER else ""


def say(text: str) -> Command:
    return Command("practicum.say", {"text": text})


# --- The ways to a moment ---------------------------------------------------------------------
def briefing(_group: Group) -> None:
    """The group begins with it."""


def gathering(*others: int) -> Bring:
    """A group that was planned; these of it are at their pages."""

    def bring(group: Group) -> None:
        for number in others:
            group.page(number)

    return bring


def talking(lines: int = 0) -> Bring:
    def bring(group: Group) -> None:
        group.everyone()
        group.talk(*[f"Реплика {number}" for number in range(lines)])

    return bring


def feedback(group: Group) -> None:
    talking(2)(group)
    group.everyone()


def swap(group: Group) -> None:
    feedback(group)
    for number in (SPECIALIST, CLIENT, OBSERVER):
        group.sheet(number)


def second_round(group: Group) -> None:
    group.play_round()
    group.everyone()


def paused(group: Group) -> None:
    talking(2)(group)
    group.act(OBSERVER, "stop")


def debrief(group: Group) -> None:
    group.play_to_debrief()


def over(group: Group) -> None:
    group.play_to_end()


def after(bring: Bring, action: str, *numbers: int, **data) -> Bring:
    """The others have done their part already, so that this one moves the practicum on."""

    def bring_and_do(group: Group) -> None:
        bring(group)
        for number in numbers:
            if action == "sheet":
                group.sheet(number)
            else:
                group.act(number, action, **data)

    return bring_and_do


GATHERING = "Ваша группа собирается"
BRIEFING, TALK = "Раунд 1 из 3: подготовка", "Раунд 1 из 3: разговор"
FEEDBACK, SWAP = "Раунд 1 из 3: обратная связь", "Раунд 1 из 3: читаем обратную связь"
PAUSE, ROUND_2 = "Раунд 1 из 3: пауза", "Раунд 2 из 3: подготовка"
DEBRIEFING, OVER = "Разбор", "Практикум завершён"
REVIEW = "Проверка практикума"

MOMENTS = [
    Moment("the first to come", gathering(), SPECIALIST, Visit(), GATHERING, begins_now=False),
    Moment(
        "the last to come",
        gathering(CLIENT, OBSERVER),
        SPECIALIST,
        Visit(),
        BRIEFING,
        begins_now=False,
    ),
    Moment("ready", briefing, SPECIALIST, Form("agree", belongs_to="briefing/0"), BRIEFING),
    Moment(
        "the last one ready",
        after(briefing, "agree", CLIENT, OBSERVER),
        SPECIALIST,
        Form("agree", belongs_to="briefing/0"),
        TALK,
    ),
    Moment("hard before the talk", briefing, CLIENT, Form("hard"), FEEDBACK),
    *[
        Moment(
            f"turn {turn + 1}",
            talking(turn),
            SPECIALIST if turn % 2 else CLIENT,
            say("Я здесь."),
            TALK,
        )
        for turn in range(4)
    ],
    Moment("a breath", talking(1), SPECIALIST, Command("practicum.breath"), TALK),
    Moment(
        "a mark", talking(2), CLIENT, Command("practicum.mark", {"feeling": "heard"}), TALK
    ),
    Moment("a stop word", talking(2), CLIENT, say("Стоп!"), PAUSE),
    Moment("a stop", talking(2), OBSERVER, Form("stop"), PAUSE),
    Moment("ready after a pause", paused, CLIENT, Form("agree", belongs_to="paused/0"), PAUSE),
    Moment(
        "the last one ready after a pause",
        after(paused, "agree", CLIENT, OBSERVER),
        SPECIALIST,
        Form("agree", belongs_to="paused/0"),
        TALK,
    ),
    Moment("hard in the talk", talking(2), CLIENT, Form("hard"), FEEDBACK),
    Moment("one ends the talk", talking(2), CLIENT, Form("agree", belongs_to="roleplay/0"), TALK),
    Moment(
        "both end the talk",
        after(talking(2), "agree", CLIENT),
        SPECIALIST,
        Form("agree", belongs_to="roleplay/0"),
        FEEDBACK,
    ),
    Moment("a sheet", feedback, CLIENT, Form("feedback", SHEET), FEEDBACK),
    Moment("one's own sheet", feedback, SPECIALIST, Form("feedback", SHEET), FEEDBACK),
    Moment(
        "the last sheet",
        after(feedback, "sheet", SPECIALIST, CLIENT),
        OBSERVER,
        Form("feedback", SHEET),
        SWAP,
    ),
    Moment("a word between rounds", swap, OBSERVER, say("Мне понравилось."), SWAP),
    Moment("feedback read", swap, SPECIALIST, Form("agree", belongs_to="swap/0"), SWAP),
    Moment(
        "roles swapped",
        after(swap, "agree", CLIENT, OBSERVER),
        SPECIALIST,
        Form("agree", belongs_to="swap/0"),
        ROUND_2,
    ),
    Moment("a line of the next round", second_round, OBSERVER, say("Опять вы?"), "Раунд 2 из 3"),
    Moment("a word in the debrief", debrief, CLIENT, say("Спасибо всем."), DEBRIEFING),
    Moment("the debrief", debrief, CLIENT, Form("debrief", DEBRIEF), DEBRIEFING),
    Moment(
        "the last debrief",
        after(debrief, "debrief", CLIENT, OBSERVER, **DEBRIEF),
        SPECIALIST,
        Form("debrief", DEBRIEF),
        OVER,
    ),
    Moment("a report", talking(2), OBSERVER, Form("report", {"text": "Было резко."}), TALK),
    Moment("leaving", talking(2), OBSERVER, Form("leave"), TALK),
    Moment(
        "a rating", over, OBSERVER, Form("rating", {"satisfaction": 9, "words": "Дольше."}), OVER
    ),
    Moment("a trainer's comment", over, TRAINER, Form("comment", {"text": "Вот тут."}), REVIEW),
    Moment("a trainer's sheet", over, TRAINER, Form("rate/0", SHEET), REVIEW),
    Moment(
        "a decision", over, TRAINER, Form("decide/0", {"outcome": "accepted", "text": "Да"}), REVIEW
    ),
    Moment("more time", talking(2), TRAINER, Form("lead/extend"), TALK),
    Moment(
        "a trainer goes on",
        talking(2),
        TRAINER,
        Form("lead/next", belongs_to="roleplay/0"),
        FEEDBACK,
    ),
]  # fmt: skip


# --- Sending, and what comes of it ------------------------------------------------------------
def as_on_the_page(group: Group, act: Act) -> dict[str, Any]:
    """What the person sees while they act: numbers of lines, the step, the end of the phase."""
    if isinstance(act, Visit):
        return {}
    said = RoomEvent.objects.filter(type="practicum.said", data__part="specialist").order_by("seq")
    lines = list(said.values_list("seq", flat=True))
    data = dict(act.data)
    if isinstance(act, Command):
        return data | ({"line": lines[0]} if act.op == "practicum.mark" else {})
    if act.belongs_to:
        data["phase"] = act.belongs_to
    if act.action in ("feedback", "rate/0"):
        data["lines"] = lines[:1]
    if act.action == "comment":
        data["line"] = lines[0]
    if act.action == "lead/extend":
        data["ends_at"] = group.session.phase_ends_at.isoformat()
    return data


def post(group: Group, who: int, form: Form, data: dict[str, Any]) -> None:
    browser = group.trainer_browser if who == TRAINER else group.browsers[who]
    answer = browser.post(f"/practicum/{group.session.uuid}/{form.action}/", data)
    assert answer.status_code == 302, strip_tags(answer.text)


def heading(group: Group, moment: Moment) -> str:
    """Where the person's page says that they are."""
    browser = group.trainer_browser if moment.who == TRAINER else group.browsers[moment.who]
    page = browser.get(f"/practicum/{group.session.uuid}/{moment.page}").text
    return " ".join(strip_tags(re.search(r"<h1>.*?</h1>", page, re.DOTALL)[0]).split())


def book(group: Group) -> dict[str, Any]:
    """Everything that a practicum keeps, but for who was seen when and what the trainer said."""
    session = group.now()
    said = RoomEvent.objects.filter(stream__room=group.room).exclude(data__part="trainer")
    enrolled = [enrollment.pk for enrollment in group.enrollments]
    return {
        "events": list(said.order_by("stream", "seq").values_list("stream__kind", "type", "data")),
        "course": session.course(),
        "clock": (session.version, session.phase_ends_at, session.seconds_left),
        "open": list(session.seats.values_list("number", "is_open")),
        "rounds": list(session.rounds.values_list("number", "end", "readers", "specialist")),
        "feedback": list(session.feedback.order_by("pk").values_list("round", "by", "worked")),
        "scores": RubricRating.objects.filter(feedback__session=session).count(),
        "marks": list(LineMark.objects.values_list("line", "feeling")),
        "debriefs": list(PracticumDebrief.objects.values_list("seat", "felt")),
        "comments": list(LineComment.objects.values_list("line", "text")),
        "reviews": list(PracticumReview.objects.values_list("seat", "outcome", "text")),
        "reports": list(PracticumReport.objects.values_list("seat", "text")),
        "ratings": list(SessionRating.objects.values_list("satisfaction", "words")),
        "ledger": list(Completion.objects.filter(enrollment__in=enrolled).values_list("score")),
        "letters": list(Letter.objects.order_by("pk").values_list("template", "recipient")),
    }


class Person:
    """Somebody at their page: it acts, loses its connection and finds it again."""

    def __init__(self, group: Group, moment: Moment):
        self.group, self.moment = group, moment
        self.user = group.trainer if moment.who == TRAINER else group.user(moment.who)
        self.cmd_id = new_id()
        self.socket: Client | None = None
        self.seen: dict[str, Any] = {}

    async def open_page(self) -> None:
        self.data = await in_thread(as_on_the_page, self.group, self.moment.act)
        if not self.moment.is_over:
            self.socket = await in_room(self.group, self.user)

    async def act(self) -> Any:
        """Send it; returns the answer, if it is one that a browser waits for."""
        act = self.moment.act
        if isinstance(act, Visit):
            await in_thread(self.group.page, self.moment.who)
            return None
        if isinstance(act, Form):
            await in_thread(post, self.group, self.moment.who, act, self.data)
            return None
        assert self.socket is not None
        return await self.socket.command(act.op, id=self.cmd_id, **self.data)

    async def act_and_hear_nothing(self) -> None:
        """It is done, but the answer does not come any more."""
        act = self.moment.act
        if not isinstance(act, Command):
            await self.act()
        else:
            assert self.socket is not None
            await self.socket.say({"t": "cmd", "id": self.cmd_id, "op": act.op, "d": self.data})

    async def is_over(self) -> bool:
        return (await in_thread(self.group.now)).phase == "closed"

    async def lose_the_connection(self) -> None:
        if self.socket is not None:
            self.seen = self.socket.positions()
            await self.socket.leave(code=1006)

    async def come_back(self) -> None:
        """Resume by numbers: everything that was missed comes once and in order."""
        if await self.is_over():
            self.socket = None
            closed = Client(self.group.room, await in_thread(session_key_of, self.user))
            await closed.connect()
            assert await closed.until_closed() == 4410, "the room is over; its pages are not"
            return
        self.socket = await in_room(self.group, self.user, resume=self.seen)
        await self.socket.until(lambda frame: frame.get("d", {}).get("text") == NEARBY)
        assert not [frame for frame in self.socket.frames if frame["t"] == "snap"]
        numbers = [frame["q"] for frame in self.socket.events()]
        head = await Stream.objects.aget(room=self.group.room, kind="room")
        assert numbers == list(range(self.seen["room"]["q"] + 1, head.head_seq + 1))


@pytest.mark.parametrize("is_done", [False, True], ids=["before it arrives", "before its answer"])
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
async def test_what_is_sent_again_after_a_break_is_done_once(client_of, moment, is_done):
    async with live_group(
        3, client_of=client_of, requires_review=True, begins_now=moment.begins_now
    ) as group:
        await in_thread(moment.bring, group)
        untouched = await in_thread(book, group)
        person = Person(group, moment)
        await person.open_page()
        if is_done:
            await person.act_and_hear_nothing()
        await person.lose_the_connection()
        at_the_break = await in_thread(book, group)
        assert (at_the_break != untouched) is is_done
        if not await person.is_over():
            await in_thread(done, group.room, group.trainer, "practicum.say", text=NEARBY)
        await person.come_back()
        answer = await person.act()
        kept = await in_thread(book, group)
        assert kept != untouched, "nothing is lost"
        if is_done:
            assert kept == at_the_break, "nothing is done twice"
        assert await person.act() == answer
        assert await in_thread(book, group) == kept
        assert moment.then in await in_thread(heading, group, moment)
        if person.socket is not None:
            assert answer is None or answer["t"] == "ok"
            await person.socket.leave()
