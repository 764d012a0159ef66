"""The blocks that lessons are made of."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock

from courses.media_blocks import AudioBlock, DownloadBlock, VideoBlock

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
        description = _("The same moment said carelessly and with care.")
        template = "courses/blocks/phrase_pair.html"
        preview_value = {
            "situation": _("A person has come for the third time"),
            "careless": _("You were told already."),
            "careful": _("You are here for the third time. That is hard. Let us look together."),
            "why": _("The feeling is named, and the person is not alone with it."),
        }


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("title"), required=False)
    text = blocks.RichTextBlock(label=_("text"), features=TEXT_FEATURES)

    class Meta:
        icon = "help"
        label = _("Note")
        description = _("Something to keep in mind, set apart from the text.")
        template = "courses/blocks/callout.html"
        preview_value = {"title": _("Keep in mind"), "text": _("A pause is an answer too.")}


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("quotation"), rows=2)
    source = blocks.CharBlock(label=_("whose"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        description = _("Somebody's words, with whose they are.")
        template = "courses/blocks/quote.html"
        preview_value = {"text": _("I was heard to the end."), "source": _("A visitor")}


class MemoLinkBlock(blocks.StructBlock):
    """A card that leads to a memo of the knowledge base."""

    memo = blocks.PageChooserBlock(label=_("memo"), page_type="courses.Memo")
    reason = blocks.CharBlock(label=_("what it helps with here"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("Memo")
        description = _("A card that leads to a memo of the knowledge base.")
        template = "courses/blocks/memo_link.html"


class CaseStoryBlock(blocks.StructBlock):
    """A story from practice, told so that one can see the people in it."""

    title = blocks.CharBlock(label=_("title"))
    text = blocks.RichTextBlock(label=_("story"), features=TEXT_FEATURES)
    question = blocks.CharBlock(label=_("question to think about"), required=False)

    class Meta:
        icon = "user"
        label = _("Case story")
        description = _("A story from practice with a question to think about.")
        template = "courses/blocks/case_story.html"
        preview_value = {
            "title": _("The third refusal"),
            "text": _("“I have come for the third time,” says Anna, and puts the papers down."),
            "question": _("What does she need to hear first?"),
        }


class ReflectionBlock(blocks.StructBlock):
    """A question to oneself, answered in the private notes below the lesson."""

    prompt = blocks.TextBlock(label=_("question to oneself"), rows=2)

    class Meta:
        icon = "edit"
        label = _("Reflection")
        description = _("A question that a learner answers in their private notes.")
        template = "courses/blocks/reflection.html"
        preview_value = {"prompt": _("When were you last heard to the end? What did it give you?")}


class ActivityLinkBlock(blocks.StructBlock):
    """The way from a text to practice: a dialogue, a practicum, any step of a course."""

    activity = blocks.PageChooserBlock(
        label=_("step"), page_type=["courses.Dialogue", "courses.Activity"]
    )
    reason = blocks.CharBlock(label=_("why now"), required=False)

    class Meta:
        icon = "link"
        label = _("Dialogue or another step")
        description = _("A card that leads to a dialogue or to another step of the course.")
        template = "courses/blocks/activity_link.html"


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
        description = _("A question with options; each answers kindly, none is graded.")
        template = "courses/blocks/self_check.html"
        preview_value = {
            "question": _("What would you say first?"),
            "options": [
                {
                    "text": _("Calm down, please."),
                    "is_right": False,
                    "feedback": _("This sounds like a reproach."),
                },
                {
                    "text": _("I see how tired you are."),
                    "is_right": True,
                    "feedback": _("You begin with the person."),
                },
            ],
        }


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
    ("case_story", CaseStoryBlock()),
    ("memo_link", MemoLinkBlock()),
    ("image", ImageBlock(label=_("Picture"), template="courses/blocks/image.html")),
    ("video", VideoBlock()),
    ("audio", AudioBlock()),
    ("self_check", SelfCheckBlock()),
    ("reflection", ReflectionBlock()),
    ("activity_link", ActivityLinkBlock()),
    ("download", DownloadBlock()),
]
