"""Running a command: the one place where rights are asked and where nothing is done twice."""

from __future__ import annotations

import json
import logging
import uuid
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lms.people.models import User
from webinars.live import protocol
from webinars.live.anonymity import command_key
from webinars.live.features.registry import Command, CommandContext, Refused, find_command
from webinars.live.limits import Buckets
from webinars.live.members import silenced
from webinars.live.permissions import ACTS_BEFORE_OPENING, Role, may
from webinars.live.protocol import Cmd, Err, ErrorCode, Ok
from webinars.live.rooms import role_in
from webinars.models.room import NamelessCommand, Room, RoomCommand

logger = logging.getLogger(__name__)
buckets = Buckets()

TEMPORARY = frozenset({ErrorCode.RATE, ErrorCode.BUSY})
BUSY_RETRY_MS = 1500
KEEP_ANSWERS = timedelta(hours=24)


def run_command(*, room: Room, user: User, frame: Cmd) -> Ok | Err:
    """Do what ``frame`` asks, once for its id, and answer. Never raises.

    A repeated id with the same content gets the stored answer; with other content
    ``id_reused``. A refused command leaves nothing behind, so it may be sent again.
    """
    try:
        return _answer(room, user, frame)
    except protocol.BadFrame as bad:
        return Err(id=frame.id, code=bad.code, temp=False, field=bad.field)
    except Refused as refused:
        return Err(
            id=frame.id,
            code=refused.code,
            temp=refused.code in TEMPORARY,
            retry_ms=refused.retry_ms,
            field=refused.field,
            msg=refused.message,
            d=refused.data,
        )
    except OperationalError:
        logger.warning("The database is busy: %s in room %s", frame.op, room.uuid, exc_info=True)
        return Err(id=frame.id, code=ErrorCode.BUSY, temp=True, retry_ms=BUSY_RETRY_MS)
    except Exception:
        trace = uuid.uuid4().hex[:12]
        logger.exception("Command %s in room %s failed (%s)", frame.op, room.uuid, trace)
        return Err(id=frame.id, code=ErrorCode.INTERNAL, temp=False, d={"trace": trace})


def _answer(room: Room, user: User, frame: Cmd) -> Ok:
    try:
        return _do_once(room, user, frame)
    except (Refused, protocol.BadFrame, IntegrityError):
        # Perhaps it was done before, and that is why it does not work again.
        answer = _stored_answer(room, user, frame)
        if answer is None or role_in(room, user) is None:
            raise
        return answer


def _do_once(room: Room, user: User, frame: Cmd) -> Ok:
    role = role_in(room, user)
    if role is None:
        raise Refused(ErrorCode.FORBIDDEN)
    command = find_command(room.kind, frame.op)
    if command is None:
        raise Refused(ErrorCode.UNKNOWN_OP)
    if not may(role, command.permission):
        raise Refused(ErrorCode.FORBIDDEN)
    payload = protocol.payload(frame.d, command.payload)
    _within_rate(room, user, command, frame.id)
    return _do(room, user, role, frame, command, payload)


@transaction.atomic
def _do(
    room: Room, user: User, role: Role, frame: Cmd, command: Command, payload: protocol.Payload
) -> Ok:
    """Raises IntegrityError for an id that was used before; nothing is changed then.

    The answer is written last and with the command, so of two that run at once under one id the
    second finds it there and is undone.
    """
    room, is_silenced = _as_it_stands(room, user, command)
    if not (command.works_when_closed or _is_open_for(room, role)):
        raise Refused(ErrorCode.STATE, "the room is not open")
    if is_silenced:
        raise Refused(ErrorCode.STATE, "silenced", data={"muted": True})
    context = CommandContext(
        room=room,
        user=user,
        role=role,
        now=timezone.now(),
        cmd_id=frame.id,
        expected=frame.exp,
    )
    data: dict[str, Any] = command.function(context, payload) or {}
    written = [event for event in context.write() if event.stream.room_id == room.pk]
    # The number of an event without an actor is kept under nobody's name.
    positions = {event.stream.kind: event.seq for event in written if event.actor_id is not None}
    _keep_answer(context, frame, {"d": data, "p": positions})
    return Ok(id=frame.id, d=data, p=positions)


def _keep_answer(context: CommandContext, frame: Cmd, result: dict[str, Any]) -> None:
    """For whoever sends the same again. Raises IntegrityError if the id was used before."""
    room, user = context.room, context.user
    if not context.is_nameless:
        RoomCommand.objects.create(
            room=room,
            user=user,
            cmd_id=frame.id,
            op=frame.op,
            content_hash=content_hash(frame),
            result=result,
        )
        return
    if RoomCommand.objects.filter(room=room, user=user, cmd_id=frame.id).exists():
        raise Refused(ErrorCode.ID_REUSED)
    NamelessCommand.objects.create(
        key=command_key(room.uuid, user.pk, frame.id),
        result=result,
        at=context.now.replace(minute=0, second=0, microsecond=0),
    )


def _as_it_stands(room: Room, user: User, command: Command) -> tuple[Room, bool]:
    """The room as it is now, and whether ``user`` may not say in it what ``command`` says."""
    rows = Room.objects.filter(pk=room.pk).values_list("opened_at", "closed_at")
    if command.is_speech:
        rows = rows.annotate(is_silenced=silenced(room, user))
    present = copy(room)
    present.opened_at, present.closed_at, *silence = rows.get()
    return present, any(silence)


def _is_open_for(room: Room, role: Role) -> bool:
    """Hosts may act before the opening; after the end nobody may."""
    return room.is_open or (room.closed_at is None and role in ACTS_BEFORE_OPENING)


def content_hash(frame: Cmd) -> str:
    """What tells a repeated command from another one under the same id.

    With a secret, so that nobody finds out by trying whether these were somebody's words.
    """
    content = json.dumps([frame.op, frame.d, frame.exp], sort_keys=True, ensure_ascii=False)
    return salted_hmac("webinars.command", content, algorithm="sha256").hexdigest()


def forget_old(*, now: datetime | None = None) -> int:
    """Delete the answers of commands that nobody asks for again; how many. Events stay."""
    limit = (now or timezone.now()) - KEEP_ANSWERS
    kept = (RoomCommand.objects.filter(at__lt=limit), NamelessCommand.objects.filter(at__lt=limit))
    return sum(answers.delete()[0] for answers in kept)


def _stored_answer(room: Room, user: User, frame: Cmd) -> Ok | None:
    """What was answered before under this id. Raises Refused ``id_reused`` for other content."""
    stored = RoomCommand.objects.filter(room=room, user=user, cmd_id=frame.id).first()
    if stored is not None and stored.content_hash != content_hash(frame):
        raise Refused(ErrorCode.ID_REUSED)
    result = stored.result if stored is not None else _nameless_result(room, user, frame)
    return Ok(id=frame.id, d=result["d"], p=result["p"]) if result is not None else None


def _nameless_result(room: Room, user: User, frame: Cmd) -> dict[str, Any] | None:
    command = find_command(room.kind, frame.op)
    if command is None or not command.may_be_nameless:
        return None
    key = command_key(room.uuid, user.pk, frame.id)
    return NamelessCommand.objects.filter(key=key).values_list("result", flat=True).first()


def _within_rate(room: Room, user: User, command: Command, cmd_id: str) -> None:
    if command.rate is None:
        return
    wait = buckets.take(
        (room.pk, user.pk, command.op),
        per_second=command.rate.per_second,
        burst=command.rate.burst,
        what=cmd_id,
    )
    if wait:
        raise Refused(ErrorCode.RATE, retry_ms=round(wait * 1000) + 1)
