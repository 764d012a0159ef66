"""How fast a report of gains is: 100,000 learners, 30 items, two waves, on PostgreSQL.

Run with ``make bench-gains``; it needs ``DATABASE_URL`` of a PostgreSQL server and works in a
database of its own. ``ratios.full``: the whole report (all regions, reading included) over a bare
numpy core that computes the main numbers from arrays already in memory; ``ratios.full_fetched``:
over the same core when it has to read its answers too, by plain SQL without asking who agreed.
``ratios.headline``: the headline from totals over a single SQL aggregate of the same rows, which
asks neither for the course nor for consent; ``ratios.headline_agreed``: over one that does. The
variants take turns inside every round; the last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import numpy as np

from tests.bench.pages import scratch_database

ITEMS_A_SCALE = 6
SCALES = ("one", "two", "three", "four", "control")
REGIONS = 17


def build(learners: int):
    """A course with ``learners`` who answered before and after; the arrays of their answers."""
    from uuid import uuid4

    from django.db import transaction
    from django.utils import timezone

    from assessments.loading import load_instrument
    from assessments.models import Assessment, Attempt
    from courses.models import Enrollment
    from lms.bulk import insert_rows, reserve_ids
    from lms.people.models import User
    from tests.factories import CohortFactory, RegionFactory, add_page, make_course, make_module

    course = make_course("Bench")
    instrument = load_instrument(
        {"code": "bench", "title": "Bench", "purpose": "", "who_sees": "", "instruction": "",
         "minutes": 1},
        scales=[
            {"code": code, "title": code, "description": "",
             "role": "control" if code == "control" else "target"}
            for code in SCALES
        ],
        items=[
            {"code": f"{code}{number}", "scale": code, "text": "", "reversed": False}
            for code in SCALES
            for number in range(ITEMS_A_SCALE)
        ],
        options=[(value, str(value)) for value in range(5)],
    )  # fmt: skip
    module = make_module(course)
    asked = {
        wave: add_page(module, Assessment(title=wave, slug=wave, instrument=instrument, wave=wave))
        for wave in ("pre", "post")
    }
    regions = [
        RegionFactory(code=f"RU-{number:03}", name=f"Region {number}") for number in range(REGIONS)
    ]
    of_region = np.arange(learners) % len(regions)
    now = timezone.now()
    cohort = CohortFactory(course=course)
    tables = answers_of(learners)
    with transaction.atomic():
        people = reserve_ids(User, learners)
        insert_rows(
            User,
            ("id", "uuid", "email", "region", "is_synthetic", "password"),
            (
                (person, uuid4(), None, regions[place].pk, True, "!")
                for person, place in zip(people, of_region, strict=True)
            ),
        )
        enrollments = reserve_ids(Enrollment, learners)
        insert_rows(
            Enrollment,
            ("id", "uuid", "learner", "cohort", "state", "activated_at"),
            (
                (enrollment, uuid4(), person, cohort.pk, "active", now)
                for enrollment, person in zip(enrollments, people, strict=True)
            ),
        )
        for wave, table in tables.items():
            totals = table[:, : 4 * ITEMS_A_SCALE].mean(axis=1)
            moment = now - timedelta(days=30) if wave == "pre" else now
            insert_rows(
                Attempt,
                ("uuid", "enrollment", "assessment", "instrument", "wave", "submitted_at",
                 "vector", "self_report"),
                (
                    (uuid4(), enrollment, asked[wave].pk, instrument.pk, wave, moment,
                     vector.tobytes(), float(total))
                    for enrollment, vector, total in zip(enrollments, table, totals, strict=True)
                ),
            )  # fmt: skip
    return course, instrument, tables, of_region


def answers_of(learners: int) -> dict[str, np.ndarray]:
    """Made-up answers before and after, people × items."""
    chance = np.random.default_rng(2026)
    habit = chance.normal(2, 0.6, size=(learners, 1))
    found = {}
    for wave, gain in (("pre", 0.0), ("post", 0.3)):
        raw = habit + gain + chance.normal(0, 0.8, size=(learners, len(SCALES) * ITEMS_A_SCALE))
        found[wave] = np.clip(np.rint(raw), 0, 4).astype(np.uint8)
    return found


def bare_core(tables: dict[str, np.ndarray], of_region: np.ndarray) -> list[float]:
    """Scale scores, gains with their errors, reliabilities and regional means: nothing else."""
    found: list[float] = []
    scores = {}
    for wave, table in tables.items():
        items = table.reshape(len(table), len(SCALES), ITEMS_A_SCALE).astype(np.float64)
        scores[wave] = items.mean(axis=2)
        if wave == "pre":
            total = items.sum(axis=2).var(axis=0, ddof=1)
            single = items.var(axis=0, ddof=1).sum(axis=1)
            found += (ITEMS_A_SCALE / (ITEMS_A_SCALE - 1) * (1 - single / total)).tolist()
    change = scores["post"] - scores["pre"]
    n = len(change)
    found += (change.mean(axis=0) / (change.std(axis=0, ddof=1) / np.sqrt(n))).tolist()
    for wave in scores.values():
        found += wave.std(axis=0, ddof=1).tolist()
    headline = change[:, :4].mean(axis=1)
    counts = np.bincount(of_region)
    means = np.bincount(of_region, headline) / counts
    found += means.tolist()
    found += (np.bincount(of_region, (headline - means[of_region]) ** 2) / (counts - 1)).tolist()
    return found


def fetched(instrument_id: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """What ``bare_core`` takes, read row by row without the product's code."""
    from django.db import connection

    tables, regions = {}, []
    with connection.cursor() as cursor:
        for wave in ("pre", "post"):
            cursor.execute(
                "SELECT u.region_id, a.vector FROM assessments_attempt a"
                " JOIN courses_enrollment e ON e.id = a.enrollment_id"
                " JOIN people_user u ON u.id = e.learner_id"
                " WHERE a.instrument_id = %s AND a.wave = %s AND a.submitted_at IS NOT NULL"
                " AND a.erased_at IS NULL ORDER BY a.enrollment_id",
                [instrument_id, wave],
            )
            regions, vectors = zip(*cursor.fetchall(), strict=True)
            answers = np.frombuffer(b"".join(vectors), dtype=np.uint8)
            tables[wave] = answers.reshape(len(vectors), -1)
    return tables, np.unique(np.array(regions), return_inverse=True)[1]


