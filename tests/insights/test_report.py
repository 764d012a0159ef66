"""The report of gains: whose, which numbers, what is hidden, and the same in every form."""

import io
import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from assessments.bulk import record_attempts
from assessments.models import Assessment, Attempt
from assessments.psychometrics import paired_gain
from courses.models import Cohort, Course
from lms.insights import reports
from lms.insights.models import ReportSnapshot
from lms.insights.reports import taking
from lms.insights.reports.dataset import ItemFacts, SheetAnswers
from lms.insights.reports.items import _choices
from lms.insights.reports.method import ONLY_WORDS
from lms.insights.reports.taking import current_snapshot, reports_in
from lms.people.models import Consent, Region, Role
from lms.people.roles import grant_role
from tests.factories import CohortFactory, UserFactory
from tests.insights.test_programme import coordinator_of, people, trainer_of

pytestmark = pytest.mark.django_db

PRE = [0, 1, 2, 1, 0, 3, 2, 1, 0, 2, 1, 3]
POST = [2, 3, 2, 4, 1, 4, 3, 3, 0, 4, 2, 4]


def answered(region: Region, cohort: Cohort, *, times: int = 1, lost: int = 0) -> list:
    """Twelve people a time with the answers above; ``lost`` more answer before only."""
    enrollments = people(region, cohort, 12 * times + lost)
    for enrollment in enrollments:
        Consent.objects.create(user=enrollment.learner, purpose="answers", wording="1")
    both = enrollments[: 12 * times]
    now = timezone.now()
    for assessment in Assessment.objects.descendant_of(cohort.course):
        values = PRE if assessment.wave == "pre" else POST
        rows = [(e, [values[n % 12]], now) for n, e in enumerate(both)]
        if assessment.wave == "pre":
            rows += [(e, [1], now) for e in enrollments[12 * times :]]
        record_attempts(assessment, rows)
    return enrollments


def later(course: Course) -> None:
    """A day goes by, and the report is looked at again."""
    ReportSnapshot.objects.update(checked_at=timezone.now() - timedelta(days=2))


def test_learners_and_trainers_do_not_see_reports_and_visitors_sign_in(
    client,
    client_of,
    course,
):
    assert client.get("/insights/report/").status_code == 302
    trainer = trainer_of(CohortFactory(course=course))
    for user in (UserFactory(), trainer):
        for address in ("/insights/report/", "/insights/report.pdf"):
            assert client_of(user).get(address).status_code == 403


def test_before_the_first_answer_the_page_says_so(client_of, administrator, course, tomsk):
    people(tomsk, CohortFactory(course=course), 3)
    page = client_of(administrator).get("/insights/report/").text
    assert "ещё никто не ответил" in page
    assert client_of(administrator).get("/insights/report.pdf").status_code == 404


def test_the_headline_is_in_points_of_100_with_its_interval_then_in_deviations(
    client_of,
    administrator,
    course,
    tomsk,
):
    answered(tomsk, CohortFactory(course=course))
    expected = paired_gain([25 * x for x in PRE], [25 * x for x in POST])
    (strand,) = reports_in(current_snapshot(course)).programme.strands
    assert strand.estimate.n == 12
    assert strand.estimate.gain == pytest.approx(expected.mean_diff)
    assert strand.estimate.interval == pytest.approx((expected.ci_low, expected.ci_high))
    assert strand.estimate.g == pytest.approx(expected.g_av)
    page = client_of(administrator).get("/insights/report/").text
    assert "среднее изменилось на +33,3 балла из 100 (интервал 95%: от" in page
    order = [page.index(f'id="{key}"') for key in (
        "people", "instruments", "headline", "comparison", "facets", "own_changes", "observers",
        "yardstick", "regions", "limits", "method",
    )]  # fmt: skip
    assert order == sorted(order)


def test_a_coordinator_reads_their_own_region_only(client_of, course, tomsk, omsk):
    for region in (tomsk, omsk):
        answered(region, CohortFactory(course=course))
    browser = client_of(coordinator_of(tomsk))
    page = browser.get("/insights/report/")
    assert page.context["shown"].region == tomsk
    assert "Омская" not in page.text
    assert browser.get(f"/insights/report/?region={omsk.pk}").status_code == 422
    assert browser.get(f"/insights/report.csv?region={omsk.pk}").status_code == 404


