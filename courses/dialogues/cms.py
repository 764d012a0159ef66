"""The table of a dialogue's lines in the CMS, for those who may edit it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail import hooks
from wagtail.admin.auth import permission_denied

from courses.dialogues.graph import problems
from courses.dialogues.table import table_of
from courses.dialogues.wording import problem_sentence
from courses.models import Dialogue


@require_GET
def lines_table(request: HttpRequest, dialogue_id: int) -> HttpResponse:
    """Every line and reply of the latest draft, with what is wrong at each."""
    page = get_object_or_404(Dialogue, pk=dialogue_id)
    if not page.permissions_for_user(request.user).can_edit():
        return permission_denied(request)
    dialogue = page.get_latest_revision_as_object()
    graph = dialogue.graph()
    found = problems(graph)
    context = {
        "dialogue": dialogue,
        "rows": table_of(dialogue),
        "errors": [problem_sentence(graph, p) for p in found if not p.is_warning],
        "warnings": [problem_sentence(graph, p) for p in found if p.is_warning],
        "header_title": _("All lines: %(title)s") % {"title": dialogue.get_admin_display_title()},
    }
    return render(request, "courses/cms/dialogue_lines.html", context)


@hooks.register("register_admin_urls")
def dialogue_urls() -> list[URLPattern]:
    return [path("dialogues/<int:dialogue_id>/lines/", lines_table, name="dialogue_lines")]
