"""Every durable event by name: which streams carry it, what its ``d`` holds, what it says.

For the description of the protocol; a test keeps the table and the code together.
"""

from __future__ import annotations

from typing import NamedTuple


class EventNote(NamedTuple):
    streams: str
    fields: str
    says: str


EVENTS: dict[str, EventNote] = {
    "room.opened": EventNote("room", "", "People may act in the room."),
    "room.closed": EventNote("room", "", "The meeting has ended for good."),
    "chat.sent": EventNote("room", "m, text, reply?", "A message; `reply` quotes another one."),
    "chat.edited": EventNote("room", "m, text?", "The author changed the words."),
    "chat.deleted": EventNote("room", "m", "The author took the message back."),
    "chat.hidden": EventNote("room", "m", "A moderator hid the message."),
    "chat.shown": EventNote("room", "m, text?", "A hidden message is shown again."),
    "chat.slowed": EventNote("room", "seconds, by_itself?", "Slow mode; 0 seconds: it is over."),
    "desk.said": EventNote("staff, me", "with, text", "A word to the hosts, or their answer."),
    "qa.asked": EventNote(
        "room", "q, text, state, answer, by, ts, votes", "A question; `by` is empty without a name."
    ),
    "qa.changed": EventNote("room", "q, state, answer, …", "What became of a question."),
    "qa.voted": EventNote("me", "q, on", "One's own vote for a question."),
    "poll.created": EventNote(
        "staff", "poll, kind, question, options, anonymous, live, state", "A prepared poll."
    ),
    "poll.opened": EventNote("room", "as poll.created", "The poll takes answers."),
    "poll.closed": EventNote("room", "as poll.created, total, by | words", "The result."),
    "poll.voted": EventNote("me", "poll", "One has answered; what, the log does not know."),
    "hand.raised": EventNote("room", "id, n", "The last in the queue."),
    "hand.lowered": EventNote("room", "id", "Out of the queue."),
    "hand.all_lowered": EventNote("room", "", "The queue is empty."),
    "checkin.opened": EventNote("room", "checkin, moment, is_open", "How do you feel?"),
    "checkin.closed": EventNote("room", "checkin", "No more answers."),
    "slide.moved": EventNote("room", "page, seen, version", "The presenter shows another page."),
    "slide.ready": EventNote("room", "pages", "The slides have just been made from their PDF."),
    "stage.changed": EventNote(
        "room", "kind, url? | video?, title?, src?, captions?, playing?, at?, since?",
        "What is on the stage; a video is at `at` seconds at the moment `since`.",
    ),
    "announced": EventNote("room", "text", "The line above everything; empty takes it down."),
    "caption.said": EventNote("room", "text", "A line of captions."),
    "timer.started": EventNote("room", "ends_at, label", "A countdown."),
    "timer.stopped": EventNote("room", "", "The countdown is gone."),
    "note.added": EventNote("room", "note, text, by", "A line of the shared notes."),
    "note.changed": EventNote("room", "note, text, by", "A line was changed."),
    "note.removed": EventNote("room", "note", "A line is gone."),
    "role.changed": EventNote("room", "id, n, role", "Somebody has another role."),
    "people.muted": EventNote("staff, me", "id, n, muted", "Silenced, or not any more."),
    "people.removed": EventNote("staff", "id, n", "Sent out of the room."),
    "people.readmitted": EventNote("staff", "id, n", "May come in again."),
    "breakout.changed": EventNote("staff", "breakout", "Read the board of the groups anew."),
    "breakout.opened": EventNote(
        "room", "breakout, task, is_open, ends_at, groups", "Ask for your place: breakout.place."
    ),
    "breakout.extended": EventNote("room", "as breakout.opened", "More time."),
    "breakout.moved": EventNote("me", "group", "One sits in another group now."),
    "breakout.help": EventNote("staff", "group, wanted", "A group calls for the host."),
    "breakout.closed": EventNote("room", "breakout", "Everybody is back."),
    "group.help": EventNote("room (of the group)", "group, wanted", "The host is called."),
    "practicum.said": EventNote(
        "room", "text?, round, part, phase", "A line, in the part played at that moment."
    ),
    "practicum.breath": EventNote("room", "round, part, phase", "Somebody takes a breath."),
    "practicum.phase": EventNote(
        "room",
        "phase, round, done, awaited, version, ends_at",
        "The practicum is in another phase.",
    ),
    "practicum.ready": EventNote(
        "room", "as practicum.phase", "Somebody is ready, or there is more time."
    ),
    "practicum.visited": EventNote("room", "id, n", "A trainer watches."),
    "practicum.fact": EventNote("me", "fact, text", "Something comes to light for one's role."),
    "practicum.marked": EventNote("me", "line, feeling", "One's own mark on a line."),
    "practicum.held": EventNote("me", "tab", "Another window of the same person writes now."),
}  # fmt: skip
