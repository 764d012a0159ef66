"""What the editor of a page says beside its fields."""

from __future__ import annotations

from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import Panel

from courses.authoring.checks import check_lesson
from courses.authoring.consequences import changes_of_rules, consequences_of


class ActivityForm(WagtailAdminPageForm):
    """Rules of a course that people are studying change only knowingly."""

    def clean(self):
        cleaned = super().clean()
        if self.is_deferred_validation or not self.instance.pk:
            return cleaned
        if self.data.get("understands_consequences"):
            return cleaned
        for change in changes_of_rules(self.instance, cleaned):
            self.add_error(change.field, change.sentence)
        return cleaned


class LessonForm(ActivityForm):
    """A draft may be unfinished; what goes to review or to learners may not."""

    def clean(self):
        cleaned = super().clean()
        if self.is_deferred_validation or self.errors or "body" not in cleaned:
            return cleaned
        report = check_lesson(
            body=cleaned["body"],
            goal=cleaned.get("goal", ""),
            estimated_minutes=cleaned.get("estimated_minutes") or 0,
        )
        for finding in report.errors:
            place = f"{finding.block + 1}. " if finding.block is not None else ""
            self.add_error("body", place + finding.message)
        return cleaned


class ContentChecksPanel(Panel):
    """How the saved content reads: what must be mended before publishing, and advice."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/cms/content_checks.html"

        def is_shown(self) -> bool:
            return self.instance is not None and self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            lesson = self.instance
            return {
                **super().get_context_data(parent_context),
                "report": check_lesson(
                    body=lesson.body, goal=lesson.goal, estimated_minutes=lesson.estimated_minutes
                ),
            }


class ConsequencesPanel(Panel):
    """Who is studying this page now, and what a change would mean for them."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "courses/cms/consequences.html"

        def is_shown(self) -> bool:
            return self.instance is not None and self.instance.pk is not None

        def get_context_data(self, parent_context=None):
            return {
                **super().get_context_data(parent_context),
                "consequences": consequences_of(self.instance),
            }
