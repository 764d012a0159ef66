"""The registry of features: which commands, signals, states and snapshots a kind of room has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lms.people.models import User
from webinars.live import log
from webinars.live.permissions import Audience, Role
from webinars.live.protocol import ErrorCode, Payload
from webinars.models.room import Room, RoomEvent, Stream


class Refused(Exception):
    """A command that cannot be done now; its transaction is rolled back and the asker is told.

    ``message`` is for developers; people see the client's own words for ``code``. ``data`` may
    say how things stand, for example ``{"version": 9}``.
    """

    def __init__(
        self,
        code: ErrorCode,
        message: str = "",
        *,
        field: str = "",
        data: dict[str, Any] | None = None,
        retry_ms: int = 0,
    ):
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.field = field
        self.data = data or {}
        self.retry_ms = retry_ms


def required_text(text: str, *, field: str = "/d/text") -> str:
    """What somebody wrote, without the space around it. Raises Refused ``invalid`` for nothing."""
    stripped = text.strip()
    if not stripped:
        raise Refused(ErrorCode.INVALID, field=field)
    return stripped


@dataclass(frozen=True)
class Rate:
    """A token bucket for a person in a room: so many a second, so many at once."""

    per_second: float
    burst: int


@dataclass
class _Line:
    stream: Stream
    type: str
    data: dict[str, Any]
    actor: User | None
    actor_role: str


@dataclass
class CommandContext:
    """What a command works with. It runs in a transaction; its events are appended at its end."""

    room: Room
    user: User
    role: Role
    now: datetime
    cmd_id: str
    expected: int | None = None
    """The version that the asker saw (``exp``), for a compare-and-set."""
    lines: list[_Line] = field(default_factory=list)
    is_nameless: bool = False

    def stream(self, kind: Stream.Kind | Audience, owner: User | None = None) -> Stream:
        return log.stream_of(self.room, Stream.Kind(kind), owner)

    def leave_no_name(self) -> None:
        """Let the list of commands not tell who gave this one, nor what it said."""
        self.is_nameless = True

    def append(
        self,
        type: str,
        data: dict[str, Any],
        *,
        to: Stream.Kind | Audience = Audience.ROOM,
        owner: User | None = None,
        as_role: str = "",
        is_anonymous: bool = False,
    ) -> None:
        """Add an event to a stream when the command ends; ``owner`` names whose ``me`` it is.

        ``as_role``: the actor's role as others see it, if it is not the room's own (a specialist
        in a practicum). ``is_anonymous`` keeps the actor out of the event.
        """
        kind = Stream.Kind(to)
        stream = log.shared_stream(self.room, kind) if owner is None else self.stream(kind, owner)
        self.append_to(stream, type, data, as_role=as_role, is_anonymous=is_anonymous)

    def append_to(
        self,
        stream: Stream,
        type: str,
        data: dict[str, Any],
        *,
        as_role: str = "",
        is_anonymous: bool = False,
    ) -> None:
        """``append`` to a stream of another room, such as the one that a group belongs to."""
        self.lines.append(
            _Line(
                stream=stream,
                type=type,
                data=data,
                actor=None if is_anonymous else self.user,
                actor_role="" if is_anonymous else (as_role or self.role),
            )
        )

    def touch(self, type: str, *, key: str = "") -> None:
        """A state (``@feature.state``) has changed; hubs read it again soon."""
        log.touch(self.room, type, key=key)

    def write(self) -> list[RoomEvent]:
        """Append what was collected, locking streams in one order for everybody."""
        ordered = sorted(self.lines, key=lambda line: log.in_order(line.stream))
        return [
            log.append(
                stream=line.stream,
                type=line.type,
                data=line.data,
                actor=line.actor,
                actor_role=line.actor_role,
                cmd_id=self.cmd_id if line.actor else "",
            )
            for line in ordered
        ]


@dataclass(frozen=True)
class SignalContext:
    """What a signal works with: no database, it runs on the event loop."""

    room_uuid: str
    user_id: int
    name: str
    role: Role


@dataclass(frozen=True)
class StateValue:
    """A state as it is now; of two the one with the greater ``version`` holds."""

    version: int
    data: dict[str, Any]


CommandFunction = Callable[[CommandContext, Any], dict[str, Any] | None]
SignalFunction = Callable[[SignalContext, Any], dict[str, int | str] | None]
SignalGate = Callable[[SignalContext], bool]
SharedSnapshot = Callable[[Room, Role], dict[str, Any]]
PersonalSnapshot = Callable[[Room, User, Role], dict[str, Any]]
StateFunction = Callable[[Room, str], StateValue | None]
PresentStates = Callable[[Room, Role], Iterable[tuple[str, str, StateValue]]]


@dataclass(frozen=True)
class Command:
    op: str
    payload: type[Payload]
    permission: str
    function: CommandFunction
    rate: Rate | None
    works_when_closed: bool
    is_speech: bool
    may_be_nameless: bool


@dataclass(frozen=True)
class SignalOp:
    op: str
    payload: type[Payload]
    permission: str
    function: SignalFunction
    rate: Rate
    gate: SignalGate | None


@dataclass(frozen=True)
class State:
    type: str
    audience: Audience
    function: StateFunction


class Feature:
    """One thing that rooms of some kinds can do; state-free, so that any process can serve it."""

    def __init__(self, name: str, *, kinds: Iterable[Room.Kind]):
        self.name = name
        self.kinds = frozenset(kinds)
        self.commands: dict[str, Command] = {}
        self.signals: dict[str, SignalOp] = {}
        self.states: dict[str, State] = {}
        self.shared_snapshot: SharedSnapshot | None = None
        self.personal_snapshot: PersonalSnapshot | None = None
        self.present_states: PresentStates | None = None

    def command(
        self,
        op: str,
        *,
        payload: type[Payload],
        permission: str,
        rate: Rate | None = None,
        works_when_closed: bool = False,
        is_speech: bool = False,
        may_be_nameless: bool = False,
    ) -> Callable[[CommandFunction], CommandFunction]:
        """Register ``function(context, payload) -> dict | None`` as what ``op`` does.

        It runs in a transaction in a worker thread; what it returns is the ``d`` of ``ok``. It
        may run again only if its transaction was rolled back. Raise ``Refused`` to refuse.
        ``rate=None``: not limited beyond the limit of frames. ``is_speech``: others read it, so
        whoever was silenced in the room is refused. ``may_be_nameless``: the function may call
        ``context.leave_no_name()``; a repetition of the id is then answered alike whatever it says.
        """

        def add(function: CommandFunction) -> CommandFunction:
            self.commands[op] = Command(
                op=op,
                payload=payload,
                permission=permission,
                function=function,
                rate=rate,
                works_when_closed=works_when_closed,
                is_speech=is_speech,
                may_be_nameless=may_be_nameless,
            )
            return function

        return add

    def signal(
        self,
        op: str,
        *,
        payload: type[Payload],
        permission: str,
        rate: Rate,
        gate: SignalGate | None = None,
    ) -> Callable[[SignalFunction], SignalFunction]:
        """Register ``function(context, payload) -> dict | None`` for an ephemeral ``send``.

        What it returns is gathered for half a second from everybody and goes to the whole room as
        one state of type ``op``: numbers are added up, texts replaced. Nothing is stored. None:
        nothing is sent. No database here; a ``gate``, asked first, may read it, so it is for rooms
        of a few people only.
        """

        def add(function: SignalFunction) -> SignalFunction:
            self.signals[op] = SignalOp(op, payload, permission, function, rate, gate)
            return function

        return add

    def state(self, type: str, *, audience: Audience) -> Callable[[StateFunction], StateFunction]:
        """Register ``function(room, key) -> StateValue | None`` as the reader of a state.

        After ``touch(type, key=…)`` every hub calls it at most each 0.5 s and sends the value to
        the ``audience``. Put the same value into the snapshot, and into ``present``.
        """

        def add(function: StateFunction) -> StateFunction:
            self.states[type] = State(type, audience, function)
            return function

        return add

    def present(self, function: PresentStates) -> PresentStates:
        """Register ``function(room, role) -> (type, key, value), …``: states that still change.

        For whoever asks by plain requests and hears of no ``touch``. It is called for each request,
        so it reads all of them with a query or two.
        """
        self.present_states = function
        return function

    def snapshot(self, function: SharedSnapshot) -> SharedSnapshot:
        """Register ``function(room, role) -> dict``: what anyone of that role starts from.

        It must not depend on the person: it is computed once a second for all of a role. It only
        reads. Its dict stands in the snapshot under the feature's name.
        """
        self.shared_snapshot = function
        return function

    def personal(self, function: PersonalSnapshot) -> PersonalSnapshot:
        """Register ``function(room, user, role) -> dict``: one person's own part of the snapshot.

        It stands in the snapshot under ``"<name>.me"``: own vote, own role card.
        """
        self.personal_snapshot = function
        return function


_features: dict[str, list[Feature]] = {}


def register(feature: Feature) -> None:
    """Make a feature known; call it in ``AppConfig.ready``. Once more changes nothing."""
    for kind in feature.kinds:
        known = _features.setdefault(kind, [])
        if feature not in known:
            known.append(feature)


def features_of(kind: str) -> list[Feature]:
    return _features.get(kind, [])


def find_command(kind: str, op: str) -> Command | None:
    return next((f.commands[op] for f in features_of(kind) if op in f.commands), None)


def find_signal(kind: str, op: str) -> SignalOp | None:
    return next((f.signals[op] for f in features_of(kind) if op in f.signals), None)


def find_state(kind: str, type: str) -> State | None:
    return next((f.states[type] for f in features_of(kind) if type in f.states), None)
