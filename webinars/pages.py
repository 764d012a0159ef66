"""Page types of this room that trainers put into a course."""

from __future__ import annotations

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField

from courses.models import Activity, Enrollment


class PreparedPollBlock(blocks.StructBlock):
    """A poll that the host opens during the webinar with one button."""

    question = blocks.CharBlock(label=_("question"), max_length=300)
    options = blocks.ListBlock(
        blocks.CharBlock(max_length=200), label=_("options"), min_num=2, max_num=10
    )

    class Meta:
        icon = "list-ul"
        label = _("Poll")


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

    is_creatable = True
    content_panels = [
        *Activity.content_panels,
        FieldPanel("agenda"),
        MultiFieldPanel(
            [FieldPanel("duration_minutes"), FieldPanel("minimum_minutes")], heading=_("Time")
        ),
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
