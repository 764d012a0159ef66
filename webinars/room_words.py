"""What the scripts of a live room say, in the reader's language; ``{n}`` is filled in there."""

from __future__ import annotations

from django.utils.translation import gettext as _


def room_words() -> dict[str, str]:
    return {
        **_chat(),
        **_questions_and_notes(),
        **_polls(),
        **_people(),
        **_feelings(),
        **_stage_and_floor(),
        **_groups(),
        **_connection(),
    }


def _chat() -> dict[str, str]:
    return {
        "you": _("You"),
        "send": _("Send"),
        "save": _("Save"),
        "cancel": _("Cancel"),
        "sent": _("Sent"),
        "sending": _("Sending…"),
        "not_sent": _("Not sent."),
        "take_back": _("Edit and send again"),
        "typing": _("Typing: {names}"),
        "to_new": _("To the new messages ({n})"),
        "new_messages": _("New messages: {n}"),
        "edited": _("changed"),
        "hidden": _("Hidden by a moderator."),
        "not_shown": _("This message is no longer shown."),
        "actions": _("What to do with the message: {name}"),
        "do_reply": _("Reply to this"),
        "do_edit": _("Change"),
        "do_delete": _("Delete"),
        "do_hide": _("Hide"),
        "do_show": _("Show again"),
        "replying": _("Reply to: {name}"),
        "editing": _("Changing the text"),
        "muted": _("The host has silenced you in the chat. You can still write to the host."),
        "slow_mode": _("Slow mode: one message in {n} seconds."),
        "slow_by_itself": _(
            "So many write at once that slow mode has begun: one message in {n} seconds."
        ),
        "slow_over": _("Slow mode is over."),
        "did_not_work": _("That did not work. Please try once more."),
        "not_allowed": _("This is not possible any more."),
        "to_person": _("To: {name}"),
    }


def _questions_and_notes() -> dict[str, str]:
    return {
        "votes": _("Want to know: {n}"),
        "vote": _("I want to know it too"),
        "unvote": _("Not any more"),
        "without_name": _("without a name"),
        "qa_live": _("answered aloud"),
        "qa_answered": _("answered in writing"),
        "qa_hidden": _("hidden"),
        "qa_to_live": _("Answered aloud"),
        "qa_write": _("Answer in writing"),
        "qa_answer": _("Answer for everybody"),
        "qa_reopen": _("Open again"),
        "edit_note": _("Change the line: {text}"),
        "remove_note": _("Delete the line: {text}"),
        "full_notes": _("The notes are full: there are {n} lines. Delete what nobody needs."),
        "full_own_notes": _(
            "You have written {n} lines, as many as one person may. Delete or change one of yours."
        ),
        "full_own_questions": _(
            "You have {n} questions without an answer, as many as one person may. Please wait for "
            "the host."
        ),
    }


def _polls() -> dict[str, str]:
    return {
        "poll_opened": _("A poll is open: {question}"),
        "poll_closed": _("The poll has ended: {question}"),
        "poll_anonymous": _("Anonymous: nobody learns who chose what."),
        "poll_named": _("Not anonymous: hosts see who chose what."),
        "choose_one": _("Choose or write an answer."),
        "word": _("Word {n}"),
        "remove_word": _("Remove the word: {word}"),
        "answer": _("Answer"),
        "your_answer": _("Your answer: {answer}."),
        "answered_elsewhere": _("You have answered."),
        "change_answer": _("Change the answer"),
        "turnout": _("Answers so far: {n}"),
        "poll_ended": _("The poll has ended. Answers: {n}"),
        "prepared": _("Prepared: only hosts see it."),
        "open_poll": _("Open the poll"),
        "close_poll": _("End the poll and show the result"),
        "two_to_ten": _("A poll needs from two to ten options, each on its own line."),
        "too_late": _("This has changed in the meantime. Please look again."),
    }


def _people() -> dict[str, str]:
    return {
        "role_host": _("host"),
        "role_cohost": _("co-host"),
        "role_moderator": _("moderator"),
        "role_participant": _("participant"),
        "role_observer": _("observer"),
        "role": _("Role:"),
        "hand_raise": _("Raise your hand"),
        "hand_place": _("Lower your hand ({n} in the queue)"),
        "hand_done": _("Lower the hand"),
        "reaction_sent": _("Sent"),
        "react_thanks": _("Thank you"),
        "react_agree": _("I agree"),
        "react_support": _("I am with you"),
        "react_wow": _("Striking"),
        "react_slower": _("Slower, please"),
        "is_here": _("here"),
        "removed": _("sent out"),
        "decide": _("Decide"),
        "mute": _("Silence in the chat"),
        "unmute": _("Let write again"),
        "remove_person": _("Send out of the room"),
        "readmit": _("Let in again"),
    }


def _feelings() -> dict[str, str]:
    return {
        "checkin_before": _("How do you come to this meeting?"),
        "checkin_now": _("How do you feel right now?"),
        "checkin_after": _("How do you leave this meeting?"),
        "checkin_opened": _("The host asks how you feel: the question stands above the stage."),
        "checkin_thanks": _("Thank you, noted: {answer}."),
        "checkin_close": _("End the question"),
        "moment_before": _("Before the meeting"),
        "moment_now": _("Right now"),
        "moment_after": _("After the meeting"),
        "feel_1": _("Very hard"),
        "feel_2": _("Tense"),
        "feel_3": _("Even"),
        "feel_4": _("Calm"),
        "feel_5": _("Good, full of strength"),
        "fewer_than_five": _("Shown when at least five have answered."),
    }


def _stage_and_floor() -> dict[str, str]:
    return {
        "slide_of": _("Slide {n} of {all}"),
        "slide_without_text": _("There is no text on this slide."),
        "video_runs": _("Everybody watches: {title}"),
        "video_stands": _("The host has stopped: {title}"),
        "timer": _("{time} left"),
        "timer_left": _("{n} seconds left"),
        "timer_over": _("Time is over"),
        "minutes": _("Minutes counted: {n} of {needed}"),
        "lobby_left": _("{h} h {m} min until the beginning"),
        "lobby_soon": _("The meeting begins any moment: the host opens the room."),
        "check_online": _("The connection to the room works."),
        "check_polling": _(
            "Your network lets the room through only by turns: messages come with a delay of up to "
            "20 seconds."
        ),
        "check_offline": _("There is no connection to the room yet. Check your network."),
        "check_sound": _("You should have heard a short tone. If not, turn up the volume."),
    }


def _groups() -> dict[str, str]:
    return {
        "group": _("Group {n}"),
        "group_with": _("With you: {names}"),
        "group_alone": _("You are the first in the group."),
        "breakout_opened": _("Work in groups begins: your group is in “Groups”."),
        "breakout_closed": _("The groups have come back."),
        "help_call": _("Call the host"),
        "help_called": _("The host is called. Take the call back"),
        "help_wanted": _("calls the host"),
        "visit": _("Go into the group"),
        "move_person": _("Group of: {name}"),
    }


def _connection() -> dict[str, str]:
    return {
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
