"""Snapshot = replay: a snapshot at k and the events after it make the snapshot at n.

The folding here is what a browser has to do with events; where it differs from the server's own
snapshots, somebody who stayed sees another room than somebody who has just come in.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.webinars.factories import Meeting, make_meeting
from tests.webinars.live.acting import give, id_of
from webinars.live import commands, snapshots
from webinars.live.features.chat import QUOTED
from webinars.live.features.floor import CAPTIONS
from webinars.live.permissions import Audience, audiences_of
from webinars.live.protocol import ErrorCode
from webinars.live.rooms import role_in
from webinars.models import ChatMessage, Note, Question

pytestmark = pytest.mark.django_db
Data = dict[str, Any]


# --- What a browser does with events ----------------------------------------------------------
class Browser:
    """One person's picture of the room: a snapshot, then events."""

    def __init__(self, data: Data, *, is_staff: bool):
        self.data = json.loads(json.dumps(data))
        self.is_staff = is_staff

    def take(self, frame: Data) -> None:
        kind, data, actor = frame["y"], frame["d"], frame.get("a")
        feature = kind.partition(".")[0]
        match feature:
            case "chat":
                self._chat(kind, data, actor)
            case "qa":
                self._questions(kind, data)
            case "hand":
                self._hands(kind, data)
            case "note":
                self._notes(kind, data)
            case "desk" if frame["s"] == "staff":
                self.data["desk"]["said"].append(frame)
            case "desk" if not self.is_staff:  # the staff have read it in their own stream
                self.data["desk.me"]["said"].append(frame)
            case "people" if kind == "people.muted":
                self._silence(data, frame["s"])
            case "announced" | "caption" | "timer":
                self._floor(kind, data)

    def _chat(self, kind: str, data: Data, actor: Data | None) -> None:
        chat = self.data["chat"]
        if kind == "chat.slowed":
            chat["slow"] = data["seconds"]
            return
        if kind == "chat.sent":
            chat["messages"].append({"text": "", "a": actor} | data)
            return
        told = next((m for m in chat["messages"] if m["m"] == data["m"]), {})
        quotes = [m for m in chat["messages"] if m.get("reply", {}).get("m") == data["m"]]
        match kind:
            case "chat.edited":
                told |= {"text": data.get("text", ""), "edited": True}
            case "chat.hidden":
                told |= {"text": told.get("text", "") if self.is_staff else "", "hidden": True}
            case "chat.shown":
                told |= {"text": data.get("text", "")}
                told.pop("hidden", None)
            case "chat.deleted":
                chat["messages"] = [m for m in chat["messages"] if m["m"] != data["m"]]
        for quoting in quotes:
            if kind == "chat.deleted":
                del quoting["reply"]
            else:
                quoting["reply"]["text"] = "" if told.get("hidden") else told["text"][:QUOTED]

    def _questions(self, kind: str, data: Data) -> None:
        if kind == "qa.voted":
            mine = set(self.data["qa.me"]["votes"])
            self.data["qa.me"]["votes"] = list(
                mine | {data["q"]} if data["on"] else mine - {data["q"]}
            )
            return
        questions = {q["q"]: q for q in self.data["qa"]["questions"]}
        if data["state"] == "hidden" and not self.is_staff:
            questions.pop(data["q"], None)
        else:
            questions[data["q"]] = questions.get(data["q"], {}) | data
        self.data["qa"]["questions"] = list(questions.values())

    def _hands(self, kind: str, data: Data) -> None:
        queue = [] if kind == "hand.all_lowered" else self.data["hands"]["queue"]
        if kind == "hand.raised":
            queue.append(data)
        if kind == "hand.lowered":
            queue = [person for person in queue if person["id"] != data["id"]]
        self.data["hands"]["queue"] = queue

    def _notes(self, kind: str, data: Data) -> None:
        notes = {note["note"]: note for note in self.data["notes"]["notes"]}
        if kind == "note.removed":
            notes.pop(data["note"], None)
        else:
            notes[data["note"]] = data
        self.data["notes"]["notes"] = list(notes.values())

    def _silence(self, data: Data, stream: str) -> None:
        if stream == "me":
            self.data["people.me"]["muted"] = data["muted"]
            return
        muted = set(self.data["people"]["muted"]) - {data["id"]}
        self.data["people"]["muted"] = list(muted | ({data["id"]} if data["muted"] else set()))

    def _floor(self, kind: str, data: Data) -> None:
        floor = self.data["floor"]
        match kind:
            case "announced":
                floor["announcement"] = data["text"]
            case "caption.said":
                floor["captions"] = [*floor["captions"], data["text"]][-CAPTIONS:]
            case "timer.started" | "timer.stopped":
                floor["timer"] = data

    def picture(self) -> Data:
        """What is compared: times of messages may differ by a moment, votes come as states."""
        data = self.data
        said = data["desk"] if self.is_staff else data["desk.me"]
        return {
            "chat": [without(m, "ts") for m in data["chat"]["messages"]],
            "slow": data["chat"]["slow"],
            "questions": {q["q"]: without(q, "votes") for q in data["qa"]["questions"]},
            "own votes": sorted(data["qa.me"]["votes"]),
            "hands": data["hands"]["queue"],
            "notes": data["notes"]["notes"],
            "said": [frame["d"] for frame in said["said"]],
            "muted": sorted(data["people"].get("muted", [])),
            "is muted": data["people.me"]["muted"],
            "floor": data["floor"],
        }


