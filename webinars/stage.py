"""What a webinar has prepared for its stage, as browsers need it."""

from __future__ import annotations

from typing import Any

from webinars.models.slides import SlideDeck
from webinars.pages import Webinar


def stage_videos(webinar: Webinar) -> dict[str, dict[str, Any]]:
    """Prepared videos by their keys: title, address of the file, address of the captions."""
    return {
        str(block.id): {
            "title": block.value["title"],
            "src": block.value["video"].file.url,
            "captions": block.value["captions"].file.url if block.value["captions"] else "",
        }
        for block in webinar.stage_videos
        if block.value["video"] is not None
    }


def slide_list(deck: SlideDeck | None) -> list[dict[str, Any]]:
    """Pictures and texts of the slides, in order."""
    if deck is None:
        return []
    return [{"src": slide.picture.url, "text": slide.text} for slide in deck.slides.all()]
