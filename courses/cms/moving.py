"""Moving chosen people of a cohort to another one, or letting them take the course once more."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from courses.cms.people import led_cohort, numbers
from courses.enrolling import CohortFull, EnrollmentClosed, EnrollmentResult, Outcome
from courses.enrollment_states import IllegalTransition
from courses.models import Cohort, Enrollment
from courses.transferring import (
    AnotherCourse,
    NotFinished,
    NotForThisRegion,
    StudiesThere,
    repeat,
    transfer,
)
from lms.people.models import User

SOURCE = "cms"
REFUSALS: dict[type[Exception], Promise] = {
    CohortFull: gettext_lazy("there is no place left"),
    EnrollmentClosed: gettext_lazy("the cohort takes nobody any more"),
    AnotherCourse: gettext_lazy("the cohort runs another course"),
    NotForThisRegion: gettext_lazy("the cohort is not open to their region"),
    StudiesThere: gettext_lazy("they have a place there already"),
    NotFinished: gettext_lazy("they have not completed the course, or repeat it already"),
    IllegalTransition: gettext_lazy("they do not study now"),
}


class MoveForm(forms.Form):
    what = forms.ChoiceField(
        label=gettext_lazy("What to do"),
        widget=forms.RadioSelect,
        initial="transfer",
        choices=[
            ("transfer", gettext_lazy("Move them, with all that they have done")),
            ("repeat", gettext_lazy("Let those who have completed the course take it once more")),
        ],
    )
    cohort = forms.ModelChoiceField(
        label=gettext_lazy("Cohort"), queryset=Cohort.objects.none(), empty_label=None
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=250,
        required=False,
        help_text=gettext_lazy("For the history of the enrolment. The learner does not see it."),
    )

    def __init__(self, *args, cohorts: QuerySet[Cohort], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cohort"].queryset = cohorts  # type: ignore[attr-defined]


@require_POST
def move_people(request: HttpRequest, cohort_id: int) -> HttpResponse:
    """First the question whereto, then what came of it for each person."""
    cohort = led_cohort(request.user, cohort_id)
    chosen = list(
        Enrollment.objects.filter(cohort=cohort, pk__in=numbers(request.POST.getlist("person")))
        .select_related("learner")
        .order_by("learner__family_name", "learner__given_name", "pk")
    )
    if not chosen:
        messages.warning(request, _("Choose at least one person first."))
        return redirect("cms_cohort_people", cohort.pk)
    cohorts = Cohort.objects.run_by(request.user).filter(course=cohort.course).order_by("starts_at")
    is_sent = "move" in request.POST
    form = MoveForm(
        request.POST if is_sent else None,
        cohorts=cohorts,
        initial={"cohort": cohorts.exclude(pk=cohort.pk).last() or cohort},
    )
    if is_sent and form.is_valid():
        said = form.cleaned_data
        _carry_out(request, chosen, said["what"], said["cohort"], said["reason"])
        return redirect("cms_cohort_people", cohort.pk)
    context = {"cohort": cohort, "form": form, "chosen": chosen, "heading": _("Another cohort")}
    status = 422 if is_sent else 200
    return TemplateResponse(request, "courses/cms/move.html", context, status=status)


def _carry_out(
    request: HttpRequest, chosen: list[Enrollment], what: str, cohort: Cohort, reason: str
) -> None:
    done = 0
    for enrollment in chosen:
        try:
            result = _one(enrollment, what, cohort, request.user, reason)
        except tuple(REFUSALS) as refusal:
            messages.warning(request, f"{enrollment.learner}: {REFUSALS[type(refusal)]}.")
        else:
            done += result.outcome is not Outcome.UNCHANGED
    if done:
        text = ngettext(
            "%(n)d person is now in “%(cohort)s”.",
            "%(n)d people are now in “%(cohort)s”.",
            done,
        )
        messages.success(request, text % {"n": done, "cohort": cohort.title})
    else:
        messages.info(request, _("Nothing has changed."))


def _one(
    enrollment: Enrollment, what: str, cohort: Cohort, actor: User, reason: str
) -> EnrollmentResult:
    act: Callable[..., EnrollmentResult] = repeat if what == "repeat" else transfer
    target = {"cohort": cohort} if what == "repeat" else {"to": cohort}
    return act(enrollment=enrollment, source=SOURCE, actor=actor, reason=reason, **target)
