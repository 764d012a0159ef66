"""One's own result on paper: the same sentences as on the page."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.models import Scale
from assessments.own_result import OwnResult, ScaleChange
from assessments.wording import (
    chart_of,
    error_sentence,
    follow_up_sentence,
    later_sentence,
    sentence_of,
    yardstick_sentences,
)
from lms.pdf.document import render_document
from lms.pdf.pieces import Bullets, Callout, Chart, Document, Heading, Labels, Paragraph, Piece, Run


def pdf_of(result: OwnResult) -> bytes:
    base = settings.NPM_DIR / "@expo-google-fonts" / "golos-text"
    return render_document(
        document_of(result),
        regular=base / "400Regular" / "GolosText_400Regular.ttf",
        bold=base / "700Bold" / "GolosText_700Bold.ttf",
    )


def document_of(result: OwnResult) -> Document:
    """Only what the person sees on the page, in the same order."""
    pieces: list[Piece] = [_list(result.own)]
    judgement = result.of(Scale.Role.TARGET, strand=Scale.Strand.JUDGEMENT)
    for heading, changes in (
        (_("How you judge situations"), judgement),
        (_("How tired you are of contacts"), result.of(Scale.Role.RISK)),
        (_("Not trained, for comparison"), result.of(Scale.Role.CONTROL)),
    ):
        if changes:
            pieces += [Heading(heading), _list(changes)]
    if result.yardstick:
        words = yardstick_sentences(result.yardstick)
        pieces += [Heading(_("Has your yardstick moved?")), *[_text(line) for line in words]]
    if practice := result.next_practice:
        title = _("One thing to try")
        pieces.append(Callout((_text(practice.next_practice),), title=title))
    if result.follow_up:
        pieces.append(_text(follow_up_sentence(result.follow_up)))
    if chart := chart_of(result):
        pieces += [Heading(_("The same as a picture")), Chart(chart)]
    if not result.is_normed:
        pieces.append(_text(_("The questionnaire is new and not yet normed.")))
    sent = max(result.sent.values())
    return Document(
        title=_("What has changed"),
        summary=result.enrollment.cohort.course.title,
        facts=_("Answers up to %(day)s") % {"day": date_format(timezone.localtime(sent), "j E Y")},
        pieces=pieces,
        source=urljoin(
            settings.PUBLIC_URL, reverse("assessments:gain", args=[result.enrollment.uuid])
        ),
        issuer=settings.WAGTAIL_SITE_NAME,
        labels=Labels(page=_("{number} of {total}")),
    )


def _list(changes: list[ScaleChange]) -> Bullets:
    return Bullets(
        tuple(
            (
                Run(sentence_of(change), is_bold=True),
                Run(" ".join(["", later_sentence(change), error_sentence(change)]).rstrip()),
            )
            for change in changes
        )
    )


def _text(words: str) -> Paragraph:
    return Paragraph((Run(words),))
