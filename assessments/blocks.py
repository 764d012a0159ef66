"""What a questionnaire's item is put together from in the CMS."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class ChoiceBlock(blocks.StructBlock):
    """A reply to a situation, or the name of a feeling, with its key."""

    text = blocks.TextBlock(label=_("text"), rows=2)
    key = blocks.IntegerBlock(
        label=_("key"),
        required=False,
        min_value=0,
        max_value=10,
        help_text=_(
            "Situation: the rating that most experts gave. Feeling: points from 0 to 2. "
            "Empty: earns nothing."
        ),
    )
    is_critical = blocks.BooleanBlock(
        label=_("a critical error"),
        required=False,
        help_text=_("Unsafe or breaks confidence: whoever calls it good gets 0 and a mark."),
    )

    class Meta:
        icon = "list-ul"
        label = _("option")