def test_a_region_of_nine_has_no_report_and_is_in_no_total(
    client_of,
    course,
    tomsk,
    omsk,
    administrator,
):
    answered(tomsk, CohortFactory(course=course), times=2)
    few = answered(omsk, CohortFactory(course=course))
    Attempt.objects.filter(enrollment__in=few[:3]).delete()
    found = reports_in(current_snapshot(course))
    assert found.programme.strands[0].estimate.n == 24
    assert found.programme.regions.others == 1
    assert list(found.regions) == [tomsk.pk]
    page = client_of(coordinator_of(omsk)).get("/insights/report/").text
    assert "Меньше 10 человек" in page or "меньше 10 человек" in page


def test_the_report_stands_for_a_day_and_until_ten_more_have_answered(course, tomsk):
    cohort = CohortFactory(course=course)
    answered(tomsk, cohort, times=2)
    first = current_snapshot(course)
    answered(tomsk, cohort)
    assert current_snapshot(course) == first
    later(course)
    second = current_snapshot(course)
    assert second != first
    assert reports_in(second).programme.strands[0].estimate.n == 36
    newcomer = people(tomsk, cohort, 1, gain=3)
    later(course)
    assert current_snapshot(course) == second
    assert newcomer
    assert reports_in(first).programme.strands[0].estimate.n == 24, "frozen"


def test_a_withdrawn_consent_does_not_show_in_the_difference_of_two_reports(
    course,
    tomsk,
):
    enrollments = answered(tomsk, CohortFactory(course=course), times=2)
    first = current_snapshot(course)
    Consent.objects.filter(user=enrollments[0].learner).update(withdrawn_at=timezone.now())
    later(course)
    assert current_snapshot(course) == first


def test_a_report_that_must_stand_is_compared_once_a_day_after_a_release(
    client_of, administrator, course, tomsk, monkeypatch
):
    enrollments = answered(tomsk, CohortFactory(course=course), times=2)
    first = current_snapshot(course)
    Consent.objects.filter(user=enrollments[0].learner).update(withdrawn_at=timezone.now())
    monkeypatch.setattr(taking, "method_version", lambda: "another")
    assert current_snapshot(course) == first
    monkeypatch.setattr(taking, "read_answers", lambda *_: pytest.fail("read again"))
    page = client_of(administrator).get("/insights/report/")
    assert page.context["shown"].stamp.method == first.method, "it says by which it was made"


def test_a_report_of_an_earlier_shape_that_must_stand_says_so(
    client_of, administrator, course, tomsk
):
    enrollments = answered(tomsk, CohortFactory(course=course), times=2)
    current_snapshot(course)
    Consent.objects.filter(user=enrollments[0].learner).update(withdrawn_at=timezone.now())
    ReportSnapshot.objects.update(content={"programme": {"flow": {}}}, method="m", checked_by="m")
    browser = client_of(administrator)
    for address in ("/insights/report/", "/insights/items/"):
        page = browser.get(address)
        assert page.status_code == 200
        assert "прежней версией" in page.text
    assert browser.get("/insights/report.pdf").status_code == 404


def test_other_words_are_no_other_method():
    folder = Path(reports.__file__).parent
    modules = {file.stem: file.read_text() for file in folder.glob("*.py")}
    words = {name.removesuffix(".py") for name in ONLY_WORDS}
    assert words <= modules.keys()
    for name in modules.keys() - words:
        imported = set(re.findall(r"from lms\.insights\.reports\.(\w+) import", modules[name]))
        assert not imported & words, f"{name} makes numbers"


def asked_again_before(course: Course) -> Assessment:
    """The wave of those who wait."""
    first = Assessment.objects.descendant_of(course).get(wave="pre")
    again = Assessment(title="again", slug="again", instrument=first.instrument, wave="pre_again")
    first.get_parent().add_child(instance=again)
    return again


def test_those_who_waited_are_compared_with_the_end_of_waiting(course, tomsk, caplog):
    enrollments = answered(tomsk, CohortFactory(course=course), times=2)
    now = Attempt.objects.earliest("submitted_at").submitted_at
    record_attempts(
        asked_again_before(course),
        [(e, [PRE[n % 12] + 1], now) for n, e in enumerate(enrollments)],
    )
    report = reports_in(current_snapshot(course)).programme
    (strand,) = report.strands
    gains = [25 * (after - before - 1) for before, after in zip(PRE, POST, strict=True)]
    assert strand.estimate.n == 24
    assert strand.estimate.gain == pytest.approx(np.mean(gains))
    assert report.waiting.gain == pytest.approx(25)
    assert "Totals of" not in caplog.text, "the aggregate in the database tells the same"


