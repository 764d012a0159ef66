"""What the scripts of a live room say, in the reader's language; ``{n}`` is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext as _


def room_words() -> dict[str, str]:
    return {
        "you": _("You"),
        "sent": _("Sent"),
        "sending": _("Sending…"),
        "not_sent": _("Not sent."),
        "take_back": _("Edit and send again"),
        "typing": _("Typing: {names}"),
        "to_new": _("To the new messages ({n})"),
        "new_messages": _("New messages: {n}"),
        "poll_opened": _("A poll is open: {question}"),
        "poll_closed": _("The poll has ended: {question}"),
        "answer": _("Answer"),
        "your_answer": _("Your answer: {answer}. Nobody sees who chose what."),
        "change_answer": _("Change the answer"),
        "turnout": _("Answers so far: {n}"),
        "poll_ended": _("The poll has ended. Answers: {n}"),
        "prepared": _("Prepared: only hosts see it."),
        "open_poll": _("Open the poll"),
        "close_poll": _("End the poll and show the result"),
        "two_to_ten": _("A poll needs from two to ten options, each on its own line."),
        "too_late": _("This has changed in the meantime. Look at the poll again."),
        "did_not_work": _("That did not work. Please try once more."),
        "minutes": _("Minutes counted: {n} of {needed}"),
        "role_host": _("host"),
        "role_cohost": _("co-host"),
        "role_moderator": _("moderator"),
        "role_observer": _("observer"),
        "slow": _("The connection is slow. Messages arrive with a delay, none is lost."),
        "reconnecting": _(
            "The connection is lost. We are restoring it, attempt {n}. "
            "What you have written will be sent by itself."
        ),
        "ended": _("The connection to the room has ended."),
        "ended_session": _("You have signed out, so the room has closed here."),
        "ended_forbidden": _("This room is not open to you any more."),
        "ended_elsewhere": _("You have opened the room in another window."),
        "continue_here": _("Continue here"),
    }
