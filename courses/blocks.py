"""The blocks that lessons are made of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

TEXT_FEATURES = ["bold", "italic", "ul", "ol", "link", "document-link"]


class PhrasePairBlock(blocks.StructBlock):
    """The same moment said carelessly and with care, and why the second works."""

    situation = blocks.CharBlock(label=_("situation"), required=False)
    careless = blocks.TextBlock(label=_("careless"), rows=2)
    careful = blocks.TextBlock(label=_("careful"), rows=2)
    why = blocks.TextBlock(label=_("why it works"), rows=2, required=False)

    class Meta:
        icon = "openquote"
        label = _("Careless → careful")
        template = "courses/blocks/phrase_pair.html"


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), required=False)
    text = blocks.RichTextBlock(label=_("text"), features=TEXT_FEATURES)

    class Meta:
        icon = "help"
        label = _("Note")
        template = "courses/blocks/callout.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("quotation"), rows=2)
    source = blocks.CharBlock(label=_("whose"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "courses/blocks/quote.html"


class MemoLinkBlock(blocks.StructBlock):
    """A card that leads to a memo of the knowledge base."""

    memo = blocks.PageChooserBlock(label=_("memo"), page_type="courses.Memo")
    reason = blocks.CharBlock(label=_("what it helps with here"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Memo")
        template = "courses/blocks/memo_link.html"


class VideoBlock(blocks.StructBlock):
    """A native video with captions and a transcript; both are what a weak link falls back on."""

    title = blocks.CharBlock(label=_("title"))
    video = DocumentChooserBlock(label=_("video file (MP4)"))
    poster = ImageBlock(label=_("first picture"), required=False)
    captions = DocumentChooserBlock(label=_("captions (WebVTT)"), required=False)
    transcript = blocks.RichTextBlock(label=_("transcript"), features=TEXT_FEATURES)

    class Meta:
        icon = "media"
        label = _("Video")
        template = "courses/blocks/video.html"


class SelfCheckOption(blocks.StructBlock):
    text = blocks.CharBlock(label=_("option"))
    is_right = blocks.BooleanBlock(label=_("right"), required=False)
    feedback = blocks.TextBlock(label=_("feedback"), rows=2)


class SelfCheckBlock(blocks.StructBlock):
    """A question to oneself: never graded, every option answers kindly."""

    question = blocks.TextBlock(label=_("question"), rows=2)
    options = blocks.ListBlock(SelfCheckOption(), label=_("options"), min_num=2, max_num=6)

    class Meta:
        icon = "help"
        label = _("Self-check")
        template = "courses/blocks/self_check.html"


TEXT_BLOCKS = [
    ("heading", blocks.CharBlock(label=_("Heading"), template="courses/blocks/heading.html")),
    ("paragraph", blocks.RichTextBlock(label=_("Text"), features=TEXT_FEATURES)),
    ("phrase_pair", PhrasePairBlock()),
    ("callout", CalloutBlock()),
    ("quote", QuoteBlock()),
]
"""What can be printed as well as read."""

MEMO_BLOCKS = TEXT_BLOCKS

LESSON_BLOCKS = [
    *TEXT_BLOCKS,
    ("memo_link", MemoLinkBlock()),
    ("image", ImageBlock(label=_("Picture"), template="courses/blocks/image.html")),
    ("video", VideoBlock()),
    ("self_check", SelfCheckBlock()),
]
