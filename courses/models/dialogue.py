"""The dialogue simulator: a branching conversation with a client in a hard situation."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, Panel
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.fields import RichTextField, StreamField

from courses.authoring.panels import ActivityForm
from courses.blocks import TEXT_FEATURES
from courses.dialogues.blocks import DIALOGUE_BLOCKS
from courses.dialogues.graph import METER_TOP, Graph, Problem, errors, problems
from courses.dialogues.reading import graph_from
from courses.dialogues.wording import problem_sentence
from courses.models.activity import Activity
from courses.models.enrollment import Enrollment


class DialogueForm(ActivityForm):
    """A draft may be unfinished; publishing, scheduling and moderation ask for a whole graph."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_deferred_validation or "lines" in self.errors or "lines" not in cleaned:
            return cleaned
        graph = graph_from(cleaned["lines"], trust=0, tension=0)
        found = [problem_sentence(graph, problem) for problem in errors(graph)]
        if found:
            self.add_error("lines", StreamBlockValidationError(non_block_errors=found))
        return cleaned


class DialogueCheckPanel(Panel):
    """What is wrong with the conversation, above its lines, with the way to their table."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/cms/dialogue_check.html"

        def get_context_data(self, parent_context: dict | None = None) -> dict[str, Any]:
            graph = self.instance.graph()
            return {
                **super().get_context_data(parent_context),
                "dialogue": self.instance,
                "is_empty": not graph.nodes,
                "problems": [
                    (problem.is_warning, problem_sentence(graph, problem))
                    for problem in problems(graph)
                ],
            }


class Dialogue(Activity):
    """A conversation to train in; its first line begins it, any ending completes it."""

    client_name = models.CharField(_("client's name"), max_length=120)
    situation = RichTextField(_("situation"), features=TEXT_FEATURES, blank=True)
    trust = models.PositiveSmallIntegerField(
        _("trust at the start"), default=2, validators=[MaxValueValidator(METER_TOP)]
    )
    tension = models.PositiveSmallIntegerField(
        _("tension at the start"), default=3, validators=[MaxValueValidator(METER_TOP)]
    )
    lines = StreamField(DIALOGUE_BLOCKS, verbose_name=_("conversation"), blank=True)

    is_creatable = True
    base_form_class = DialogueForm
    content_panels = [
        *Activity.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("client_name"),
                FieldPanel("situation"),
                FieldPanel("trust"),
                FieldPanel("tension"),
            ],
            heading=_("The client"),
        ),
        DialogueCheckPanel(heading=_("Check of the conversation")),
        FieldPanel("lines"),
    ]
    template = "courses/dialogue.html"
    kind_label = _("dialogue")
    icon_name = "message-circle"

    class Meta:
        verbose_name = _("dialogue")
        verbose_name_plural = _("dialogues")
        constraints = [
            models.CheckConstraint(
                condition=Q(trust__lte=METER_TOP, tension__lte=METER_TOP),
                name="dialogue_client_is_on_the_scales",
            )
        ]

    def graph(self) -> Graph:
        """The conversation as it stands in this version of the page."""
        return graph_from(self.lines, trust=self.trust or 0, tension=self.tension or 0)

    def problems(self) -> list[Problem]:
        return problems(self.graph())

    def save(self, clean: bool = True, *args: Any, **kwargs: Any) -> Any:
        """Refuses to be live with an unplayable graph, however it came to be published.

        A draft of a live page is saved by Wagtail with ``clean=False``, and passes.
        """
        if clean and self.live:
            graph = self.graph()
            found = [problem_sentence(graph, problem) for problem in errors(graph)]
            if found:
                raise ValidationError({"lines": found})
        return super().save(clean, *args, **kwargs)

    def serve_open(self, request: HttpRequest, enrollment: Enrollment | None) -> HttpResponse:
        from courses.dialogues.pages import dialogue_page

        return dialogue_page(request, self, enrollment)


class DialogueRunQuerySet(models.QuerySet):
    def visible_to(self, user) -> DialogueRunQuerySet:
        return self.filter(enrollment__in=Enrollment.objects.visible_to(user))


class DialogueRun(models.Model):
    """How far one learner is in a dialogue, on whatever device, and what they have tried.

    ``choices`` are the keys of the replies of the present walk; replaying them gives the state.
    ``taken`` and ``endings`` gather over all attempts. ``version`` marks the content played.
    """

    enrollment = models.ForeignKey(
        Enrollment, on_delete=models.CASCADE, related_name="dialogue_runs"
    )
    dialogue = models.ForeignKey(Dialogue, on_delete=models.CASCADE, related_name="runs")
    choices = models.JSONField(_("replies"), default=list, blank=True)
    taken = models.JSONField(_("replies tried"), default=list, blank=True)
    endings = models.JSONField(_("endings seen"), default=list, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    version = models.CharField(_("version of the dialogue"), max_length=16, blank=True)
    started_at = models.DateTimeField(_("began"), default=timezone.now)
    finished_at = models.DateTimeField(_("first finished"), null=True, blank=True)

    objects = DialogueRunQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("dialogue run")
        verbose_name_plural = _("dialogue runs")
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "dialogue"], name="dialogue_is_run_once_in_an_enrollment"
            ),
            models.CheckConstraint(
                condition=Q(attempts__gte=1), name="dialogue_run_counts_from_one"
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="dialogue_run_finishes_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id}: {self.dialogue_id}"
