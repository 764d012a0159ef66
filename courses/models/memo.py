from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, PageChooserPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page, PageManager
from wagtail.query import PageQuerySet

from courses.blocks import MEMO_BLOCKS
from courses.models.activity import Activity


class KnowledgeBasePage(Page):
    """The shelf of memos and brochures; every one of them is its child."""

    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "link", "ul"])

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types = ["courses.WelcomePage"]
    subpage_types = ["courses.Memo"]
    max_count = 1
    template = "courses/memos.html"

    class Meta:
        verbose_name = _("knowledge base")
        verbose_name_plural = _("knowledge bases")

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        from courses.memos import shelf_for

        return {
            **super().get_context(request, *args, **kwargs),
            "shelf": shelf_for(request.user, request.GET),
        }


class MemoQuerySet(PageQuerySet):
    def visible_to(self, user) -> MemoQuerySet:
        """What is published; of that, visitors who are not signed in see the public ones."""
        live = self.live()
        return live if user.is_authenticated else live.filter(is_public=True)


class Memo(Page):
    """A sheet to keep at hand: read on a screen, printed, or taken away as a PDF."""

    class Kind(models.TextChoices):
        MEMO = "memo", _("memo")
        BROCHURE = "brochure", _("brochure")

    summary = models.CharField(_("in one line"), max_length=250)
    audience = models.CharField(_("for whom"), max_length=250, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.MEMO)
    is_public = models.BooleanField(
        _("open to everyone"),
        default=False,
        help_text=_("Otherwise only people who are signed in can read it."),
    )
    body = StreamField(MEMO_BLOCKS, verbose_name=_("content"), blank=True)
    search_text = models.TextField(editable=False, default="", blank=True)
    """Its words, folded for searching; written by ``save``."""

    objects = PageManager.from_queryset(MemoQuerySet)()

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("audience"),
        FieldPanel("kind"),
        FieldPanel("is_public"),
        FieldPanel("body"),
        InlinePanel("related", label=_("related activity"), heading=_("Related activities")),
    ]
    parent_page_types = ["courses.KnowledgeBasePage"]
    subpage_types: list[str] = []
    template = "courses/memo.html"

    class Meta:
        verbose_name = _("memo")
        verbose_name_plural = _("memos")

    def save(self, *args, **kwargs) -> None:
        from courses.memo_search import words_of

        self.search_text = words_of(self)
        super().save(*args, **kwargs)

    def serve(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.is_public and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return super().serve(request, *args, **kwargs)

    def get_context(self, request: HttpRequest, *args, **kwargs) -> dict:
        from courses.memos import usefulness_of

        return {
            **super().get_context(request, *args, **kwargs),
            "usefulness": usefulness_of(self, request.user),
            "activities": Activity.objects.live().filter(pk__in=self.related.values("activity")),
        }


class MemoActivity(Orderable):
    """An activity that a memo belongs to."""

    memo = ParentalKey(Memo, on_delete=models.CASCADE, related_name="related")
    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="+", verbose_name=_("activity")
    )

    panels = [PageChooserPanel("activity")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["memo", "activity"], name="memo_names_an_activity_once")
        ]


class MemoMark(models.Model):
    """«Useful»: a person's mark on a memo, which also puts it on their own list."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memo_marks"
    )
    memo = models.ForeignKey(Memo, on_delete=models.CASCADE, related_name="marks")
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("mark of a memo")
        verbose_name_plural = _("marks of memos")
        constraints = [models.UniqueConstraint(fields=["user", "memo"], name="memo_is_marked_once")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.memo_id}"