def without(data: Data, key: str) -> Data:
    return {name: value for name, value in data.items() if name != key}


def snapshot_of(meeting: Meeting, user) -> tuple[dict[str, int], Browser]:
    """Where the streams stand, and what is seen there."""
    role = role_in(meeting.room, user)
    snapshots.private_streams(meeting.room.pk, [user.pk])
    shared = snapshots.shared_snapshot(meeting.room.pk, role)
    own = snapshots.personal_snapshot(meeting.room.pk, user.pk, role)
    heads = {kind: position.q for kind, position in (shared.heads | own.heads).items()}
    return heads, Browser(shared.data | own.data, is_staff=Audience.STAFF in audiences_of(role))


def replay(meeting: Meeting, user, heads: dict[str, int], browser: Browser) -> None:
    """All that the log has after ``heads``, as it goes over the wire."""
    streams = {kind: pk for kind, (pk, _head) in snapshots.shared_streams(meeting.room.pk).items()}
    streams["me"] = snapshots.private_streams(meeting.room.pk, [user.pk])[user.pk][0]
    for kind, seq in heads.items():
        for _seq, text in snapshots.frames_after(streams[kind], seq):
            browser.take(json.loads(text))


# --- What people do ---------------------------------------------------------------------------
OPS = [
    "chat.send", "chat.reply", "chat.edit", "chat.delete", "chat.hide", "chat.show", "chat.slow",
    "qa.ask", "qa.anonymous", "qa.vote", "qa.unvote", "qa.open", "qa.live", "qa.answered",
    "qa.hidden", "hand.raise", "hand.lower", "hand.lower_other", "hand.lower_all",
    "note.add", "note.change", "note.remove", "desk.write", "desk.answer",
    "people.mute", "people.unmute", "people.remove", "people.readmit",
    "announce", "caption.say", "timer.start", "timer.stop",
]  # fmt: skip
Step = tuple[str, int, int]
steps = st.lists(
    st.tuples(st.sampled_from(OPS), st.integers(0, 2), st.integers(0, 3)), min_size=1, max_size=14
)


def do(meeting: Meeting, step: Step) -> None:
    """Do something with one of the last things of its kind; much of it is refused, rightly."""
    op, who, which = step
    maria, ivan = meeting.learners[:2]
    actor = [maria, ivan, meeting.trainer][who]
    feature, _dot, verb = op.partition(".")
    model = {"chat": ChatMessage, "qa": Question, "note": Note}.get(feature)
    things = list(model.objects.filter(room=meeting.room).order_by("-pk")[:4]) if model else []
    thing = str(things[which % len(things)].uuid) if things else "none"
    other = id_of([maria, ivan][which % 2])
    given: dict[str, tuple[str, Data]] = {
        "chat.reply": ("chat.send", {"text": f"ответ {which}", "reply": thing}),
        "chat.slow": (op, {"seconds": which}),
        "qa.ask": (op, {"text": f"вопрос {which}"}),
        "qa.anonymous": ("qa.ask", {"text": f"тайный {which}", "anon": True}),
        "people.mute": (op, {"user": other, "muted": True}),
        "people.unmute": ("people.mute", {"user": other, "muted": False}),
        "timer.start": (op, {"seconds": 60 + which}),
    }
    content = {
        "send": {"text": f"текст {which}"}, "edit": {"m": thing, "text": f"новое {which}"},
        "delete": {"m": thing}, "hide": {"m": thing}, "show": {"m": thing},
        "vote": {"q": thing}, "unvote": {"q": thing},
        "lower_other": {"user": other}, "add": {"text": f"строка {which}"},
        "change": {"note": thing, "text": f"иначе {which}"}, "write": {"text": f"слово {which}"},
        "answer": {"user": other, "text": "да"}, "say": {"text": f"титр {which}"},
    }.get(verb, {})  # fmt: skip
    if verb == "remove":
        content = {"note": thing} if feature == "note" else {"user": id_of(ivan)}
    if verb == "readmit":
        content = {"user": id_of(ivan)}
    if op == "announce":
        content = {"text": f"объявление {which}"}
    if feature == "qa" and verb in ("open", "live", "answered", "hidden"):
        op, content = "qa.state", {"q": thing, "state": verb, "answer": "так"}
    op, content = given.get(step[0], (op, content))
    commands.buckets.clear()
    answer = give(meeting, actor, op, **content)
    assert getattr(answer, "code", "") != ErrorCode.INTERNAL, (step, answer)


@pytest.fixture
def meeting():
    return make_meeting()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=steps, after=steps)
@example(before=[("chat.send", 0, 0)], after=[("chat.reply", 1, 0), ("chat.delete", 0, 1)])
@example(before=[("qa.ask", 0, 0), ("qa.hidden", 2, 0)], after=[("qa.live", 2, 0)])
@example(before=[("hand.raise", 1, 0)], after=[("people.remove", 2, 0)])
def test_a_snapshot_and_the_events_after_it_make_the_later_snapshot(meeting, before, after):
    with transaction.atomic():
        for step in before:
            do(meeting, step)
        watched = [meeting.learners[0], meeting.trainer]
        stayed = [snapshot_of(meeting, user) for user in watched]
        for step in after:
            do(meeting, step)
        for user, (heads, browser) in zip(watched, stayed, strict=True):
            replay(meeting, user, heads, browser)
            _heads, fresh = snapshot_of(meeting, user)
            assert browser.picture() == fresh.picture()
        transaction.set_rollback(True)
