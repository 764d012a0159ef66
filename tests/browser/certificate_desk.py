"""Makes certificates in every state for pictures, inside an installation's own process.

Run as a module with the installation's environment; prints where they are, who may come in, and a
file that somebody changed.
"""

from __future__ import annotations

import base64
import json
from datetime import date

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.urls import reverse  # noqa: E402

from certificates.batches import issue_part, start_batch  # noqa: E402
from certificates.honours import answer, decide, issue_award, nominate  # noqa: E402
from certificates.issuing import issue_certificate  # noqa: E402
from certificates.lifecycle import Action, change_state, supersede  # noqa: E402
from certificates.models import Certificate, CertificateTemplate, Provider  # noqa: E402
from certificates.previewing import picture  # noqa: E402
from certificates.versions import next_version  # noqa: E402
from courses.models import Course  # noqa: E402
from lms.people.models import Role, User  # noqa: E402
from lms.people.roles import grant_role  # noqa: E402
from tests.certificates.factories import agree_to_name, completed  # noqa: E402
from tests.factories import (  # noqa: E402
    CohortFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
)
from tests.webinars.clients import session_key_of  # noqa: E402

PEOPLE = [
    ("Иванова", "Мария", "Петровна"),
    ("Ли", "Анна", "Сергеевна"),
    ("Салтыкова-Щедрина", "Александра", "Константиновна"),
    ("Ким", "Виктор", "Ильич"),
    ("Ёлкина", "Ольга", "Чеславовна"),
    ("Фёдоров", "Пётр", "Борисович"),
    ("漢字", "Мэй", ""),
]
THANKS = (
    "за терпение, с которым она провела двадцать трудных разговоров этой осени, и за то, что "
    "научила этому смену"
)


def learner(number: int, cohort) -> User:
    family, given, patronymic = PEOPLE[number]
    return UserFactory(
        family_name=family,
        given_name=given,
        patronymic=patronymic,
        organisation=cohort.organisation,
        region=cohort.organisation.region,
        position="специалист по социальной работе",
    )


def prepare() -> dict:
    for factory in (UserFactory, RegionFactory, CohortFactory, OrganisationFactory):
        factory.reset_sequence(1000 * (User.objects.count() + 1), force=True)
    office = User.objects.get(email="methodologist@demo.example")
    region = office.region or User.objects.get(email="region@demo.example").region
    trainer = UserFactory(given_name="Ольга", family_name="Тренерова")
    grant_role(user=trainer, role=Role.TRAINER)
    coordinator = UserFactory(given_name="Вера", family_name="Томина", region=region)
    grant_role(user=coordinator, role=Role.COORDINATOR, region=region)
    course = Course.objects.live().first()
    cohort = CohortFactory(course=course, title="Осенний поток", trainers=[trainer])
    cohort.organisation = OrganisationFactory(
        name="Центр социального обслуживания населения", region=region
    )
    people = [learner(number, cohort) for number in range(len(PEOPLE))]
    done = [completed(cohort=cohort, learner=person) for person in people]
    valid = issue_certificate(done[0])
    revoked = issue_certificate(done[3])
    change_state(
        revoked, Action.REVOKED, actor=office, reason_class="issued-in-error", reason="ошибка"
    )
    old = issue_certificate(done[4])
    supersede(old, Action.DUPLICATED, actor=office, reason_class="lost", reason="потерян")
    licensed = Provider.objects.create(
        name="Учебный центр «Опора»",
        licence_number="Л035-01253-70/00000001",
        licence_authority="Департамент образования Томской области",
        licensed_on=date(2024, 3, 1),
    )
    qualification = CertificateTemplate.objects.create(
        code="qualification",
        kind="qualification",
        state="active",
        provider=licensed,
        heading="Удостоверение о повышении квалификации",
        body="прошла повышение квалификации по программе",
        hours=16,
        signer_name="Орлова Ирина Павловна",
        signer_position="Директор учебного центра",
        orientation="portrait",
        border="frame",
        primary="#24425c",
        accent="#b08d57",
    )
    draft = next_version(qualification)
    general = CertificateTemplate.objects.get(code="participation")
    issue_certificate(done[0], template=qualification)
    issue_certificate(done[5], template=qualification)
    batch = start_batch(cohort=cohort, template=general, enrollments=done, actor=trainer)
    issue_part(batch.jobs.get())
    waiting = CohortFactory(course=course, title="Зимний поток", trainers=[trainer])
    for person in people[:4]:
        completed(cohort=waiting, learner=person)
    agree_to_name(people[0])
    newcomer = UserFactory(
        family_name="Орешкина", given_name="Юлия", patronymic="Павловна", region=region
    )
    completed(cohort=waiting, learner=newcomer)
    active_enrollment(cohort=waiting, learner=coordinator)
    for person, kind in ((people[0], "thanks"), (people[2], "award")):
        award = nominate(by=coordinator, nominee=person, kind=kind, reason=THANKS)
        award = decide(award, actor=coordinator, supports=True)
        issue_award(answer(award, agrees=True, is_shown=True))
    nominate(by=coordinator, nominee=people[1], kind="thanks", reason=THANKS)
    with valid.pdf.open("rb") as file:
        pdf = bytearray(file.read())
    pdf[len(pdf) // 2] ^= 1
    return {
        "cookie": settings.SESSION_COOKIE_NAME,
        "keys": {
            name: session_key_of(user)
            for name, user in (
                ("office", office),
                ("trainer", trainer),
                ("coordinator", coordinator),
                ("holder", people[0]),
                ("newcomer", newcomer),
            )
        },
        "valid": f"/v/{valid.code}/",
        "revoked": f"/v/{revoked.code}/",
        "superseded": f"/v/{old.code}/",
        "one": f"/certificates/{valid.uuid}/",
        "cms_one": f"/cms/certificates/{valid.uuid}/",
        "board": f"/honour/{region.code}/",
        "template": f"/cms/certificate-templates/{qualification.pk}/",
        "editor": reverse("wagtailsnippets_certificates_certificatetemplate:edit", args=[draft.pk]),
        "cohort": f"/cms/cohorts/{waiting.pk}/certificates/",
        "batch": f"/cms/certificate-batches/{batch.uuid}/",
        "tampered": base64.b64encode(bytes(pdf)).decode(),
        "papers": {
            kind: base64.b64encode(paper(kind, person)).decode()
            for kind, person in (
                ("participation", people[0]),
                ("qualification", people[0]),
                ("award", people[2]),
                ("thanks", people[0]),
            )
        },
    }


def paper(code: str, holder: User) -> bytes:
    """A picture of the person's certificate of this template, of the very file."""
    found = Certificate.objects.valid().filter(template__code=code, learner=holder)
    with found.earliest("pk").pdf.open("rb") as file:
        return picture(file.read())


if __name__ == "__main__":
    print(json.dumps(prepare()))
