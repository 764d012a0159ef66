"""Pages where people choose their reminders, signed in or by the link in a letter."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from lms.mail.models import ReminderSettings
from lms.mail.reminder_links import person_of, turn_off
from lms.mail.reminding import QUIET_FROM, QUIET_UNTIL
from lms.people.models import User
from lms.people.naming import address


class ReminderForm(forms.ModelForm):
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Not earlier than"),
        help_text=gettext_lazy("By your own clock. We never write between 21:00 and 8:00."),
        choices=[(hour, f"{hour}:00") for hour in range(QUIET_UNTIL, QUIET_FROM)],
        coerce=int,
    )

    class Meta:
        model = ReminderSettings
        fields = ["before_session", "before_deadline", "after_silence", "about_practicums", "hour"]


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    return _settings_page(request, request.user)


@never_cache
@require_http_methods(["GET", "POST"])
def reminders_by_link(request: HttpRequest, token: str) -> HttpResponse:
    return _settings_page(request, _person(token), token=token)


@csrf_exempt  # mail programs send it, without a page of ours; the link itself is the permission
@never_cache
@require_http_methods(["GET", "POST"])
def reminders_off(request: HttpRequest, token: str) -> HttpResponse:
    """One click in a mail program. Only POST changes anything: programs look at links first."""
    person = _person(token)
    if request.method == "GET":
        return redirect("mail:reminders_by_link", token=token)
    turn_off(person)
    return render(request, "mail/reminders_off.html", {"token": token})  # no redirect: RFC 8058


def _person(token: str) -> User:
    person = person_of(token)
    if person is None:
        raise Http404
    return person


def _settings_page(request: HttpRequest, person: User, token: str = "") -> HttpResponse:
    chosen = ReminderSettings.objects.filter(person=person).first()
    form = ReminderForm(request.POST or None, instance=chosen or ReminderSettings(person=person))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your choice is saved."))
        return redirect(request.path)
    context = {"form": form, "address": address(person), "token": token}
    return render(request, "mail/reminder_settings.html", context)
