"""Taking a report: at most once a day, frozen, and never so that two can be subtracted."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import numpy as np
from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone
from numpy.typing import NDArray

from assessments.gains import agreed
from assessments.models import Attempt, Instrument, Wave
from assessments.psychometrics import paired_gain
from assessments.windows import BEFORE as BEFORE_THE_COURSE
from courses.models import Course, Enrollment
from lms.insights.models import ReportSnapshot
from lms.insights.reports.answers import main_instrument, read_answers
from lms.insights.reports.content import SMALLEST_MEAN, Report, hidden_in, reference_of, report_of
from lms.insights.reports.dataset import BEFORE, Dataset
from lms.insights.reports.freezing import MustStand, States, published_regions, settle
from lms.insights.reports.headline import headline_from_totals
from lms.insights.reports.items import ItemAnalysis, items_of
from lms.insights.reports.method import method_version
from lms.insights.reports.observing import Rounds, observed_of, places_from, settle_rounds
from lms.people.models import Region
from webinars.practicum.observing import observed_rounds

logger = logging.getLogger(__name__)

TOLERANCE = 1e-6
STANDS_FOR = timedelta(days=1)
NO_ROUNDS = Rounds({}, {})


@dataclass(frozen=True)
class Reports:
    """The reports of one snapshot. ``names``: of the regions that are shown, by their id."""

    programme: Report
    regions: dict[int, Report]
    names: dict[int, str]
    items: ItemAnalysis | None = None


def reports_in(snapshot: ReportSnapshot) -> Reports | None:
    """None for numbers of another shape: of an earlier version whose report has to stand."""
    try:
        return msgspec.convert(snapshot.content, Reports, strict=False)
    except msgspec.ValidationError:
        logger.warning("Report %s of method %s cannot be read", snapshot.pk, snapshot.method)
        return None


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
    return is_young and snapshot.checked_by == method_version()


def _stands(snapshot: ReportSnapshot) -> ReportSnapshot:
    """It has been compared with the answers, by this version, and stays as it is."""
    snapshot.checked_at, snapshot.checked_by = timezone.now(), method_version()
    snapshot.save(update_fields=["checked_at", "checked_by"])
    return snapshot


def _take(course: Course, latest: ReportSnapshot | None) -> ReportSnapshot | None:
    instrument = main_instrument(course)
    if instrument is None:
        return latest
    data = read_answers(course, instrument).without_waves(overtaken(course, instrument))
    _compare_with_totals(course, instrument, data)
    before = States.nobody()
    if latest is not None and latest.instrument_id == instrument.pk:
        before = States(*np.frombuffer(latest.states, dtype="<i8").reshape(3, -1))
    try:
        states = settle(before, data.states(), minimum=SMALLEST_MEAN)
    except MustStand:
        assert latest is not None
        return _stands(latest)
    settled = data.limited(states)
    rounds = _settled_rounds(course, latest)
    fingerprint = _fingerprint(settled, rounds)
    if latest is not None and (latest.data_hash, latest.method) == (fingerprint, method_version()):
        return _stands(latest)
    content = compute(course, settled, states, rounds)
    now = timezone.now()
    return ReportSnapshot.objects.create(
        course=course,
        instrument=instrument,
        taken_at=now,
        checked_at=now,
        checked_by=method_version(),
        method=method_version(),
        data_hash=fingerprint,
        rounds=rounds.packed().tobytes(),
        states=np.stack([states.people, states.regions, states.bits]).astype("<i8").tobytes(),
        content=msgspec.to_builtins(content, str_keys=True),
    )


def overtaken(course: Course, instrument: Instrument) -> dict[str, NDArray[np.int64]]:
    """Wave before the course → enrolments that sent it after the answers after the course.

    That cannot happen any more; such answers tell nothing of the time before.
    """
    sent = Attempt.objects.submitted().filter(
        instrument=instrument,
        enrollment__cohort__in=list(course.cohorts.values_list("pk", flat=True)),
    )
    after = sent.filter(
        enrollment=OuterRef("enrollment"), wave=Wave.POST, submitted_at__lt=OuterRef("submitted_at")
    )
    found: dict[str, list[int]] = {wave.value: [] for wave in BEFORE_THE_COURSE}
    rows = sent.filter(Exists(after), wave__in=BEFORE_THE_COURSE).order_by()
    for wave, enrollment in rows.values_list("wave", "enrollment"):
        found[wave].append(enrollment)
    return {wave: np.array(people, dtype=np.int64) for wave, people in found.items()}


def _settled_rounds(course: Course, latest: ReportSnapshot | None) -> Rounds:
    """What observers saw of people who agreed, as far as it may be told after the last report."""
    found = observed_rounds(course, of=agreed("feedback__ratee__enrollment__learner"))
    now = Rounds.of((one.enrollment, one.region, one.key, one.scores) for one in found)
    before = places_from(bytes(latest.rounds)) if latest is not None else {}
    return settle_rounds(before, now, minimum=SMALLEST_MEAN)


def _fingerprint(data: Dataset, rounds: Rounds) -> str:
    digest = hashlib.sha256(data.fingerprint().encode())
    digest.update(rounds.packed().tobytes())
    return digest.hexdigest()


def _compare_with_totals(course: Course, instrument: Instrument, data: Dataset) -> None:
    """The totals of attempts and their vectors must tell the same; say so in the log if not."""
    pre, post = (data.composite(wave, "self_report") for wave in (BEFORE, "post"))
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


def compute(course: Course, data: Dataset, states: States, rounds: Rounds = NO_ROUNDS) -> Reports:
    """All reports of a programme: the whole, and every region with ten pairs or more."""
    shown = published_regions(states, minimum=SMALLEST_MEAN)
    enrolled: dict[int, int] = {
        row["learner__region_id"] or 0: row["people"]
        for row in Enrollment.objects.filter(cohort__course=course)
        .exclude(learner__region__is_sandbox=True)
        .order_by()
        .values("learner__region_id")
        .annotate(people=Count("pk"))
    }
    whole = data.of_regions(shown).with_sheets_of_its_people()
    reference = reference_of(whole)
    hidden = hidden_in(whole, reference)
    programme = report_of(
        whole,
        enrolled=sum(enrolled.get(region, 0) for region in shown),
        reference=reference,
        hidden=hidden.programme,
        with_regions=True,
        others=len(set(enrolled) - shown),
        observed=observed_of(rounds),
    )
    headline = programme.strands[0].estimate if programme.strands else None
    return Reports(
        programme=programme,
        regions={
            region: report_of(
                data_of_region,
                enrolled=enrolled.get(region, 0),
                reference=reference,
                hidden=hidden.of(region),
                programme=headline,
                observed=observed_of(rounds, region=region),
            )
            for region, data_of_region in whole.by_region()
            if region
        },
        items=items_of(whole),
        names=dict(Region.objects.filter(pk__in=shown).values_list("pk", "name")),
    )
