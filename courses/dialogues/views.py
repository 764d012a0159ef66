"""What a learner does in a dialogue: answer, take a reply back, begin again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.dialogues.pages import dialogue_page
from courses.dialogues.playing import NotPossible
from courses.dialogues.runs import GoneOn, Undone, answer_line, begin_again, retry_step
from courses.ledger import NotStudying
from courses.models import Dialogue, Enrollment
from courses.programme import door_to
from lms.numerals import whole_number

Act = Callable[[HttpRequest, Dialogue, Enrollment | None], None]


@login_required
@require_POST
def answer(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    def act(request: HttpRequest, dialogue: Dialogue, enrollment: Enrollment | None) -> None:
        reply_key = request.POST.get("reply", "")
        answer_line(request, dialogue, enrollment, step=_step(request), reply_key=reply_key)

    return _act(request, dialogue_id, act)


@login_required
@require_POST
def retry(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    def act(request: HttpRequest, dialogue: Dialogue, enrollment: Enrollment | None) -> None:
        retry_step(request, dialogue, enrollment, step=_step(request))

    return _act(request, dialogue_id, act)


@login_required
@require_POST
def again(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    return _act(request, dialogue_id, begin_again)


def _act(request: HttpRequest, dialogue_id: int, act: Act) -> HttpResponse:
    """Do it as the learner at the door, then back to the client's new line."""
    dialogue = get_object_or_404(Dialogue.objects.live(), pk=dialogue_id)
    door = door_to(request.user, dialogue)
    if not door.is_open:
        context = {"page": dialogue, "activity": dialogue, "door": door}
        return render(request, "courses/activity_locked.html", context, status=403)
    try:
        act(request, dialogue, door.enrollment)
    except NotPossible:
        request.activity_door = door  # type: ignore[attr-defined]
        error = _("Choose one of the replies, and the conversation will go on.")
        return dialogue_page(request, dialogue, door.enrollment, error=error, status=422)
    except GoneOn:
        messages.info(
            request,
            _("The conversation has gone on in another window. Here is where it stands now."),
        )
    except Undone:
        messages.info(
            request,
            _(
                "The authors have changed this dialogue, so it begins from the first line. "
                "What you have completed stays completed."
            ),
        )
    except NotStudying:
        messages.error(request, _("This course is closed for you, so nothing was changed."))
    return redirect(f"{dialogue.get_url(request)}#now")


def _step(request: HttpRequest) -> int:
    """The number of the reply; anything else than a number is a step that no walk has."""
    step = whole_number(request.POST.get("step"), most_digits=5)
    return 10**6 if step is None else step
