"""The people of a cohort: how far they are, a letter to some of them, the list to take along."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from courses.cms.cohorts import LedCohorts
from courses.cms.letters import LetterForm, can_be_written_to, write_to_people
from courses.cms.people_sheet import CONTENT_TYPE, people_sheet
from courses.cohort_progress import Group, PersonRow, people_of
from courses.models import Cohort, Enrollment
from lms.numerals import whole_number
from lms.people.models import User
from lms.people.showing import note_shown
from lms.people.zones import zone_in_words

GROUP_LABELS = {
    Group.SILENT: gettext_lazy("Silent for 7 days or more"),
    Group.NOT_BEGUN: gettext_lazy("Have not begun"),
    Group.FINISHED: gettext_lazy("Have finished"),
}


def led_cohort(user: User, cohort_id: int) -> Cohort:
    """Names and addresses are for whoever leads the cohort; to others it is not there."""
    policy = LedCohorts(Cohort)
    if not policy.user_has_permission(user, "view"):
        raise PermissionDenied
    cohort = (
        policy.instances_user_has_any_permission_for(user, ["view"])
        .filter(pk=cohort_id)
        .select_related("course")
        .first()
    )
    if cohort is None:
        raise Http404
    return cohort


def _chosen_by_filters(rows: list[PersonRow], request: HttpRequest) -> list[PersonRow]:
    state, group = request.GET.get("state", ""), request.GET.get("group", "")
    if state in {value for value, _label in Enrollment._meta.get_field("state").choices}:
        rows = [row for row in rows if row.enrollment.state == state]
    if group in set(Group):
        rows = [row for row in rows if Group(group) in row.groups]
    return rows


@require_GET
def people(request: HttpRequest, cohort_id: int) -> HttpResponse:
    cohort = led_cohort(request.user, cohort_id)
    everyone = people_of(cohort)
    rows = _chosen_by_filters(everyone, request)
    note_shown(request, [row.enrollment.learner_id for row in rows])
    context = {
        "cohort": cohort,
        "rows": rows,
        "everyone": len(everyone),
        "states": Enrollment._meta.get_field("state").choices,
        "groups": [(group.value, label) for group, label in GROUP_LABELS.items()],
        "state": request.GET.get("state", ""),
        "group": request.GET.get("group", ""),
        "zone": zone_in_words(timezone.now()),
        "query": request.GET.urlencode(),
    }
    return TemplateResponse(request, "courses/cms/people.html", context)


@require_GET
def people_xlsx(request: HttpRequest, cohort_id: int) -> HttpResponse:
    cohort = led_cohort(request.user, cohort_id)
    rows = _chosen_by_filters(people_of(cohort), request)
    note_shown(request, [row.enrollment.learner_id for row in rows])
    name = f"cohort-{cohort.pk}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return HttpResponse(
        people_sheet(rows),
        content_type=CONTENT_TYPE,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@require_POST
def letter(request: HttpRequest, cohort_id: int) -> HttpResponse:
    """First the letter's form with the number of its readers, then the letter itself."""
    cohort = led_cohort(request.user, cohort_id)
    chosen = list(
        Enrollment.objects.filter(cohort=cohort, pk__in=numbers(request.POST.getlist("person")))
        .select_related("learner")
        .order_by("learner__family_name", "learner__given_name", "pk")
    )
    if not chosen:
        messages.warning(request, _("Choose at least one person, then write to them."))
        return redirect("cms_cohort_people", cohort.pk)
    readers = [enrollment for enrollment in chosen if can_be_written_to(enrollment.learner)]
    is_written = "send" in request.POST
    form = LetterForm(request.POST) if is_written else LetterForm()
    if is_written and form.is_valid() and readers:
        count = write_to_people(
            cohort=cohort, enrollments=readers, sender=request.user, **form.cleaned_data
        )
        messages.success(
            request,
            ngettext("%(n)d letter is on its way.", "%(n)d letters are on their way.", count)
            % {"n": count},
        )
        return redirect("cms_cohort_people", cohort.pk)
    context = {
        "cohort": cohort,
        "heading": _("A letter to the cohort"),
        "form": form,
        "chosen": chosen,
        "readers": readers,
        "left_out": [enrollment for enrollment in chosen if enrollment not in readers],
    }
    status = 422 if is_written and form.errors else 200
    return TemplateResponse(request, "courses/cms/letter.html", context, status=status)


def numbers(values: list[str]) -> list[int]:
    """The ids among what a form sent."""
    return [number for value in values if (number := whole_number(value)) is not None]
