"""People who have not been here for long: a letter first, then their data is erased.

Results stay without a name and certificates in the register, as with every erasure. Whoever signs
in after the letter stays. Switched on by ``INACTIVE_PEOPLE_KEPT_DAYS``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from courses.enrollment_states import OPEN_STATES
from courses.models import Enrollment
from lms.mail.letters import write_letter
from lms.mail.models import Letter
from lms.people.erasing import PersonHasDuties, erase_person
from lms.people.models import User
from lms.people.zones import zone_of

SOURCE = "retention"
REASON = "Not active for longer than people are kept."
AT_ONCE = 500
"""How many people one run writes to or erases, so that a first run is no flood."""


@dataclass(frozen=True)
class Retired:
    """What a run did, or with ``dry_run`` would do."""

    warned: tuple[User, ...] = ()
    erased: tuple[User, ...] = ()


def inactive_people(now: datetime) -> QuerySet[User]:
    """Learners who neither signed in nor studied since, without a role.

    Nobody with an open enrolment, however long ago they were seen.
    """
    limit = now - timedelta(days=settings.INACTIVE_PEOPLE_KEPT_DAYS)
    theirs = Enrollment.objects.filter(learner=OuterRef("pk"))
    studies = theirs.filter(state__in=[str(state) for state in OPEN_STATES])
    later = theirs.filter(Q(last_seen_at__gte=limit) | Q(updated_at__gte=limit))
    return (
        User.objects.filter(
            is_active=True,
            is_staff=False,
            is_superuser=False,
            is_synthetic=False,
            role_assignments=None,
            erasure=None,
            merge=None,
            date_joined__lt=limit,
        )
        .filter(Q(last_login=None) | Q(last_login__lt=limit))
        .exclude(Exists(studies))
        .exclude(Exists(later))
        .order_by("pk")
    )


def retire_inactive_people(*, dry_run: bool = False) -> Retired:
    """Write to the inactive, and erase those whose letter is older than its time.

    People without an address cannot be warned: they are erased that much later. Each person is
    looked at once more in the moment of erasing. Nothing happens while it is switched off.
    """
    if not settings.INACTIVE_PEOPLE_KEPT_DAYS:
        return Retired()
    now = timezone.now()
    waited = now - timedelta(days=settings.INACTIVE_PEOPLE_WARNED_DAYS)
    warned: list[User] = []
    erased: list[User] = []
    for person in _due(now, waited):
        letter = Letter.objects.filter(key=_key(person)).first()
        if person.email and letter is None:
            warned.append(person)
            if not dry_run:
                _warn(person, now)
        elif _has_waited(person, letter, waited) and (dry_run or _erase(person)):
            erased.append(person)
    return Retired(tuple(warned), tuple(erased))


def _due(now: datetime, waited: datetime) -> list[User]:
    """The inactive, but for those who were written to and whose time is not over.

    Those do not use up a run: others would wait behind them.
    """
    found = []
    waiting = set(
        Letter.objects.filter(key__startswith="inactive:")
        .filter(Q(sent_at=None) | Q(sent_at__gte=waited))
        .values_list("key", flat=True)
    )
    for person in inactive_people(now).iterator():
        if _key(person) not in waiting:
            found.append(person)
        if len(found) == AT_ONCE:
            break
    return found


def _has_waited(person: User, letter: Letter | None, waited: datetime) -> bool:
    if letter is not None:
        return letter.sent_at is not None and letter.sent_at < waited
    limit = waited - timedelta(days=settings.INACTIVE_PEOPLE_KEPT_DAYS)
    return max(person.last_login or person.date_joined, person.date_joined) < limit


def _erase(person: User) -> bool:
    still = inactive_people(timezone.now()).filter(pk=person.pk, last_login=person.last_login)
    if not still.exists():
        return False
    try:
        erase_person(person, source=SOURCE, reason=REASON)
    except PersonHasDuties:
        return False
    return True


def _key(person: User) -> str:
    """Another after every visit: who came back and left again is warned again."""
    return f"inactive:{person.pk}:{(person.last_login or person.date_joined):%Y%m%d}"


def _warn(person: User, now: datetime) -> None:
    last_day = now + timedelta(days=settings.INACTIVE_PEOPLE_WARNED_DAYS)
    with translation.override(person.locale), timezone.override(zone_of(person)):
        day = date_format(timezone.localtime(last_day), "j E Y")
    write_letter(
        to=person,
        template="inactive",
        key=_key(person),
        context={"day": day, "link": settings.PUBLIC_URL + reverse("account_login")},
    )
