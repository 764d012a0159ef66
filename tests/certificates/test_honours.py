"""Awards and thanks: by people, in words, with consent, without places."""

from __future__ import annotations

import pytest
from django.core import mail

from certificates.honours import (
    DecidedAlready,
    NominatedAlready,
    NotAColleague,
    ReasonTooShort,
    answer,
    decide,
    issue_award,
    nominate,
)
from certificates.models import Award, Certificate
from lms.people.models import Role, User
from lms.people.roles import grant_role
from tests.factories import (
    CohortFactory,
    OrganisationFactory,
    RegionFactory,
    UserFactory,
    active_enrollment,
)

pytestmark = pytest.mark.django_db
REASON = "за терпение, с которым она провела двадцать трудных разговоров"


@pytest.fixture
def nominee() -> User:
    return UserFactory(family_name="Добрая", organisation=OrganisationFactory())


@pytest.fixture
def colleague(nominee) -> User:
    return UserFactory(family_name="Коллегина", organisation=nominee.organisation)


@pytest.fixture
def coordinator(nominee) -> User:
    user = UserFactory(family_name="Решалова")
    grant_role(user=user, role=Role.COORDINATOR, region=nominee.region)
    return user


@pytest.fixture
def award(nominee, colleague) -> Award:
    return nominate(by=colleague, nominee=nominee, kind="thanks", reason=REASON)


def test_who_may_nominate_whom(nominee, colleague, coordinator):
    trainer, fellow, stranger = UserFactory(), UserFactory(), UserFactory()
    grant_role(user=trainer, role=Role.TRAINER)
    cohort = CohortFactory(trainers=[trainer])
    for learner in (nominee, fellow):
        active_enrollment(cohort=cohort, learner=learner)
    for by in (colleague, coordinator, trainer, fellow):
        nominate(by=by, nominee=nominee, kind="thanks", reason=REASON)
    for by in (stranger, nominee):
        with pytest.raises(NotAColleague):
            nominate(by=by, nominee=nominee, kind="thanks", reason=REASON)
    with pytest.raises(NominatedAlready):
        nominate(by=colleague, nominee=nominee, kind="award", reason=REASON)
    with pytest.raises(ReasonTooShort):
        nominate(by=trainer, nominee=fellow, kind="thanks", reason="молодец")


def test_from_the_nomination_to_the_board(
    client, client_of, nominee, colleague, coordinator, django_capture_on_commit_callbacks
):
    form = {"nominee": nominee.pk, "kind": "thanks", "reason": REASON}
    short = client_of(colleague).post("/honour/nominate/", {**form, "reason": "молодец"})
    assert short.status_code == 422
    assert "молодец" in short.text
    client_of(colleague).post("/honour/nominate/", form)
    award = Award.objects.get()
    board = f"/honour/{nominee.region.code}/"
    assert "Добрая" in client_of(coordinator).get("/honour/decide/").text
    with django_capture_on_commit_callbacks(execute=True):
        client_of(coordinator).post(f"/honour/{award.uuid}/decision/", {"decision": "support"})
    assert REASON in mail.outbox[0].body
    assert "Добрая" not in client.get(board).text
    own = client_of(nominee)
    assert "Вы согласны?" in own.get("/honour/mine/").text
    with django_capture_on_commit_callbacks(execute=True):
        own.post(f"/honour/{award.uuid}/answer/", {"answer": "show"})
    certificate = Certificate.objects.get(learner=nominee)
    assert certificate.template.kind == "honour"
    assert certificate.snapshot["body"] == REASON
    assert certificate.snapshot["course"] == ""
    page = client.get(board).text
    assert "Добрая Мария Петровна" in page
    assert REASON in page
    assert client.get("/honour/").text.count(nominee.region.name) == 1
    assert REASON in client.get(f"/v/{certificate.code}/").text
    own.post(f"/honour/{award.uuid}/answer/", {"answer": "hide"})
    assert "Добрая" not in client.get(board).text


def test_without_consent_nothing_is_given(award, coordinator, client_of, nominee):
    decide(award, actor=coordinator, supports=True)
    client_of(UserFactory()).post(f"/honour/{award.uuid}/answer/", {"answer": "show"})
    award.refresh_from_db()
    assert award.state == "offered"
    client_of(nominee).post(f"/honour/{award.uuid}/answer/", {"answer": "refuse"})
    award.refresh_from_db()
    assert award.state == "refused"
    assert not Certificate.objects.exists()
    with pytest.raises(DecidedAlready):
        answer(award, agrees=True, is_shown=True)


def test_other_regions_do_not_decide(award, client_of):
    other = UserFactory()
    grant_role(user=other, role=Role.COORDINATOR, region=RegionFactory(code="RU-OMS", name="Омск"))
    address = f"/honour/{award.uuid}/decision/"
    assert client_of(other).post(address, {"decision": "support"}).status_code == 404


def test_a_note_goes_to_who_nominated_when_it_is_not_supported(
    award, client_of, coordinator, colleague
):
    browser = client_of(coordinator)
    browser.post(f"/honour/{award.uuid}/decision/", {"decision": "decline", "note": "Позже"})
    assert "Позже" in client_of(colleague).get("/honour/mine/").text
    browser.post(f"/honour/{award.uuid}/decision/", {"decision": "support"})
    award.refresh_from_db()
    assert award.state == "declined"


def test_the_document_of_an_award_is_made_once(award, coordinator):
    decide(award, actor=coordinator, supports=True)
    answer(award, agrees=True, is_shown=False)
    award.refresh_from_db()
    first = issue_award(award)
    Award.objects.update(certificate=None)  # the worker died before it could say so
    assert issue_award(Award.objects.get()) == first
    assert Certificate.objects.count() == 1


def test_a_revoked_document_leaves_the_board(award, coordinator, client):
    decide(award, actor=coordinator, supports=True)
    answer(award, agrees=True, is_shown=True)
    award.refresh_from_db()
    certificate = issue_award(award)
    assert "Добрая" in client.get(f"/honour/{award.region.code}/").text
    Certificate.objects.filter(pk=certificate.pk).update(state="revoked")
    assert "Добрая" not in client.get(f"/honour/{award.region.code}/").text