def measure(variants: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median milliseconds of each variant; they take turns."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for number in range(rounds + 1):
        for name, run in variants.items():
            began = time.perf_counter()
            run()
            if number:  # the first round warms up
                taken[name].append((time.perf_counter() - began) * 1000)
    return {name: round(statistics.median(times), 2) for name, times in taken.items()}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        print("DATABASE_URL of a PostgreSQL server is needed", file=sys.stderr)
        return 2
    os.environ.setdefault("SECRET_KEY", "only-for-the-bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")
    import django

    django.setup()
    from django.db import connection

    from lms.insights.reports.answers import read_answers
    from lms.insights.reports.content import SMALLEST_MEAN
    from lms.insights.reports.freezing import States, settle
    from lms.insights.reports.headline import headline_from_totals
    from lms.insights.reports.taking import compute

    connection.settings_dict["TEST"]["MIGRATE"] = False  # from the models: quicker, no seeds
    with scratch_database():
        began = time.perf_counter()
        course, instrument, tables, of_region = build(options.learners)
        print(f"built in {time.perf_counter() - began:.0f} s", flush=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

        def full() -> object:
            data = read_answers(course, instrument)
            states = settle(States.nobody(), data.states(), minimum=SMALLEST_MEAN)
            return compute(course, data.limited(states), states)

        def read() -> object:
            return read_answers(course, instrument)

        def aggregate() -> tuple:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*), avg(b.self_report - a.self_report),"
                    " stddev_samp(b.self_report - a.self_report)"
                    " FROM assessments_attempt a JOIN assessments_attempt b"
                    " ON b.enrollment_id = a.enrollment_id"
                    " WHERE a.instrument_id = %s AND b.instrument_id = %s"
                    " AND a.wave = 'pre' AND b.wave = 'post'"
                    " AND a.submitted_at IS NOT NULL AND b.submitted_at IS NOT NULL"
                    " AND a.erased_at IS NULL AND b.erased_at IS NULL",
                    [instrument.pk, instrument.pk],
                )
                return cursor.fetchone()

        def aggregate_agreed() -> tuple:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*), avg(b.self_report - a.self_report),"
                    " stddev_samp(b.self_report - a.self_report)"
                    " FROM assessments_attempt a JOIN assessments_attempt b"
                    " ON b.enrollment_id = a.enrollment_id"
                    " JOIN courses_enrollment e ON e.id = a.enrollment_id"
                    " JOIN courses_cohort c ON c.id = e.cohort_id"
                    " JOIN people_user u ON u.id = e.learner_id"
                    " WHERE a.instrument_id = %s AND b.instrument_id = %s"
                    " AND a.wave = 'pre' AND b.wave = 'post' AND c.course_id = %s"
                    " AND a.submitted_at IS NOT NULL AND b.submitted_at IS NOT NULL"
                    " AND a.erased_at IS NULL AND b.erased_at IS NULL"
                    " AND (u.is_synthetic OR EXISTS (SELECT FROM people_consent p"
                    "  WHERE p.user_id = u.id AND p.purpose = 'answers'"
                    "  AND p.withdrawn_at IS NULL))",
                    [instrument.pk, instrument.pk, course.pk],
                )
                return cursor.fetchone()

        report = full().programme
        headline = headline_from_totals(course, instrument)
        assert np.allclose(aggregate(), aggregate_agreed())
        assert np.allclose(bare_core(tables, of_region), bare_core(*fetched(instrument.pk)))
        assert report.strands[0].estimate.n == headline.n == options.learners
        assert abs(report.strands[0].estimate.gain - headline.mean_diff) < 1e-6
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        milliseconds = measure(
            {
                "core": lambda: bare_core(tables, of_region),
                "core_fetched": lambda: bare_core(*fetched(instrument.pk)),
                "full": full,
                "read": read,
                "aggregate": aggregate,
                "aggregate_agreed": aggregate_agreed,
                "headline": lambda: headline_from_totals(course, instrument),
            },
            options.rounds,
        )
    ratios = {
        "full": round(milliseconds["full"] / milliseconds["core"], 2),
        "full_fetched": round(milliseconds["full"] / milliseconds["core_fetched"], 2),
        "headline": round(milliseconds["headline"] / milliseconds["aggregate"], 2),
        "headline_agreed": round(milliseconds["headline"] / milliseconds["aggregate_agreed"], 2),
    }
    for name, value in milliseconds.items():
        print(f"{name:16} {value:10.2f} ms")
    print(f"{'memory':16} {peak:10} MB")
    print(
        json.dumps(
            {"learners": options.learners, "memory_mb": peak, "ms": milliseconds, "ratios": ratios}
        )
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
