"""The emotion check-in: how I feel now. The hosts see only a distribution, of five or more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Count, F

from lms.people.models import User
from webinars.live.anonymity import SMALLEST_GROUP, forget_voters, voter_key
from webinars.live.features.registry import CommandContext, Feature, Rate, Refused, StateValue
from webinars.live.permissions import Audience, Role, audiences_of
from webinars.live.protocol import ErrorCode, Payload
from webinars.models.checkin import CheckIn, CheckInAnswer
from webinars.models.room import Room

VALUES = 5

feature = Feature("checkin", kinds=[Room.Kind.WEBINAR])

CheckInId = Annotated[str, msgspec.Meta(min_length=1, max_length=36)]


class Open(Payload, frozen=True):
    moment: Literal["before", "now", "after"]


class Submit(Payload, frozen=True):
    checkin: CheckInId
    value: Annotated[int, msgspec.Meta(ge=1, le=VALUES)]


class Close(Payload, frozen=True):
    checkin: CheckInId


@feature.command("checkin.open", payload=Open, permission="checkin.lead")
def open_checkin(context: CommandContext, payload: Open) -> None:
    if CheckIn.objects.filter(room=context.room, closed_at=None).exists():
        raise Refused(ErrorCode.STATE, "another check-in is open")
    checkin = CheckIn.objects.create(
        room=context.room, moment=payload.moment, opened_at=context.now
    )
    context.append("checkin.opened", described(checkin))


@feature.command(
    "checkin.submit",
    payload=Submit,
    permission="checkin.submit",
    rate=Rate(0.5, 5),
    may_be_nameless=True,
)
def submit(context: CommandContext, payload: Submit) -> None:
    """Say how one feels; another answer replaces it while the check-in is open."""
    context.leave_no_name()
    checkin = _find(context.room, payload.checkin)
    if checkin.closed_at is not None:
        raise Refused(ErrorCode.STATE, "the check-in is closed")
    CheckInAnswer.objects.update_or_create(
        checkin=checkin,
        voter=voter_key(checkin.uuid, context.user.pk),
        defaults={"value": payload.value},
    )
    CheckIn.objects.filter(pk=checkin.pk).update(version=F("version") + 1)
    context.touch("checkin", key=str(checkin.uuid))


@feature.command("checkin.close", payload=Close, permission="checkin.lead")
def close_checkin(context: CommandContext, payload: Close) -> None:
    checkin = _find(context.room, payload.checkin)
    if checkin.closed_at is not None:
        raise Refused(ErrorCode.STATE, "the check-in is closed")
    _close(checkin, now=context.now)
    context.append("checkin.closed", {"checkin": str(checkin.uuid)})


def close_all(room: Room, *, now: datetime) -> None:
    """End what was left open when the room ends, so that its voters are forgotten too."""
    for checkin in CheckIn.objects.select_for_update().filter(room=room, closed_at=None):
        _close(checkin, now=now)


def _close(checkin: CheckIn, *, now: datetime) -> None:
    checkin.closed_at = now
    checkin.save(update_fields=["closed_at"])
    forget_voters(checkin.answers.all())


def _find(room: Room, checkin_id: str) -> CheckIn:
    try:
        return CheckIn.objects.select_for_update().get(room=room, uuid=checkin_id)
    except (CheckIn.DoesNotExist, ValidationError):
        raise Refused(ErrorCode.FORBIDDEN) from None


def described(checkin: CheckIn) -> dict[str, Any]:
    return {
        "checkin": str(checkin.uuid),
        "moment": checkin.moment,
        "is_open": checkin.closed_at is None,
    }


def distribution(checkin: CheckIn) -> dict[str, Any]:
    """How many answered, and how often each value was chosen; the latter of five or more only."""
    by = [0] * VALUES
    counted = checkin.answers.order_by().values_list("value").annotate(Count("id"))
    for value, count in counted:
        by[value - 1] = count
    total = sum(by)
    return {"total": total, "by": by if total >= SMALLEST_GROUP else None}


@feature.state("checkin", audience=Audience.STAFF)
def current(room: Room, key: str) -> StateValue | None:
    checkin = CheckIn.objects.filter(room=room, uuid=key).first()
    return StateValue(checkin.version, distribution(checkin)) if checkin is not None else None


@feature.present
def open_checkins(room: Room, role: Role) -> Iterator[tuple[str, str, StateValue]]:
    if Audience.STAFF in audiences_of(role):
        for checkin in CheckIn.objects.filter(room=room, closed_at=None):
            yield "checkin", str(checkin.uuid), StateValue(checkin.version, distribution(checkin))


@feature.snapshot
def checkins(room: Room, role: Role) -> dict[str, Any]:
    """The open one for everybody; for hosts all of them with their distributions."""
    found = CheckIn.objects.filter(room=room)
    if Audience.STAFF not in audiences_of(role):
        return {"checkins": [described(checkin) for checkin in found.filter(closed_at=None)]}
    return {"checkins": [described(c) | distribution(c) | {"n": c.version} for c in found]}


@feature.personal
def own_answer(room: Room, user: User, role: Role) -> dict[str, Any]:
    """One's own answer, as long as the check-in is open: afterwards nobody knows it."""
    checkin = CheckIn.objects.filter(room=room, closed_at=None).first()
    if checkin is None:
        return {}
    own = checkin.answers.filter(voter=voter_key(checkin.uuid, user.pk)).first()
    return {"checkin": str(checkin.uuid), "value": own.value if own is not None else None}
