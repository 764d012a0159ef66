"""The stage: slides moved by the presenter, a video in step for all, or a link to a stream.

Sound and picture of people come later; the stage keeps their place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from webinars.live import log, room_state
from webinars.live.features.registry import CommandContext, Feature, Refused
from webinars.live.permissions import Role
from webinars.live.protocol import ErrorCode, Payload
from webinars.live.rooms import rules_of
from webinars.models.room import Room

LONGEST_SECONDS = 24 * 3600

feature = Feature("stage", kinds=[Room.Kind.WEBINAR])


class SlideMove(Payload, frozen=True):
    page: Annotated[int, msgspec.Meta(ge=1, le=1000)]


class StageSet(Payload, frozen=True):
    kind: Literal["slides", "link", "video"]
    url: Annotated[str, msgspec.Meta(max_length=500)] = ""
    video: Annotated[str, msgspec.Meta(max_length=40)] = ""


class StagePlay(Payload, frozen=True):
    playing: bool
    at: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_SECONDS)]


@feature.command("slide.move", payload=SlideMove, permission="slide.move")
def move(context: CommandContext, payload: SlideMove) -> None:
    """Show a page to everybody; with ``exp`` only if nobody has moved in between."""
    pages = rules_of(context.room).slide_count(context.room)
    if payload.page > pages:
        raise Refused(ErrorCode.INVALID, field="/d/page")
    standing = room_state.locked_state(context.room, "slide")
    seen = max(payload.page, standing.data.get("seen", 0))
    data = {"page": payload.page, "seen": seen}
    now = room_state.write_state(context.room, "slide", data, expected=context.expected)
    context.append("slide.moved", data | {"version": now.version})


@feature.command("stage.set", payload=StageSet, permission="stage.lead")
def set_stage(context: CommandContext, payload: StageSet) -> None:
    """What is on the stage; the slides keep their page meanwhile."""
    data: dict[str, Any] = {"kind": payload.kind}
    if payload.kind == "link":
        data["url"] = _web_address(payload.url)
    if payload.kind == "video":
        found = rules_of(context.room).stage_video(context.room, payload.video)
        if found is None:
            raise Refused(ErrorCode.INVALID, field="/d/video")
        data |= {"video": payload.video, **found, "playing": False, "at": 0}
        data["since"] = log.milliseconds(context.now)
    _show(context, data)


@feature.command("stage.play", payload=StagePlay, permission="stage.lead")
def play(context: CommandContext, payload: StagePlay) -> None:
    """Run or stop the video for everybody, from ``at`` seconds on."""
    standing = room_state.locked_state(context.room, "stage").data
    if standing.get("kind") != "video":
        raise Refused(ErrorCode.STATE, "no video is on the stage")
    since = log.milliseconds(context.now)
    _show(context, standing | {"playing": payload.playing, "at": payload.at, "since": since})


def _show(context: CommandContext, data: dict[str, Any]) -> None:
    room_state.write_state(context.room, "stage", data)
    context.append("stage.changed", data)


def _web_address(url: str) -> str:
    """An https address; anything else has no business on other people's screens."""
    try:
        parts = urlsplit(url.strip())
        is_web = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets or a port that make no address
        is_web = False
    if not is_web:
        raise Refused(ErrorCode.INVALID, field="/d/url")
    return parts.geturl()


@feature.snapshot
def on_stage(room: Room, role: Role) -> dict[str, Any]:
    slide = room_state.read_state(room, "slide")
    stage = room_state.read_state(room, "stage")
    pages = rules_of(room).slide_count(room)
    return {
        "stage": stage.data or {"kind": "slides"},
        "slide": {"page": 1, "seen": 1} | slide.data | {"version": slide.version, "pages": pages},
    }
