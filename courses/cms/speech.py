"""«Speech hints» in the CMS: the rules, a box to try a line in, figures, disagreements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from courses.careful_speech import label
from courses.careful_speech.categories import CATEGORIES
from courses.careful_speech.corpus import LabelledLine, kept_lines
from courses.cms.columns import YesNoColumn
from courses.cms.menu import Place
from courses.cms.own import is_only_trainer, sees_everything
from courses.models import Disagreement, SpeechRule
from courses.models.speech import TITLES
from courses.speech_lexicon import CurrentLexicon, current_lexicon
from lms.people.models import User

if TYPE_CHECKING:
    from courses.careful_speech.figures import Measurement

LONGEST_TRIED = 500
IN_USE = YesNoColumn("is_on", label=capfirst(_("in use")))
_FIGURES_KEPT_FOR = 24 * 3600


def keeps_lexicon(user: User | AnonymousUser) -> bool:
    """Trainers and content staff."""
    if not user.is_authenticated or not user.is_active:
        return False
    return sees_everything(user) or is_only_trainer(user)


class ByThoseWhoTeach(BasePermissionPolicy):
    """Trainers and content staff write rules; only content staff delete them."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return keeps_lexicon(user) and (action != "delete" or sees_everything(user))

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return User.objects.filter(is_active=True, is_staff=True)


class ReadByContentStaff(BasePermissionPolicy):
    """Lines of learners: content staff read them, nobody writes."""

    def user_has_permission(self, user: User, action: str) -> bool:
        return (
            action == "view" and user.is_authenticated and user.is_active and sees_everything(user)
        )

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[User]:
        return User.objects.filter(is_active=True, is_staff=True)


register_permission_policy(SpeechRule, ByThoseWhoTeach(SpeechRule))
register_permission_policy(Disagreement, ReadByContentStaff(Disagreement))


class SpeechRuleViewSet(ModelViewSet):
    model = SpeechRule
    icon = "edit"
    name = "speech_rules"
    url_prefix = "speech-hints/rules"
    menu_label = _("Rules")
    copy_view_enabled = False
    list_display = ["name", "category", "effect", "pattern", IN_USE, "changed_at"]
    list_filter = ["category", "effect", "is_on"]
    search_fields = ["name", "pattern", "must"]
    list_per_page = 50
    panels = [
        FieldRowPanel([FieldPanel("category"), FieldPanel("effect")]),
        FieldPanel("name"),
        FieldPanel("pattern"),
        MultiFieldPanel([FieldPanel("must"), FieldPanel("must_not")], heading=_("Examples")),
        FieldPanel("is_on"),
    ]


class DisagreementViewSet(ModelViewSet):
    model = Disagreement
    icon = "comment"
    name = "speech_disagreements"
    url_prefix = "speech-hints/disagreements"
    menu_label = _("Disagreements")
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_fields = ["line", "category", "rule", "version", "at"]
    list_display = ["line", "category", "rule", "version", "at"]
    list_filter = ["category"]
    form_fields = ["line"]
    list_export = ["line", "category", "rule", "version", "at"]


@dataclass(frozen=True, slots=True)
class TriedHint:
    title: str
    quote: str
    rule: str
    suggestion: str
    is_praise: bool
    is_shown: bool
    """Whether a learner would see it (before at most two are chosen)."""


def try_line(text: str, current: CurrentLexicon) -> list[TriedHint]:
    from courses.careful_speech.figures import shown_categories

    shown = shown_categories()
    return [
        TriedHint(
            title=str(TITLES[hint.category]),
            quote=text[slice(*hint.span)],
            rule=hint.rule,
            suggestion=hint.suggestion,
            is_praise=hint.category.is_praise,
            is_shown=hint.sure and hint.category in shown,
        )
        for hint in label(text, current.lexicon)
    ]


@lru_cache(maxsize=1)
def _kept_lines() -> list[LabelledLine]:
    return kept_lines()


def figures_of(current: CurrentLexicon) -> Measurement:
    """Precision and recall on the kept lines with the present rules; measured once a version."""
    from courses.careful_speech.figures import measure

    key = f"courses.speech_figures.{current.version}"
    measured = cache.get(key)
    if measured is None:
        measured = measure(_kept_lines(), current.lexicon)
        cache.set(key, measured, _FIGURES_KEPT_FOR)
    return measured


def try_view(request: HttpRequest) -> HttpResponse:
    if not keeps_lexicon(request.user):
        raise PermissionDenied
    line = request.GET.get("line", "").strip()[:LONGEST_TRIED]
    current = current_lexicon()
    measured = figures_of(current)
    rows = [
        {
            "title": TITLES[category],
            "all": measured.labelled[category],
            "sure": measured.sure[category],
            "is_shown": category in measured.shown,
        }
        for category in CATEGORIES
    ]
    context = {
        "line": line,
        "longest": LONGEST_TRIED,
        "hints": try_line(line, current) if line else [],
        "measured": measured,
        "rows": rows,
        "version": current.version,
    }
    return TemplateResponse(request, "courses/cms/speech_try.html", context)


class TryViewSet(ViewSet):
    icon = "search"
    name = "speech_try"
    url_prefix = "speech-hints/try"
    menu_label = _("Try a line")

    def get_menu_item(self, order: int | None = None) -> MenuItem:
        item = super().get_menu_item(order)
        item.is_shown = lambda request: keeps_lexicon(request.user)
        return item

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", try_view, name="index")]


class SpeechGroup(ViewSetGroup):
    items = (SpeechRuleViewSet, TryViewSet, DisagreementViewSet)
    menu_label = _("Speech hints")
    menu_name = "speech-hints"
    menu_icon = "openquote"
    menu_order = Place.SPEECH


@hooks.register("register_admin_viewset")
def speech_group() -> SpeechGroup:
    return SpeechGroup()
