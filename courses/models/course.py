from __future__ import annotations

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from courses.models.topic import Topic
from courses.outline import CourseOutline, outline_of


class WelcomePage(Page):
    """The front door: what the platform is; its child is the catalogue."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "link", "ul"])

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["wagtailcore.Page"]
    max_count = 1
    template = "courses/welcome.html"

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")


class CatalogPage(Page):
    """The list of all courses; every course is its child."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "link", "ul"])

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["courses.WelcomePage"]
    subpage_types = ["courses.Course"]
    max_count = 1
    template = "courses/catalog.html"

    class Meta:
        verbose_name = _("catalogue")
        verbose_name_plural = _("catalogues")

    def get_context(self, request, *args, **kwargs):
        from courses.catalog import shelf_for

        courses = Course.objects.child_of(self).live()
        return {
            **super().get_context(request, *args, **kwargs),
            "shelf": shelf_for(request.user, courses, request.GET),
        }

    def permissions_for_user(self, user):
        from courses.cms.page_rights import CatalogRights

        return CatalogRights(user, self)


class Course(Page):
    """A programme: its modules and their activities are its descendants in the page tree."""

    class Format(models.TextChoices):
        ONLINE = "online", _("online")
        IN_PERSON = "in_person", _("in person")
        MIXED = "mixed", _("online and in person")

    summary = models.CharField(
        _("in one line"), max_length=250, help_text=_("What a learner will be able to do.")
    )
    description = RichTextField(_("description"), blank=True)
    outcomes = RichTextField(_("you will be able to"), blank=True, features=["ul", "bold"])
    audience = models.CharField(_("for whom"), max_length=250, blank=True)
    workload = models.CharField(_("workload"), max_length=120, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours"), default=0)
    format = models.CharField(
        _("format"), max_length=10, choices=Format.choices, default=Format.ONLINE
    )
    topics = ParentalManyToManyField(
        Topic, blank=True, related_name="courses", verbose_name=_("topics")
    )
    document = models.CharField(_("document at the end"), max_length=250, blank=True)
    is_synthetic = models.BooleanField(
        _("made up for the demo"), default=False, help_text=_("Marked demo data.")
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("description"),
        FieldPanel("outcomes"),
        MultiFieldPanel(
            [
                FieldPanel("audience"),
                FieldPanel("workload"),
                FieldPanel("hours"),
                FieldPanel("format"),
                FieldPanel("topics", widget=forms.CheckboxSelectMultiple),
                FieldPanel("document"),
            ],
            heading=_("Facts"),
        ),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("summary"),
        index.SearchField("description"),
    ]
    parent_page_types = ["courses.CatalogPage"]
    subpage_types = ["courses.Module"]
    template = "courses/course.html"

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")

    def outline(self) -> CourseOutline:
        """Modules and activities in the order of the tree, in a constant number of queries."""
        return outline_of(self)

    def get_context(self, request, *args, **kwargs):
        from courses.admission import admission_of
        from courses.as_learner import walk_through
        from courses.programme import leads, programme_for
        from courses.seen import note_visit
        from courses.side_pages import side_pages_of

        request.as_learner = walk_through(request, self)
        programme = programme_for(request.user, self, request.as_learner)
        note_visit(programme.enrollment)
        admission = admission_of(request.user, self, programme.enrollment)
        is_led = request.user.is_authenticated and leads(request.user, self)
        enrollment = programme.enrollment
        studies = enrollment is not None and enrollment.state in ("active", "completed")
        return {
            **super().get_context(request, *args, **kwargs),
            "programme": programme,
            "admission": admission,
            "is_led": is_led,
            "side_pages": side_pages_of(self) if studies or is_led else [],
        }


class Module(Page):
    """A part of a course; its activities are its children."""

    summary = models.CharField(_("in one line"), max_length=250, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    parent_page_types = ["courses.Course"]

    class Meta:
        verbose_name = _("module")
        verbose_name_plural = _("modules")

    def serve(self, request, *args, **kwargs):
        """A module has no page of its own: it is a heading of its course's page."""
        from django.shortcuts import redirect

        return redirect(f"{self.get_parent().get_url(request)}#{self.slug}")
