"""A cohort's certificates at once: checked before, watched, taken along."""

from __future__ import annotations

import errno
import io
import zipfile

import pytest
from django.core.files.storage import FileSystemStorage

from certificates import making
from certificates.batches import PART, candidates, progress_of, start_batch
from certificates.issuing import issue_certificate
from certificates.models import Certificate, IssueBatch, RegisterCounter, RegisterEntry
from certificates.versions import withdraw
from lms.jobs.models import Job
from lms.jobs.queue import run
from lms.people.models import Role
from lms.people.roles import grant_role
from tests.certificates.factories import agree_to_name, completed, make_template
from tests.factories import CohortFactory, UserFactory, active_enrollment

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainer():
    user = UserFactory()
    grant_role(user=user, role=Role.TRAINER)
    return user


@pytest.fixture
def cohort(trainer):
    return CohortFactory(trainers=[trainer])


def test_a_trainer_issues_to_the_cohort_and_sees_what_became_of_each(
    client_of, trainer, cohort, django_capture_on_commit_callbacks
):
    template = make_template(course=cohort.course)
    ready = completed(cohort=cohort, learner=UserFactory(family_name="Готова"))
    agree_to_name(ready.learner)
    completed(cohort=cohort, learner=UserFactory(family_name="漢字"))
    before = completed(cohort=cohort, learner=UserFactory(family_name="Прежняя"))
    issue_certificate(before)
    active_enrollment(cohort=cohort, learner=UserFactory(family_name="Учится"))
    browser = client_of(trainer)
    address = f"/cms/cohorts/{cohort.pk}/certificates/"
    page = browser.get(address).text
    assert "Готов 1 человек" in page
    assert "漢 字" in page
    assert "Прежняя" in page
    assert "Учится" not in page
    everyone = [e.pk for e in cohort.enrollments.all()]
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(address, {"template": template.pk, "person": everyone})
    batch = IssueBatch.objects.get()
    assert answer.headers["Location"] == f"/cms/certificate-batches/{batch.uuid}/"
    page = browser.get(answer.headers["Location"]).text
    number = Certificate.objects.get(enrollment=ready).number
    assert number in page
    assert "1 из 1" in page
    assert browser.get(f"{answer.headers['Location']}progress/").json()["finished"]
    archive = b"".join(
        browser.get(f"{answer.headers['Location']}certificates.zip").streaming_content
    )
    files = zipfile.ZipFile(io.BytesIO(archive))
    assert files.namelist() == [f"{number} Готова Мария Петровна.pdf"]
    assert files.read(files.namelist()[0]).startswith(b"%PDF-")
    assert files.testzip() is None
    stranger = UserFactory()
    grant_role(user=stranger, role=Role.TRAINER)
    for path in (address, f"/cms/certificate-batches/{batch.uuid}/"):
        assert client_of(stranger).get(path).status_code == 404


def test_a_batch_may_run_twice_and_issues_once(cohort, trainer):
    template = make_template()
    people = [completed(cohort=cohort, learner=UserFactory()) for _n in range(3)]
    batch = start_batch(cohort=cohort, template=template, enrollments=people, actor=trainer)
    again = start_batch(cohort=cohort, template=template, enrollments=people, actor=trainer)
    for job in Job.objects.order_by("pk"):
        run(job.pk)
    assert Certificate.objects.count() == 3
    assert RegisterCounter.objects.get().last == 3
    assert progress_of(batch).counts == progress_of(again).counts
    assert progress_of(batch).done == 3
    assert {event.actor for c in Certificate.objects.all() for event in c.events.all()} == {trainer}


def test_a_large_cohort_is_shared_among_workers(cohort, trainer):
    template = make_template()
    people = [completed(cohort=cohort, learner=UserFactory()) for _n in range(PART + 1)]
    batch = start_batch(cohort=cohort, template=template, enrollments=people, actor=trainer)
    assert sorted(job.total for job in batch.jobs.all()) == [1, PART]


