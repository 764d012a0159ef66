"""The blocks that a trained conversation is written in."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

CHANGE = 3  # how far one reply may move the client, up or down


class ReplyBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("what you say"), rows=2)
    next = blocks.CharBlock(
        label=_("leads to"), max_length=60, help_text=_("The name of a line or of an ending.")
    )
    trust = blocks.IntegerBlock(
        label=_("trust"), default=0, min_value=-CHANGE, max_value=CHANGE, required=False
    )
    tension = blocks.IntegerBlock(
        label=_("tension"), default=0, min_value=-CHANGE, max_value=CHANGE, required=False
    )
    feedback = blocks.TextBlock(
        label=_("feedback"),
        rows=2,
        required=False,
        help_text=_("What this reply did, honestly and kindly."),
    )

    class Meta:
        icon = "comment"
        label = _("Reply")


class LineBlock(blocks.StructBlock):
    """What the client says and how one may answer. The first line begins the conversation."""

    key = blocks.CharBlock(
        label=_("name of the line"),
        max_length=60,
        help_text=_("Short, for replies to point at: “refusal”. The learner does not see it."),
    )
    text = blocks.TextBlock(label=_("the client says"), rows=3)
    replies = blocks.ListBlock(ReplyBlock(), label=_("replies"), max_num=6)

    class Meta:
        icon = "openquote"
        label = _("Client's line")
        label_format = "{key}: {text}"


class EndingBlock(blocks.StructBlock):
    key = blocks.CharBlock(label=_("name of the ending"), max_length=60)
    text = blocks.TextBlock(label=_("the client's last words"), rows=2, required=False)
    title = blocks.CharBlock(label=_("title"), max_length=120)
    result = blocks.TextBlock(label=_("how it came out"), rows=3)
    tone = blocks.ChoiceBlock(
        label=_("tone"),
        choices=[
            ("good", _("it worked out")),
            ("mixed", _("partly")),
            ("hard", _("a hard ending")),
        ],
        default="mixed",
    )
    to_try = blocks.TextBlock(label=_("what to try next time"), rows=2, required=False)

    class Meta:
        icon = "tick"
        label = _("Ending")
        label_format = "{key}: {title}"


DIALOGUE_BLOCKS = [("line", LineBlock()), ("ending", EndingBlock())]
