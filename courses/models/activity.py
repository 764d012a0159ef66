from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, PageChooserPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from courses.authoring.panels import (
    ActivityForm,
    ConsequencesPanel,
    ContentChecksPanel,
    LessonForm,
)
from courses.blocks import LESSON_BLOCKS
from courses.models.course import Course
from courses.models.enrollment import Enrollment
from courses.outline import course_of
from courses.progress import Opens


class Activity(Page):
    """Base page of everything that a learner does in a course.

    A room subclasses it, and answers ``serve_open`` with the page of an open activity.
    """

    goal = models.CharField(_("goal"), max_length=250, blank=True)
    is_required = models.BooleanField(
        _("required"), default=True, help_text=_("The course is complete without optional ones.")
    )
    estimated_minutes = models.PositiveSmallIntegerField(_("minutes"), default=10)
    opens = models.CharField(
        _("opens"),
        max_length=20,
        choices=[
            (Opens.IMMEDIATELY.value, _("at once")),
            (Opens.AFTER_PREVIOUS.value, _("after the required activity before it")),
        ],
        default=Opens.IMMEDIATELY.value,
    )
    opens_after_days = models.PositiveSmallIntegerField(
        _("days after the start of the cohort"), default=0
    )
    due_after_days = models.PositiveSmallIntegerField(
        _("to be done by, days after the start of the cohort"),
        null=True,
        blank=True,
        help_text=_("Empty: no deadline. Nothing closes when it passes."),
    )

    is_creatable = False
    base_form_class = ActivityForm
    parent_page_types = ["courses.Module"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("goal")]
    settings_panels = [
        ConsequencesPanel(heading=_("Who is studying now")),
        MultiFieldPanel(
            [
                FieldPanel("is_required"),
                FieldPanel("estimated_minutes"),
                FieldPanel("opens"),
                FieldPanel("opens_after_days"),
                FieldPanel("due_after_days"),
                InlinePanel("prerequisites", label=_("also needs")),
            ],
            heading=_("In the programme"),
        ),
        *Page.settings_panels,
    ]
    kind_label = _("activity")
    icon_name = "circle"

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def course(self) -> Course:
        return course_of(self)

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        """The learner's way in: sign in, be enrolled, be let in by the programme's rules."""
        from courses.as_learner import walk_through
        from courses.programme import door_to
        from courses.seen import note_visit

        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        walk = walk_through(request, self.course())
        request.as_learner = walk  # type: ignore[attr-defined]
        door = door_to(request.user, self, walk)
        if not door.is_open:
            return TemplateResponse(
                request,
                "courses/activity_locked.html",
                {"page": self, "activity": self, "door": door},
                status=403,
            )
        note_visit(door.enrollment)
        request.activity_door = door  # type: ignore[attr-defined]
        return self.serve_open(request, door.enrollment)

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The draft as staff see it; it may not be saved yet, so it has no programme."""
        from courses.programme import Door

        request.is_preview = True  # type: ignore[attr-defined]
        request.activity_door = Door(True)  # type: ignore[attr-defined]
        return self.serve_open(request, None)

    def serve_open(self, request: HttpRequest, enrollment: Enrollment | None) -> HttpResponse:
        """The page of an open activity; ``enrollment`` is None for staff who look at it."""
        raise NotImplementedError


class ActivityPrerequisite(Orderable):
    """``activity`` opens only after ``required`` is complete."""

    activity = ParentalKey(Activity, on_delete=models.CASCADE, related_name="prerequisites")
    required = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="+", verbose_name=_("activity")
    )

    panels = [PageChooserPanel("required")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "required"], name="prerequisite_is_named_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(activity=models.F("required")),
                name="activity_does_not_need_itself",
            ),
        ]


class Lesson(Activity):
    """Text, pictures, video, phrase pairs and self-checks."""

    class Completes(models.TextChoices):
        MANUALLY = "manually", _("the learner marks it as read")
        MOVING_ON = "moving_on", _("by itself, when the learner goes on to the next step")

    body = StreamField(LESSON_BLOCKS, verbose_name=_("content"), blank=True)
    completes = models.CharField(
        _("is complete when"),
        max_length=12,
        choices=Completes.choices,
        default=Completes.MANUALLY,
    )

    is_creatable = True
    base_form_class = LessonForm
    content_panels = [
        *Activity.content_panels,
        FieldPanel("body"),
        ContentChecksPanel(heading=_("How it reads")),
    ]
    settings_panels = [FieldPanel("completes"), *Activity.settings_panels]
    template = "courses/lesson.html"
    kind_label = _("lesson")
    icon_name = "book-open"

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def serve_open(self, request: HttpRequest, enrollment: Enrollment | None) -> HttpResponse:
        from courses.lessons import lesson_page

        return lesson_page(request, self, enrollment)
