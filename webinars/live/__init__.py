"""The engine of live rooms. What a kind of room has to bring, and what it gets:

**A room.** ``rooms.create_room(kind=Room.Kind.PRACTICUM, title=…) -> Room`` (not open yet);
``rooms.open_room(room, actor=…)``, ``rooms.close_room(room, actor=…)`` write ``room.opened`` and
``room.closed``. Keep a OneToOne to the Room in your own model.

**Rules.** Subclass ``rooms.RoomRules``: ``role_in(room, user) -> Role | None`` says who may come
in and as what (``permissions.Role``: host, cohost, moderator, participant, observer; other words
of your own, such as specialist, go into ``append(…, as_role=…)`` and into your payloads). Register
in ``AppConfig.ready``: ``rooms.register_rules(Room.Kind.PRACTICUM, PracticumRules())``.
When somebody's role changes, call ``rooms.forget_roles(room)``: sockets are attached anew.

**Permissions.** One table, ``permissions.PERMISSIONS``; add a line for each of yours.

**Commands.** A feature is a module with one ``Feature``::

    feature = Feature("practicum", kinds=[Room.Kind.PRACTICUM])

    class Say(Payload, frozen=True):          # protocol.Payload: unknown fields are refused
        text: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]

    @feature.command("practicum.say", payload=Say, permission="practicum.act", rate=Rate(1, 5))
    def say(context: CommandContext, payload: Say) -> dict | None:
        if …: raise Refused(ErrorCode.STATE, "wrong phase", data={"version": …})
        context.append("practicum.said", {"text": payload.text}, as_role="specialist")

It runs in a transaction in a worker thread, exactly once for each command id; the events that it
appends are written at the end. ``to=Audience.ME, owner=user`` sends to one person (role cards),
``to=Audience.OBSERVERS`` to observers and hosts, ``to=Audience.STAFF`` to hosts and moderators.
Register with ``features.register(feature)`` in ``AppConfig.ready``.

**The log, from anywhere else** (views, tasks): inside ``transaction.atomic``,
``log.append(stream=log.shared_stream(room, Stream.Kind.ROOM), type="phase.changed", data={…},
actor=user, actor_role="host")``. Published on commit; ``log.events_after(stream, seq)`` reads.
Name a person in ``data`` as ``{"id": "u_7", "n": "Мария П."}``, at the top or under ``by`` or
``with``, and what is somebody's own by its uuid: only so does ``erasing`` find them again.

**Snapshots.** ``@feature.snapshot`` ``(room, role) -> dict`` is what everyone of a role starts
from (cached for a second, so nothing personal); ``@feature.personal`` ``(room, user, role) ->
dict`` is one person's own. They only read. A client that gets a snapshot drops what it had.

**States and signals.** ``@feature.state("practicum.progress", audience=Audience.ROOM)`` ``(room,
key) -> StateValue`` with ``context.touch("practicum.progress", key=…)`` for what is read anew
(last value wins). ``@feature.signal("typing", …)`` for what is never stored.

**In the browser.** ``/static/js/live/client.js``::

    import { LiveClient } from "./client.js";
    const client = new LiveClient({ url, eventsUrl, commandsUrl });
    client.addEventListener("snap", (e) => …e.detail.d["practicum"], e.detail.d["practicum.me"]);
    client.addEventListener("ev", (e) => …e.detail);      // {s, q, y, ts, a, d, c}
    client.addEventListener("st", (e) => …e.detail);      // {y, k, n, d}
    client.addEventListener("status", (e) => …e.detail);  // {state: "online" | "offline" | …}
    client.start();
    const answer = await client.command("practicum.say", { text });   // resent by id until answered
    client.send("typing", {});

``rooms.live_urls(room) -> dict`` gives the three addresses for the template.
"""
