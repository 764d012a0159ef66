"""A new course after the pattern of another, and a new cohort after the pattern of one before.

What people have done is never copied. Rooms that keep something for a cohort (webinars: their
sessions) register a function with ``register_cohort_part``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from django.db import transaction
from wagtail.coreutils import find_available_slug
from wagtail.models import Page, Revision

from courses.models import Activity, ActivityPrerequisite, Cohort, Course
from lms.people.models import User


@dataclass(frozen=True)
class Shift:
    """Moves moments by whole days of one zone's wall clock: ten o'clock stays ten o'clock."""

    days: int
    zone: tzinfo

    def __call__(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone).replace(tzinfo=None) + timedelta(days=self.days)
        # By way of UTC, so that an hour that a clock change leaves out becomes a real one.
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def maybe(self, moment: datetime | None) -> datetime | None:
        return self(moment) if moment is not None else None


def shift_to(first_day: date, *, starts_at: datetime, zone: tzinfo) -> Shift:
    """The shift that takes what began at ``starts_at`` to ``first_day``, both in ``zone``."""
    return Shift((first_day - starts_at.astimezone(zone).date()).days, zone)


@dataclass(frozen=True)
class CohortCopy:
    """What a room needs to copy its part: both cohorts, the pages that became others, the dates."""

    original: Cohort
    copy: Cohort
    pages: dict[int, int]
    """Ids of the pages of the copied course by those of the original."""
    shift: Shift


CohortPart = Callable[[CohortCopy], None]
_parts: list[CohortPart] = []


def register_cohort_part(part: CohortPart) -> CohortPart:
    """Have ``part`` called, in the same transaction, for every cohort that is copied."""
    if part not in _parts:
        _parts.append(part)
    return part


@transaction.atomic
def copy_course(*, course: Course, title: str, owner: User) -> tuple[Course, dict[int, int]]:
    """The course with its modules and activities as drafts of ``owner``; and which page is which.

    Each page is copied as it stands in the editor, without its history. Prerequisites among the
    copied activities lead to the copies.
    """
    catalog = course.get_parent()
    copy = course.copy(
        to=catalog,
        recursive=True,
        copy_revisions=True,  # a draft's text is in its revision only
        keep_live=False,
        user=owner,
        update_attrs={
            "title": title,
            "draft_title": title,
            "slug": find_available_slug(catalog, course.slug),
        },
    )
    olds = course.get_descendants(inclusive=True).order_by("path")
    news = copy.get_descendants(inclusive=True).order_by("path")
    pages = dict(
        zip(olds.values_list("pk", flat=True), news.values_list("pk", flat=True), strict=True)
    )
    for page in news.specific():
        _settle(page, pages, owner)
    return Course.objects.get(pk=copy.pk), pages


def _settle(page: Page, pages: dict[int, int], owner: User) -> None:
    """Lead the prerequisites of a copied page to the copies; its history and schedule end here."""
    draft = page.get_latest_revision_as_object()
    draft.go_live_at = draft.expire_at = None
    if isinstance(draft, Activity):
        needed = list(draft.prerequisites.all())
        for prerequisite in needed:
            prerequisite.required_id = pages.get(prerequisite.required_id, prerequisite.required_id)
        draft.prerequisites = needed
        for row in ActivityPrerequisite.objects.filter(activity_id=page.pk):
            row.required_id = pages.get(row.required_id, row.required_id)
            row.save(update_fields=["required"])
    latest = draft.save_revision(user=owner, changed=False, clean=False)
    Revision.objects.for_instance(page).exclude(pk=latest.pk).delete()
    Page.objects.filter(pk=page.pk).update(go_live_at=None, expire_at=None)


@transaction.atomic
def copy_cohort(
    *,
    cohort: Cohort,
    course: Course,
    pages: dict[int, int],
    title: str,
    trainer: User,
    shift: Shift,
) -> Cohort:
    """A cohort of ``course`` after the pattern of ``cohort``, without its people.

    Its regions and places stay, its dates move by ``shift``, its trainer is ``trainer``.
    """
    copy = Cohort.objects.create(
        course=course,
        title=title,
        starts_at=shift(cohort.starts_at),
        ends_at=shift(cohort.ends_at),
        enrollment_closes_at=shift.maybe(cohort.enrollment_closes_at),
        capacity=cohort.capacity,
    )
    copy.regions.set(cohort.regions.all())
    copy.trainers.add(trainer)
    for part in _parts:
        part(CohortCopy(cohort, copy, pages, shift))
    return copy
