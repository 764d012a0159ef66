"""What a change to a page means for those who study it already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.models.deletion import Collector, ProtectedError, RestrictedError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Page

from courses.enrollment_states import OPEN_STATES
from courses.models.completion import Completion
from courses.models.enrollment import Enrollment


@dataclass(frozen=True)
class Consequences:
    """Learners whom a change to a page concerns."""

    studying: int
    """People with an open enrolment in the page's course."""
    completed: int
    """Entries of the ledger for the page and what stands in it."""

    @property
    def matter(self) -> bool:
        return bool(self.studying or self.completed)


def consequences_of(page: Page) -> Consequences:
    """Who studies ``page`` (a course, a module or an activity) now and who has finished it."""
    from courses.models import Course

    studying = (
        Enrollment.objects.filter(
            state__in=[str(state) for state in OPEN_STATES],
            cohort__course__in=Course.objects.ancestor_of(page, inclusive=True),
        )
        .values("learner")
        .distinct()
        .count()
    )
    completed = Completion.objects.filter(
        activity__page_ptr__in=Page.objects.descendant_of(page, inclusive=True)
    ).count()
    return Consequences(studying=studying, completed=completed)


def holds_records(page: Page) -> bool:
    """Whether something of learners or cohorts hangs on the page or on one below it.

    Every room protects its own records in the database, so the database's rules are asked.
    """
    try:
        Collector(using=router.db_for_write(Page)).collect(page.get_descendants(inclusive=True))
    except (ProtectedError, RestrictedError):
        return True
    return False


@dataclass(frozen=True)
class ChangeOfRules:
    field: str
    sentence: str


def changes_of_rules(activity: Page, cleaned: dict[str, Any]) -> list[ChangeOfRules]:
    """What the edited rules of a live activity would change for people who study now.

    ``cleaned`` are the form's values; they are compared with what is published.
    """
    from courses.models import Activity

    live = Activity.objects.filter(pk=activity.pk, live=True).first()
    if live is None:
        return []
    studying = consequences_of(live).studying
    if not studying:
        return []
    people = ngettext(
        "%(n)d person is studying this course now.",
        "%(n)d people are studying this course now.",
        studying,
    ) % {"n": studying}
    changes = []
    if cleaned.get("is_required") and not live.is_required:
        changes.append(
            ChangeOfRules(
                "is_required",
                _("The step becomes one more condition of completing the course."),
            )
        )
    if cleaned.get("is_required") is False and live.is_required:
        changes.append(
            ChangeOfRules(
                "is_required",
                _("Whoever lacks only this step will complete the course without it."),
            )
        )
    if cleaned.get("opens") and cleaned["opens"] != live.opens:
        changes.append(
            ChangeOfRules("opens", _("For some of them the step will lock or open at once."))
        )
    days = cleaned.get("opens_after_days")
    if days is not None and days > live.opens_after_days:
        changes.append(
            ChangeOfRules("opens_after_days", _("The step will close again for some of them."))
        )
    choices = _(
        "Leave it as it was, make a copy of the course for the next cohort, or tick "
        "“I understand what changes for the learners” at the top of this tab."
    )
    return [
        ChangeOfRules(change.field, f"{people} {change.sentence} {choices}") for change in changes
    ]
