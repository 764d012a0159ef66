"""One certificate in the CMS: what it says, its audit, and what may be done with it."""

from __future__ import annotations

import base64

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates.cms.policies import ReadOnly
from certificates.lifecycle import (
    ALLOWED,
    REASONS,
    Action,
    LifecycleProblem,
    change_state,
    supersede,
)
from certificates.models import Certificate, ReasonClass
from certificates.names import printable_name
from certificates.previewing import picture
from certificates.problems import FAULTS, IssueProblem, in_words

VERBS = {
    Action.SUSPENDED: gettext_lazy("Suspend"),
    Action.RESTORED: gettext_lazy("Restore"),
    Action.REVOKED: gettext_lazy("Revoke for ever"),
    Action.REPLACED: gettext_lazy("Replace by a corrected one"),
    Action.DUPLICATED: gettext_lazy("Issue a duplicate"),
}


class StepForm(forms.Form):
    """Why a step is taken: the class that the public reads, and the words of the audit."""

    reason_class = forms.ChoiceField(label=gettext_lazy("Reason that the public page tells"))
    reason = forms.CharField(
        label=gettext_lazy("Reason in words, for the audit only"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    programme = forms.CharField(
        label=gettext_lazy("Corrected programme"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("Empty: as it was."),
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Corrected hours"),
        min_value=0,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("Empty: as they were."),
    )

    def __init__(self, *args, action: str, **kwargs):
        super().__init__(*args, prefix=action, **kwargs)
        self.action = action
        choices = [(value.value, value.label) for value in REASONS[action]]
        self.fields["reason_class"].choices = choices
        if action != Action.REPLACED:
            del self.fields["programme"], self.fields["hours"]

    @property
    def verb(self) -> str:
        return VERBS[Action(self.action)]


def _allowed(request: HttpRequest) -> None:
    if not ReadOnly(Certificate).user_has_permission(request.user, "view"):
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
@never_cache
def certificate_page(request: HttpRequest, certificate_uuid: str) -> HttpResponse:
    _allowed(request)
    certificate = get_object_or_404(
        Certificate.objects.select_related(
            "learner", "cohort__course", "template", "superseded_by"
        ),
        uuid=certificate_uuid,
    )
    action = request.POST.get("action", "")
    filled: StepForm | None = None
    if request.method == "POST" and action in REASONS:
        filled = StepForm(request.POST, action=action)
        if filled.is_valid() and (answer := _taken(request, certificate, filled)):
            return answer
    forms_ = [
        filled if filled is not None and filled.action == each else StepForm(action=each)
        for each in ALLOWED[certificate.state]
    ]
    context = {
        "certificate": certificate,
        "heading": _("Certificate %(number)s") % {"number": certificate.number},
        "forms": forms_,
        "events": [
            (event, ReasonClass(event.reason_class).label if event.reason_class else "")
            for event in certificate.events.select_related("actor")
        ],
        "picture": _picture(certificate),
        "name_now": printable_name(certificate.learner),
        "supersedes": Certificate.objects.filter(superseded_by=certificate).first(),
    }
    status = 422 if filled is not None and filled.errors else 200
    return TemplateResponse(request, "certificates/cms/one.html", context, status=status)


def _taken(request: HttpRequest, certificate: Certificate, form: StepForm) -> HttpResponse | None:
    """Take the step; None when something was in the way, which a message then says."""
    why = {name: form.cleaned_data[name] for name in ("reason_class", "reason")}
    try:
        if form.action in (Action.REPLACED, Action.DUPLICATED):
            made = supersede(
                certificate,
                form.action,
                actor=request.user,
                programme=form.cleaned_data.get("programme") or "",
                hours=form.cleaned_data.get("hours"),
                **why,
            )
            messages.success(
                request, _("The new certificate is %(number)s.") % {"number": made.number}
            )
            return redirect("cms_certificate", made.uuid)
        change_state(certificate, form.action, actor=request.user, **why)
    except LifecycleProblem as problem:
        messages.error(request, problem.words)
        return None
    except IssueProblem as problem:
        messages.error(request, in_words(problem))
        return None
    except FAULTS as fault:
        messages.error(request, in_words(fault))
        return None
    messages.success(request, _("Done. The public page says so already."))
    return redirect("cms_certificate", certificate.uuid)


def _picture(certificate: Certificate) -> str:
    """The kept file as a picture; empty when the file is not there."""
    try:
        with certificate.pdf.open("rb") as file:
            return base64.b64encode(picture(file.read())).decode()
    except FileNotFoundError:
        return ""
