"""The made-up programme: marked everywhere, realistic, the same every time, never written to."""

import time

import pytest
from django.core import mail
from django.db.models import Count

from certificates.models import Certificate
from courses.enrollment_states import EnrollmentState
from courses.models import Cohort, Completion, Enrollment, EnrollmentTransition
from lms.demo.content.synthetic import SYNTHETIC_MARK
from lms.demo.synthetic import PARTICIPANTS, TRUE_GAINS, create_synthetic_programme
from lms.insights.reports.presenting import sections_of
from lms.insights.reports.stamp import stamp_of
from lms.insights.reports.taking import current_snapshot, reports_in
from lms.mail.models import Letter
from lms.people.models import Organisation, User

pytestmark = pytest.mark.django_db

MARK = SYNTHETIC_MARK.lower()
SECTIONS = ["people", "instruments", "headline", "comparison", "facets", "own_changes", "observers",
            "yardstick", "limits", "method"]  # fmt: skip


def test_two_thousand_people_in_seventeen_regions_and_nobody_is_written_to():
    began = time.process_time()
    course = create_synthetic_programme()
    assert time.process_time() - began < 15
    sizes = User.objects.filter(is_synthetic=True).values("region").annotate(n=Count("pk"))
    assert sum(row["n"] for row in sizes) == PARTICIPANTS
    assert {row["n"] for row in sizes} == {117, 118}
    assert len(sizes) == 17
    assert not Letter.objects.exists()
    assert not mail.outbox
    assert not Certificate.objects.exists()
    snapshot = current_snapshot(course)
    reports = reports_in(snapshot)
    report, items = reports.programme, reports.items
    assert items.long_runs > 10
    assert len(items.forms) == 11
    assert all(pair.interval[0] < 1.5 and pair.interval[1] > -1.5 for pair in items.forms)
    assert {line.form for line in items.lines} == {"", "A", "B"}
    assert [row.form for row in report.precision] == [""] * 10 + ["A", "B"]
    for facet in report.facets:
        if facet.strand != "self_report":
            continue
        estimate = facet.estimate
        assert estimate.n > 900
        assert estimate.gain == pytest.approx(25 * TRUE_GAINS[facet.code], abs=2)
        covers_zero = estimate.interval[0] <= 0 <= estimate.interval[1]
        assert covers_zero == (TRUE_GAINS[facet.code] == 0)
    judged = report.strands[1]
    assert judged.strand == "judgement"
    assert judged.estimate.interval[0] > 0
    assert report.waiting.gain == pytest.approx(1.25, abs=1)
    assert report.shift.shift < 0
    assert len(report.regions.lines) == 16
    assert report.regions.others == 1
    assert report.observed.estimate.n == 16 * 16
    assert report.observed.estimate.interval[0] > 5
    assert 0.4 < report.observed.together_interval[0] < report.observed.together < 0.9
    assert sum(region.observed is not None for region in reports.regions.values()) == 16
    for found in (report, *reports.regions.values()):
        sections = sections_of(found, stamp=stamp_of(snapshot), names=reports.names)
        assert [section.key for section in sections if section.key != "regions"] == SECTIONS
        told = {section.key: section.tables for section in sections}
        assert all(told[key] for key in ("people", "headline", "comparison", "observers"))
    assert report.categories.improved > 10 * report.categories.by_chance / 2


def test_everything_says_that_it_is_made_up():
    course = create_synthetic_programme(participants=170)
    assert course.is_synthetic
    assert MARK in course.title.lower()
    assert all(MARK in cohort.title.lower() for cohort in Cohort.objects.all())
    organisations = Organisation.objects.filter(people__is_synthetic=True)
    assert all(MARK in organisation.name.lower() for organisation in organisations)
    learners = User.objects.filter(enrollments__isnull=False)
    assert not learners.filter(is_synthetic=False).exists()
    assert not learners.filter(email__isnull=False).exists()
    assert not any(learner.has_usable_password() for learner in learners)


def test_its_records_agree_with_each_other():
    course = create_synthetic_programme(participants=340)
    required = sum(activity.is_required for activity in course.outline().activities)
    for enrollment in Enrollment.objects.prefetch_related("transitions", "completions", "attempts"):
        moves = list(enrollment.transitions.all())
        assert moves[-1].to_state == enrollment.state
        assert [move.from_state for move in moves] == ["", *(m.to_state for m in moves[:-1])]
        done = enrollment.completions.count()
        assert (done == required) == (enrollment.state == EnrollmentState.COMPLETED)
        asked = [a for a in enrollment.attempts.all() if a.wave in ("pre", "post")]
        assert len(asked) == sum(
            completion.activity.slug in ("do", "posle")
            for completion in enrollment.completions.all()
        )
        if enrollment.state == EnrollmentState.INVITED:
            assert not done
    assert {state for (state,) in Enrollment.objects.values_list("state")} == set(EnrollmentState)


def test_making_it_again_changes_nothing():
    first = create_synthetic_programme(participants=85)
    counts = [m.objects.count() for m in (User, Enrollment, EnrollmentTransition, Completion)]
    assert create_synthetic_programme(participants=85) == first
    again = [m.objects.count() for m in (User, Enrollment, EnrollmentTransition, Completion)]
    assert again == counts


def test_nobody_real_can_be_enrolled_in_it():
    create_synthetic_programme(participants=34)
    assert not any(cohort.is_enrollment_open for cohort in Cohort.objects.all())
