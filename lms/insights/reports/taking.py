"""Taking a report: at most once a day, frozen, and never so that two can be subtracted."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import numpy as np
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from assessments.models import Instrument
from assessments.psychometrics import paired_gain
from courses.models import Course, Enrollment
from lms.insights.models import ReportSnapshot
from lms.insights.reports.answers import main_instrument, read_answers
from lms.insights.reports.content import SMALLEST_MEAN, Report, reference_of, report_of
from lms.insights.reports.dataset import Dataset
from lms.insights.reports.freezing import MustStand, States, published_regions, settle
from lms.insights.reports.headline import headline_from_totals
from lms.insights.reports.method import method_version
from lms.people.models import Region

logger = logging.getLogger(__name__)

TOLERANCE = 1e-6
STANDS_FOR = timedelta(days=1)


@dataclass(frozen=True)
class Reports:
    """The reports of one snapshot. ``names``: of the regions that are shown, by their id."""

    programme: Report
    regions: dict[int, Report]
    names: dict[int, str]


def reports_in(snapshot: ReportSnapshot) -> Reports:
    return msgspec.convert(snapshot.content, Reports, strict=False)


def current_snapshot(course: Course) -> ReportSnapshot | None:
    """Today's snapshot, taken now where it is missing; None before anybody has answered."""
    latest = _latest(course)
    if latest is not None and _is_fresh(latest):
        return latest
    with transaction.atomic():
        Course.objects.select_for_update().get(pk=course.pk)  # one at a time takes it
        latest = _latest(course)
        if latest is not None and _is_fresh(latest):
            return latest
        return _take(course, latest)


def _latest(course: Course) -> ReportSnapshot | None:
    return ReportSnapshot.objects.filter(course=course).order_by("-taken_at", "-pk").first()


def _is_fresh(snapshot: ReportSnapshot) -> bool:
    is_young = timezone.now() - snapshot.checked_at < STANDS_FOR
    return is_young and snapshot.method == method_version()


def _take(course: Course, latest: ReportSnapshot | None) -> ReportSnapshot | None:
    instrument = main_instrument(course)
    if instrument is None:
        return latest
    data = read_answers(course, instrument)
    _compare_with_totals(course, instrument, data)
    before = States.nobody()
    if latest is not None and latest.instrument_id == instrument.pk:
        before = States(*np.frombuffer(latest.states, dtype="<i8").reshape(3, -1))
    try:
        states = settle(before, data.states(), minimum=SMALLEST_MEAN)
    except MustStand:
        assert latest is not None
        latest.checked_at = timezone.now()
        latest.save(update_fields=["checked_at"])
        return latest
    settled = data.limited(states)
    fingerprint = settled.fingerprint()
    now = timezone.now()
    if latest is not None and (latest.data_hash, latest.method) == (fingerprint, method_version()):
        latest.checked_at = now
        latest.save(update_fields=["checked_at"])
        return latest
    content = compute(course, settled, states)
    return ReportSnapshot.objects.create(
        course=course,
        instrument=instrument,
        taken_at=now,
        checked_at=now,
        method=method_version(),
        data_hash=fingerprint,
        states=np.stack([states.people, states.regions, states.bits]).astype("<i8").tobytes(),
        content=msgspec.to_builtins(content, str_keys=True),
    )


def _compare_with_totals(course: Course, instrument: Instrument, data: Dataset) -> None:
    """The totals of attempts and their vectors must tell the same; say so in the log if not."""
    pre, post = (data.composite(wave, "self_report") for wave in ("pre", "post"))
    if pre is None or post is None:
        return
    totals, vectors = headline_from_totals(course, instrument), paired_gain(pre, post)
    is_same = totals.n == vectors.n and (
        not vectors.n or abs((totals.mean_diff or 0) - (vectors.mean_diff or 0)) < TOLERANCE
    )
    if not is_same:
        logger.error(
            "Totals of %s (%s) give %s for %s people, vectors %s for %s",
            course, instrument, totals.mean_diff, totals.n, vectors.mean_diff, vectors.n,
        )  # fmt: skip


def compute(course: Course, data: Dataset, states: States) -> Reports:
    """All reports of a programme: the whole, and every region with ten pairs or more."""
    shown = published_regions(states, minimum=SMALLEST_MEAN)
    enrolled: dict[int, int] = {
        row["learner__region_id"] or 0: row["people"]
        for row in Enrollment.objects.filter(cohort__course=course)
        .order_by()
        .values("learner__region_id")
        .annotate(people=Count("pk"))
    }
    whole = data.of_regions(shown)
    reference = reference_of(whole)
    programme = report_of(
        whole,
        enrolled=sum(enrolled.get(region, 0) for region in shown),
        reference=reference,
        with_regions=True,
        others=len(set(enrolled) - shown),
    )
    headline = programme.strands[0].estimate if programme.strands else None
    return Reports(
        programme=programme,
        regions={
            region: report_of(
                whole.of_regions(frozenset({region})),
                enrolled=enrolled.get(region, 0),
                reference=reference,
                programme=headline,
            )
            for region in sorted(shown)
            if region
        },
        names=dict(Region.objects.filter(pk__in=shown).values_list("pk", "name")),
    )