def test_answers_before_that_were_sent_after_the_course_do_not_count(course, tomsk, caplog):
    enrollments = answered(tomsk, CohortFactory(course=course), times=2)
    late = Attempt.objects.filter(enrollment__in=enrollments[:10], wave="pre")
    late.update(submitted_at=timezone.now() + timedelta(minutes=1))
    report = reports_in(current_snapshot(course)).programme
    assert report.strands[0].estimate.n == 14
    assert report.flow.before == 14
    assert "Totals of" not in caplog.text


def test_everybody_alike_is_told_without_an_interval(client_of, administrator, course, tomsk):
    people(tomsk, CohortFactory(course=course), 12, gain=1)
    page = client_of(administrator).get("/insights/report/")
    assert page.status_code == 200
    assert "среднее изменилось на +25,0 балла из 100, у всех одинаково" in page.text


def test_those_lost_are_set_beside_those_who_stayed(course, tomsk):
    answered(tomsk, CohortFactory(course=course), times=3, lost=12)
    flow = reports_in(current_snapshot(course)).programme.flow
    assert (flow.enrolled, flow.before, flow.after) == (48, 48, 36)
    assert flow.share_lost == 0.25
    assert flow.lost_minus_stayed < 0


def test_pdf_csv_and_xlsx_have_the_numbers_of_the_page(client_of, administrator, course, tomsk):
    Course.objects.update(is_synthetic=True)
    answered(tomsk, CohortFactory(course=course))
    browser = client_of(administrator)
    csv = browser.get("/insights/report.csv").content.decode("utf-8-sig")
    assert csv.startswith("Синтетические данные")
    assert "Главный результат;Что люди говорят о своей работе;Изменение среднего;33,3" in csv
    rows = list(
        load_workbook(io.BytesIO(browser.get("/insights/report.xlsx").content)).active.values
    )
    assert ("Кто ответил", "Ответили оба раза", "Люди", 12) in rows
    text = "".join(
        page.extract_text()
        for page in PdfReader(io.BytesIO(browser.get("/insights/report.pdf").content)).pages
    )
    assert "+33,3" in text
    assert "Синтетические данные" in text
    snapshot = ReportSnapshot.objects.get()
    assert snapshot.method in text


def test_reading_a_report_again_takes_a_few_queries(
    client_of,
    administrator,
    course,
    tomsk,
    django_assert_max_num_queries,
):
    answered(tomsk, CohortFactory(course=course), times=2)
    browser = client_of(administrator)
    browser.get("/insights/report/")
    with django_assert_max_num_queries(20):
        browser.get("/insights/report/")


def test_a_methodologist_reads_the_whole(client_of, course, tomsk):
    answered(tomsk, CohortFactory(course=course))
    user = UserFactory()
    grant_role(user=user, role=Role.METHODOLOGIST)
    page = client_of(user).get("/insights/report/")
    assert page.context["shown"].region is None


def test_trainers_study_the_questions_of_their_own_courses(client_of, course, tomsk):
    cohort = CohortFactory(course=course)
    answered(tomsk, cohort, times=3)
    page = client_of(trainer_of(cohort)).get("/insights/items/")
    assert page.status_code == 200
    assert "Вопрос за вопросом" in page.text
    (line,) = reports_in(current_snapshot(course)).items.lines
    assert line.easiness == pytest.approx(25 * sum(PRE) / len(PRE))
    (choice,) = reports_in(current_snapshot(course)).items.choices
    assert choice.n == 9, "three in twelve chose neither of the two options"
    assert dict(choice.shares) == {"нет": None, "да": None}


def test_trainers_of_other_courses_and_coordinators_do_not(client_of, course, tomsk):
    answered(tomsk, CohortFactory(course=course))
    page = client_of(trainer_of(CohortFactory())).get(f"/insights/items/?course={course.pk}")
    assert "Вопрос за вопросом" not in page.text
    assert client_of(coordinator_of(tomsk)).get("/insights/items/").status_code == 403


def test_options_that_few_chose_are_hidden_with_a_neighbour():
    facts = (ItemFacts("a", "", "s", "labelled", 1, ((0, "no"), (1, "yes"), (2, "often"))),)
    values = np.array([[0.0]] * 30 + [[1.0]] * 3 + [[2.0]] * 10)
    sheet = SheetAnswers("", np.arange(43), values, {"s": values}, facts)
    (found,) = list(_choices(sheet))
    assert dict(found.shares) == {"no": 30 / 43, "yes": None, "often": None}