def test_a_full_disk_issues_nothing_and_is_tried_again(cohort, trainer, monkeypatch):
    template = make_template()
    person = completed(cohort=cohort)
    batch = start_batch(cohort=cohort, template=template, enrollments=[person], actor=trainer)
    job = batch.jobs.get()

    def full(*_args, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", full)
        run(job.pk)
    assert not Certificate.objects.exists()
    progress = progress_of(batch)
    assert progress.counts["failed"] == 1
    assert progress.tried_again_at
    assert not progress.is_finished
    ((_enrollment, item),) = progress.rows
    assert "нет места" in item.message
    Job.objects.update(not_before=None)
    run(job.pk)
    assert progress_of(batch).counts == {"issued": 1, "refused": 0, "failed": 0}
    assert Certificate.objects.get().number == RegisterEntry.objects.get().number
    assert RegisterCounter.objects.get().last == 1


def test_without_a_signing_key_the_sentence_says_what_to_do_and_nothing_is_issued(
    cohort, trainer, client_of, settings, tmp_path
):
    template = make_template()
    person = completed(cohort=cohort)
    batch = start_batch(cohort=cohort, template=template, enrollments=[person], actor=trainer)
    job = batch.jobs.get()
    there, settings.ISSUER_KEYS_DIR = settings.ISSUER_KEYS_DIR, tmp_path / "none"
    run(job.pk)
    page = client_of(trainer).get(f"/cms/certificate-batches/{batch.uuid}/").text
    assert "Нет ключей для подписи. Попросите администратора" in page
    assert "make_issuer_keys" in page
    assert "Следующая попытка" in page
    assert not Certificate.objects.exists()
    settings.ISSUER_KEYS_DIR = there
    Job.objects.update(not_before=None)
    run(job.pk)
    assert Certificate.objects.get().number.endswith("-000001")


def test_a_template_withdrawn_in_the_meantime_issues_nothing_more(cohort, trainer):
    template = make_template()
    people = [completed(cohort=cohort, learner=UserFactory()) for _n in range(2)]
    issue_certificate(people[0], template=template)
    batch = start_batch(cohort=cohort, template=template, enrollments=people, actor=trainer)
    withdraw(template)
    run(batch.jobs.get().pk)
    outcomes = {row.learner: item.message for row, item in progress_of(batch).rows}
    assert outcomes[people[0].learner] == Certificate.objects.get().number
    assert "Шаблон отозван" in outcomes[people[1].learner]
    assert progress_of(batch).is_finished


def test_letters_the_font_lacks_are_listed_before_the_issue_whatever_the_script(cohort):
    template = make_template()
    for family in ("漢字", "عمر", "გიორგი", "Ђорђевић"):
        completed(cohort=cohort, learner=UserFactory(family_name=family))
    problems = {
        row.enrollment.learner.family_name: row.problem for row in candidates(cohort, template)
    }
    assert "漢 字" in problems["漢字"]
    assert "ع م ر" in problems["عمر"]
    assert "გ" in problems["გიორგი"]
    assert problems["Ђорђевић"] == ""  # Cyrillic of the neighbours is there


def test_a_death_between_the_file_and_the_row_leaves_no_file_and_no_gap(cohort, monkeypatch):
    person = completed(cohort=cohort)
    stored = []
    original = making._stored

    def remembered(pdf, entry):
        stored.append(original(pdf, entry))
        return stored[-1]

    def dies(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "_stored", remembered)
    with monkeypatch.context() as patched:
        patched.setattr(making, "_record", dies)
        with pytest.raises(KeyboardInterrupt):
            issue_certificate(person)
    assert not making.storages["private"].exists(stored[0])
    assert issue_certificate(person).number.endswith("-000001")


def test_the_check_before_costs_no_more_for_each_person_than_it_must(
    cohort, django_assert_max_num_queries
):
    template = make_template()
    for _n in range(4):
        completed(cohort=cohort, learner=UserFactory())
    with django_assert_max_num_queries(4):
        rows = candidates(cohort, template)
    assert all(row.is_ready for row in rows)
