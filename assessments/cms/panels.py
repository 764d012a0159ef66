"""The panels in which an instrument is written."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel

INSTRUMENT_PANELS = [
    MultiFieldPanel(
        [FieldPanel("title"), FieldRowPanel([FieldPanel("code"), FieldPanel("minutes")])],
        heading=_("Name"),
    ),
    MultiFieldPanel(
        [FieldPanel("purpose"), FieldPanel("who_sees"), FieldPanel("instruction")],
        heading=_("What people read before they answer"),
    ),
    MultiFieldPanel(
        [FieldPanel("options"), FieldPanel("rating_options"), FieldPanel("judgement_instruction")],
        heading=_("Answers"),
    ),
    InlinePanel("scales", label=_("scale"), heading=_("Scales"), min_num=1),
    InlinePanel("items", label=_("item"), heading=_("Items"), min_num=1),
    MultiFieldPanel(
        [FieldPanel("then_instruction"), FieldPanel("is_normed"), FieldPanel("draw_seed")],
        heading=_("For the pilot and the waves"),
        classname="collapsed",
    ),
]
SCALE_PANELS = [
    FieldRowPanel([FieldPanel("code"), FieldPanel("title")]),
    FieldPanel("description"),
    FieldPanel("next_practice"),
    FieldRowPanel([FieldPanel("strand"), FieldPanel("role"), FieldPanel("higher_is_better")]),
]
ITEM_PANELS = [
    FieldRowPanel([FieldPanel("code"), FieldPanel("kind")]),
    FieldRowPanel([FieldPanel("scale_code"), FieldPanel("form")]),
    FieldPanel("text"),
    FieldPanel("choices"),
    MultiFieldPanel(
        [
            FieldPanel("is_reversed"),
            FieldPanel("allows_not_applicable"),
            FieldPanel("is_asked_looking_back"),
            FieldPanel("expected"),
            FieldPanel("image"),
            FieldPanel("audio"),
            FieldPanel("described"),
        ],
        heading=_("More"),
        classname="collapsed",
    ),
]
