"""A region reads who was given personal data of its people."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from lms.api.models import PersonalDataAccess
from lms.api.tasks import forget_old
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
LOG = "/personal-data-accesses"


def test_it_says_who_read_whose_data_when_and_where(caller, caller_of, tomsk):
    learner = UserFactory(region=tomsk)
    platform = caller_of(None)
    shown = platform.get(f"/learners/{learner.uuid}")
    (entry,) = caller.get(LOG).data["items"]
    assert entry.pop("at")
    assert entry == {
        "learner": str(learner.uuid),
        "client": platform.client.name,
        "reader": None,
        "request": "GET /api/v1/learners/{learner_id}",
        "request_id": shown.headers["X-Request-Id"],
    }
    assert learner.family_name not in caller.get(LOG).content.decode()


def test_only_of_the_own_region_and_by_filter(caller, caller_of, tomsk, omsk):
    mine, theirs = UserFactory(region=tomsk), UserFactory(region=omsk)
    caller.get(f"/learners/{mine.uuid}")
    caller_of(omsk).get(f"/learners/{theirs.uuid}")

    def learners(query: str = "") -> list[str]:
        return [entry["learner"] for entry in caller.get(LOG + query).data["items"]]

    assert learners() == learners(f"?client={caller.client.name.replace(' ', '%20')}")
    assert learners() == learners(f"?learner={mine.uuid}") == [str(mine.uuid)]
    assert learners(f"?learner={theirs.uuid}") == []
    assert learners("?since=2100-01-01T00:00:00Z") == []


def test_it_needs_its_scope(caller_of, tomsk):
    assert caller_of(tomsk, ["learners:read"]).get(LOG).data["code"] == "scope-missing"


def test_old_entries_are_forgotten(caller, tomsk):
    caller.get(f"/learners/{UserFactory(region=tomsk).uuid}")
    forget_old()
    assert PersonalDataAccess.objects.count() == 1
    old = timezone.now() - timedelta(days=settings.ACCESSES_KEPT_DAYS + 1)
    PersonalDataAccess.objects.update(at=old)
    forget_old()
    assert PersonalDataAccess.objects.count() == 0
