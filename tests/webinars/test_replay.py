"""A snapshot and the events after it show the same as a later snapshot (as Zulip's verify_action).

For whoever comes late, comes back, or was there all the time, chat and polls are the same.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webinars.factories import Meeting, cmd, make_meeting
from webinars.live import commands, log, snapshots
from webinars.live.permissions import Role
from webinars.live.protocol import Err
from webinars.models import Stream

pytestmark = pytest.mark.django_db
POLL_STATES = ("draft", "open", "closed")
TALLY = {"total", "by", "n", "names"}
LEADING = ("chat.hide", "chat.show", "chat.slow", "poll.create", "poll.open", "poll.close")
STEPS = st.tuples(
    st.sampled_from(
        [
            "chat.send", "chat.send", "chat.send", "reply", "chat.edit", "chat.delete",
            "chat.hide", "chat.show", "chat.slow", "poll.create", "poll.open", "poll.vote",
            "poll.close",
        ]
    ),
    st.integers(0, 2),
    st.integers(0, 5),
)  # fmt: skip


class Seen:
    """What one role is shown of chat and polls: a snapshot, changed by events."""

    def __init__(self, meeting: Meeting, role: Role):
        snapshot = snapshots.shared_snapshot(meeting.room.pk, role)
        self.heads = {stream: position.q for stream, position in snapshot.heads.items()}
        self.slow = snapshot.data["chat"]["slow"]
        self.messages = {m["m"]: m for m in snapshot.data["chat"]["messages"]}
        self.polls = {p["poll"]: p for p in snapshot.data["poll"]["polls"]}

    def catch_up(self, meeting: Meeting) -> None:
        for kind, head in self.heads.items():
            stream = Stream.objects.get(room=meeting.room, kind=kind)
            for event in log.events_after(stream, head):
                self._take(log.event_frame(event, kind))

    def _take(self, frame: Any) -> None:
        data = frame.d
        message = self.messages.get(data.get("m"), {})
        match frame.y:
            case "chat.sent":
                actor = {"id": frame.a.id, "n": frame.a.n, "r": frame.a.r}
                self.messages[data["m"]] = data | {"a": actor}
            case "chat.edited":
                # Without words where their author took them back later.
                message |= {"text": data.get("text", ""), "edited": True}
            case "chat.deleted":
                self.messages.pop(data["m"])
            case "chat.hidden":
                message["hidden"] = True
            case "chat.shown":
                message.pop("hidden", None)
                message["text"] = data.get("text", "")
            case "chat.slowed":
                self.slow = data["seconds"]
            case "poll.created" | "poll.opened" | "poll.closed":
                self._poll(data)

    def _poll(self, told: dict[str, Any]) -> None:
        """Two streams tell of a poll, and nothing orders them: the later state holds."""
        known = self.polls.get(told["poll"])
        if known is None or POLL_STATES.index(known["state"]) <= POLL_STATES.index(told["state"]):
            self.polls[told["poll"]] = (known or {}) | told

    def shown(self) -> dict[str, Any]:
        """As a page shows it. A quotation is a copy of its moment: only whom it names counts."""
        return {
            "slow": self.slow,
            "messages": [
                (m["m"], m["a"], m.get("edited", False), m.get("text") * (not m.get("hidden")))
                for m in self.messages.values()
            ],
            "polls": {key: _without_open_tally(poll) for key, poll in self.polls.items()},
        }


def _without_open_tally(poll: dict[str, Any]) -> dict[str, Any]:
    """Tallies of open polls are states, told apart from events."""
    hidden = {"n", "names"} if poll["state"] == "closed" else TALLY
    return {key: value for key, value in poll.items() if key not in hidden}


def act(meeting: Meeting, op: str, who: int, which: int, number: int) -> None:
    """Do one thing; it may be refused, and then nothing happens."""
    said = meeting.room.messages.order_by("pk").select_related("author")
    messages, authors = [m.uuid for m in said], [m.author for m in said]
    polls = list(meeting.room.polls.order_by("pk").values_list("uuid", flat=True))
    message = str(messages[which % len(messages)]) if messages else "none"
    poll = str(polls[which % len(polls)]) if polls else "none"
    payloads: dict[str, dict[str, Any]] = {
        "chat.send": {"text": f"Слово {number}"},
        "reply": {"text": f"Ответ {number}", "reply": message},
        "chat.edit": {"m": message, "text": f"Иначе {number}"},
        "chat.slow": {"seconds": which},
        "poll.create": {"question": f"Вопрос {number}", "options": ["а", "б"]},
        "poll.vote": {"poll": poll, "choices": [which % 2]},
    }
    payload = payloads.get(op, {"m": message} if op.startswith("chat.") else {"poll": poll})
    people = [*meeting.learners, meeting.trainer]
    if op in ("chat.edit", "chat.delete") and messages:  # mostly their own: others may not
        who = who if number % 4 == 0 else people.index(authors[which % len(messages)])
    if op in LEADING and number % 4:
        who = 2
    commands.buckets.clear()
    answer = commands.run_command(
        room=meeting.room,
        user=people[who],
        frame=cmd("chat.send" if op == "reply" else op, **payload),
    )
    if isinstance(answer, Err):
        assert answer.code in ("forbidden", "state", "invalid", "rate")


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, min_size=5, max_size=30), looks=st.sets(st.integers(0, 30)))
def test_a_snapshot_and_what_follows_show_what_a_later_snapshot_shows(steps, looks):
    meeting = make_meeting()
    roles = (Role.HOST, Role.PARTICIPANT)
    seen = [(role, Seen(meeting, role)) for role in roles]
    for number, (op, who, which) in enumerate(steps):
        act(meeting, op, who, which, number)
        if number in looks:
            seen += [(role, Seen(meeting, role)) for role in roles]
    fresh = {role: Seen(meeting, role).shown() for role in roles}
    for role, one in seen:
        one.catch_up(meeting)
        assert one.shown() == fresh[role]
