"""Page types of this room that trainers put into a course."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.documents import get_document_model_string
from wagtail.fields import RichTextField, StreamField

from courses.media_blocks import VideoBlock
from courses.models import Activity, Enrollment
from webinars.models.poll import Poll


class PreparedPollBlock(blocks.StructBlock):
    """A poll that the host opens during the webinar with one button."""

    question = blocks.CharBlock(label=_("question"), max_length=300)
    kind = blocks.ChoiceBlock(label=_("kind"), choices=Poll.Kind.choices, default=Poll.Kind.SINGLE)
    options = blocks.ListBlock(
        blocks.CharBlock(max_length=200),
        label=_("options"),
        max_num=10,
        default=[],
        help_text=_("From two to ten; for a word cloud none."),
    )
    is_anonymous = blocks.BooleanBlock(
        label=_("anonymous"),
        required=False,
        default=True,
        help_text=_("Nobody learns who chose what, hosts neither."),
    )
    is_result_live = blocks.BooleanBlock(
        label=_("show the result while people answer"), required=False
    )

    class Meta:
        icon = "list-ul"
        label = _("Poll")

    def clean(self, value):
        cleaned = super().clean(value)
        count = len(cleaned["options"])
        if (count == 0) != (cleaned["kind"] == Poll.Kind.WORDS) or count == 1:
            raise blocks.StructBlockValidationError(
                {"options": ValidationError(_("From two to ten; for a word cloud none."))}
            )
        return cleaned


class Webinar(Activity):
    """A live meeting: each cohort has its own session of it, with its own room."""

    agenda = RichTextField(_("agenda"), blank=True, features=["bold", "italic", "ul", "ol", "link"])
    duration_minutes = models.PositiveSmallIntegerField(_("duration, minutes"), default=60)
    minimum_minutes = models.PositiveSmallIntegerField(
        _("minutes that count"),
        default=40,
        help_text=_("Whoever stays this long has taken part."),
    )
    polls = StreamField(
        [("poll", PreparedPollBlock())], verbose_name=_("prepared polls"), blank=True
    )

    slides = models.ForeignKey(
        get_document_model_string(),
        verbose_name=_("slides (PDF)"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("After publishing, the pages become pictures and text that everybody sees."),
    )
    stage_videos = StreamField(
        [("video", VideoBlock())],
        verbose_name=_("videos to watch together"),
        blank=True,
        help_text=_("The host starts and stops them for everybody at once."),
    )

    is_creatable = True
    content_panels = [
        *Activity.content_panels,
        FieldPanel("agenda"),
        MultiFieldPanel(
            [FieldPanel("duration_minutes"), FieldPanel("minimum_minutes")], heading=_("Time")
        ),
        FieldPanel("slides"),
        FieldPanel("stage_videos"),
        FieldPanel("polls"),
    ]
    template = "webinars/webinar.html"
    kind_label = _("webinar")
    icon_name = "video"

    class Meta:
        verbose_name = _("webinar")
        verbose_name_plural = _("webinars")

    def serve_open(self, request: HttpRequest, enrollment: Enrollment | None) -> HttpResponse:
        from webinars.sessions import webinar_page

        return webinar_page(request, self, enrollment)
