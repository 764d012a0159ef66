"""Blocks of lessons that carry files: video, audio, downloads."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

TRANSCRIPT_FEATURES = ["bold", "italic", "ul", "ol", "link"]
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,2}):([0-5]\d)")


def seconds_of(clock: str) -> int:
    """«1:30» → 90, «1:02:03» → 3723. Raises ValueError for what is no time."""
    found = _CLOCK.fullmatch(clock.strip())
    if found is None:
        raise ValueError(f"no time: {clock}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


class ClockBlock(blocks.CharBlock):
    """A place in a recording, written as on its clock."""

    def clean(self, value: str) -> str:
        value = super().clean(value)
        try:
            seconds_of(value)
        except ValueError:
            raise ValidationError(_("Write the time as 1:30 or 1:02:30.")) from None
        return value


class ChapterValue(blocks.StructValue):
    @property
    def second(self) -> int:
        return seconds_of(self["at"])


class ChapterBlock(blocks.StructBlock):
    at = ClockBlock(label=_("begins at"), help_text=_("For example: 1:30"))
    title = blocks.CharBlock(label=_("title"))

    class Meta:
        icon = "list-ul"
        label = _("Chapter")
        value_class = ChapterValue


class VideoBlock(blocks.StructBlock):
    """A native video with captions and a transcript; both are what a weak link falls back on."""

    title = blocks.CharBlock(label=_("title"))
    video = DocumentChooserBlock(label=_("video file (MP4)"))
    small = DocumentChooserBlock(
        label=_("smaller file (MP4, 360p)"),
        required=False,
        help_text=_("For a weak connection."),
    )
    audio = DocumentChooserBlock(label=_("sound only (MP3)"), required=False)
    poster = ImageBlock(label=_("first picture"), required=False)
    captions = DocumentChooserBlock(label=_("captions (WebVTT)"), required=False)
    chapters = blocks.ListBlock(ChapterBlock(), label=_("chapters"), default=[])
    transcript = blocks.RichTextBlock(label=_("transcript"), features=TRANSCRIPT_FEATURES)

    class Meta:
        icon = "media"
        label = _("Video")
        description = _("A video with captions, chapters and its text.")
        template = "courses/blocks/video.html"


class AudioBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"))
    audio = DocumentChooserBlock(label=_("sound file (MP3)"))
    transcript = blocks.RichTextBlock(label=_("transcript"), features=TRANSCRIPT_FEATURES)

    class Meta:
        icon = "media"
        label = _("Audio")
        description = _("A recording to listen to, with its text.")
        template = "courses/blocks/audio.html"


class DownloadBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"))
    document = DocumentChooserBlock(label=_("file"))
    about = blocks.CharBlock(label=_("what it is for"), required=False)

    class Meta:
        icon = "download"
        label = _("File to download")
        description = _("A file with its size, for printing or for later.")
        template = "courses/blocks/download.html"
