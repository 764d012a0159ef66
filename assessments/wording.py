"""Saying a person's change in words first, and drawing it."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from assessments.models import Scale, Wave
from assessments.own_result import FollowUp, OwnResult, ScaleChange, Yardstick
from assessments.windows import Standing, Window
from courses.when import moment_in_words
from frontend.charts import before_after_chart

SHIFTED = 0.3
"""A yardstick that moved less than this, in points, has hardly moved."""


def points(value: float) -> str:
    return number_format(round(value, 1) + 0.0, decimal_pos=1)  # it would cut the digits off


def sentence_of(change: ScaleChange) -> str:
    """What happened on one scale, as a sentence without praise or blame."""
    names = {"scale": change.scale.title, "maximum": change.span[1]}
    if change.before is None and change.after is None:
        return _("“%(scale)s”: too few answers to say anything.") % names
    if change.before is None or change.after is None:
        known = change.after if change.before is None else change.before
        assert known is not None
        names |= {"value": points(known)}
        if change.before is None:
            return _("“%(scale)s”: after the course %(value)s out of %(maximum)s.") % names
        return _("“%(scale)s”: before the course %(value)s out of %(maximum)s.") % names
    names |= {"before": points(change.before), "after": points(change.after)}
    if points(change.before) == points(change.after):
        return _("“%(scale)s”: it was and is %(after)s out of %(maximum)s.") % names
    return _("“%(scale)s”: it was %(before)s, now it is %(after)s out of %(maximum)s.") % names


def later_sentence(change: ScaleChange) -> str:
    """How it is some weeks after the course; empty while that is not known."""
    if change.later is None:
        return ""
    return _("Some weeks later: %(value)s.") % {"value": points(change.later)}


def error_sentence(change: ScaleChange) -> str:
    """The change against the error of the questionnaire; empty while the error is not known."""
    if change.error is None or change.change is None:
        return ""
    names = {
        "change": points(abs(change.change)),
        "error": points(change.error.min_reliable_change),
    }
    if change.error.category == "unchanged":
        return (
            _(
                "A difference of %(change)s is within the error (%(error)s). That does not mean "
                "that you have learnt nothing: the questionnaire is too coarse for one person."
            )
            % names
        )
    return _("A difference of %(change)s is more than chance usually makes (%(error)s).") % names


def yardstick_sentences(yardstick: Yardstick) -> list[str]:
    """What looking back says about how strictly the person judges themselves."""
    names = {
        "before": points(yardstick.before),
        "back": points(yardstick.looking_back),
        "after": points(yardstick.after),
        "maximum": yardstick.span[1],
    }
    found = [
        _(
            "Before the course you answered %(before)s on average; looking back you now give that "
            "time %(back)s, and the present %(after)s, out of %(maximum)s."
        )
        % names
    ]
    shift = yardstick.looking_back - yardstick.before
    if shift <= -SHIFTED:
        found.append(
            _(
                "You judge your earlier self more strictly than you did then. So it is when the "
                "yardstick grows: you see more of what a conversation can be."
            )
        )
    elif shift >= SHIFTED:
        found.append(_("You judge your earlier self more kindly than you did then."))
    else:
        found.append(_("Your yardstick has hardly moved: the two results can be compared."))
    return found


def follow_up_sentence(follow_up: FollowUp) -> str:
    """When the questionnaire some weeks after comes."""
    if follow_up.is_sent:
        return _("You have sent the questionnaire some weeks after the course, too.")
    if follow_up.standing is Standing.OPEN:
        if follow_up.window.closes_at is None:
            return _("The questionnaire some weeks after the course is open.")
        return _("The questionnaire some weeks after the course is open until %(moment)s.") % {
            "moment": moment_in_words(follow_up.window.closes_at)
        }
    if follow_up.standing is Standing.TOO_EARLY and follow_up.window.opens_at is not None:
        return _("On %(moment)s we will ask once more: what has stayed shows only later.") % {
            "moment": moment_in_words(follow_up.window.opens_at)
        }
    if follow_up.standing is Standing.NEEDS_ANOTHER:
        return _("Eight weeks after the questionnaire “after” we will ask once more.")
    return _("The questionnaire some weeks after the course is closed.")


def chart_of(result: OwnResult) -> SafeString:
    """Before and after of every self-report scale that has both, as SVG; empty when none has."""
    rows, bands = [], []
    for change in result.changes:
        is_own = change.scale.strand == Scale.Strand.SELF_REPORT
        if is_own and change.before is not None and change.after is not None:
            rows.append((change.scale.title, change.before, change.after))
            bands.append(change.band)
    if not rows:
        return mark_safe("")
    svg = before_after_chart(
        rows,
        minimum=result.instrument.minimum,
        maximum=result.instrument.maximum,
        title=_("Before and after"),
        description="; ".join(
            _("%(scale)s: %(before)s before, %(after)s after")
            % {"scale": scale, "before": points(before), "after": points(after)}
            for scale, before, after in rows
        ),
        before_label=_("before"),
        after_label=_("after"),
        bands=bands,
        band_label=_("▮ error of the questionnaire"),
        number=points,
    )
    return mark_safe(svg)  # noqa: S308  the chart escapes its labels


def standing_sentence(window: Window, standing: Standing) -> str:
    """Why a questionnaire cannot be answered now."""
    if standing is Standing.NEEDS_ANOTHER:
        if window.needs == Wave.POST:
            return _("It opens after you have sent the questionnaire “after”.")
        return _("It opens after you have sent the questionnaire “before”.")
    if standing is Standing.OVERTAKEN:
        return _("You have sent the questionnaire “after” already, so the time before is no longer "
                 "asked about.")  # fmt: skip
    if standing is Standing.TOO_EARLY and window.opens_at is not None:
        return _("It opens on %(moment)s.") % {"moment": moment_in_words(window.opens_at)}
    if window.closes_at is not None:
        return _("It closed on %(moment)s, so answers are no longer taken.") % {
            "moment": moment_in_words(window.closes_at)
        }
    return _("It is closed, so answers are no longer taken.")
