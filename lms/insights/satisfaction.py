"""The trend of satisfaction: what groups said of their meetings, one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from scipy import stats

from courses.models import Cohort
from frontend.charts import Dot, dot_intervals
from lms.insights.reports.content import SMALLEST_MEAN
from lms.insights.reports.sections import Cell, Section, Table
from lms.insights.reports.wording import decimal, span
from webinars.feedback import ASKED_FOR, HIGHEST
from webinars.reactions import Reactions, reactions_in

FEWEST_WORDS = 5
"""Answers in words from which on they are shown."""

LONGEST_LABEL = 46


@dataclass(frozen=True)
class Mean:
    """A mean of ten people or more with its interval of 95 % (t), kept within 0 to 10."""

    value: float
    interval: tuple[float, float]


def mean_of(scores: tuple[int, ...]) -> Mean | None:
    """None below ten people, and where all said the same: the mean would be everybody's answer."""
    if len(scores) < SMALLEST_MEAN:
        return None
    values = np.array(scores, dtype=np.float64)
    mean, n = float(values.mean()), len(values)
    spread = float(values.std(ddof=1))
    if not spread:
        return None
    half = float(stats.t.ppf(0.975, n - 1)) * spread / n**0.5
    return Mean(mean, (max(0.0, mean - half), min(float(HIGHEST), mean + half)))


def satisfaction_section(cohorts: QuerySet[Cohort]) -> Section:
    """The meetings of ``cohorts`` in the order of time, as a table and a chart."""
    found = reactions_in(cohorts)
    title = _("Satisfaction with the meetings")
    asked = _(
        "After each webinar and practicum people say from 0 to %(most)s how satisfied they are. "
        "Answers are counted when they can no longer be changed, %(days)s days after the end."
    ) % {"most": HIGHEST, "days": ASKED_FOR.days}
    if not found:
        nobody = _("No meeting has closed answers yet.")
        return Section("satisfaction", title, (asked, nobody))
    means = [(one, mean_of(one.scores)) for one in found]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _label(one),
            one.cohort,
            len(one.scores) if mean else None,
            mean.value if mean else None,
            mean.interval if mean else None,
        )
        for one, mean in means
    )
    sentences = [asked]
    if any(mean is None for _one, mean in means):
        sentences.append(
            _("A dash: fewer than %(number)s people, or all said the same: nobody is recognised.")
            % {"number": SMALLEST_MEAN}
        )
    sentences.append(_("Satisfaction tells how a meeting was liked, not what was learned in it."))
    header = (_("Meeting"), _("Cohort"), _("People"), _("Mean"), _("Interval of 95%"))
    table = Table(_("Satisfaction, 0 to 10"), header, rows)
    return Section("satisfaction", title, tuple(sentences), (table,), chart=_chart(means))


def words_section(cohorts: QuerySet[Cohort]) -> Section:
    """What people wrote, without names: of meetings with five such answers or more."""
    tables = tuple(
        Table(
            f"{_label(one)}, {one.cohort}",
            (_("Number"), _("What shall we do differently?")),
            tuple((str(place), words) for place, words in enumerate(one.words, start=1)),
        )
        for one in reactions_in(cohorts)
        if len(one.words) >= FEWEST_WORDS
    )
    sentence = (
        _("In the order of the alphabet, without names; of meetings with %(number)s answers or "
          "more.") % {"number": FEWEST_WORDS}
        if tables
        else _("No meeting has %(number)s answers in words yet: fewer are not shown.")
        % {"number": FEWEST_WORDS}
    )  # fmt: skip
    return Section("words", _("What people would change"), (sentence,), tables)


def _label(one: Reactions) -> str:
    return f"{date_format(one.day, 'j E Y')} · {one.title}"


def _short(one: Reactions, name: str) -> str:
    """A label that leaves room for the number in its row."""
    label = f"{one.day:%d.%m.%Y} · {name}"
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


def _chart(means: list[tuple[Reactions, Mean | None]]) -> str:
    known = [(one, mean) for one, mean in means if mean is not None]
    if not known:
        return ""
    is_one = len({one.title for one, _mean in known}) == 1
    return dot_intervals(
        [
            (_short(one, one.cohort if is_one else one.title), [Dot(mean.value, mean.interval)])
            for one, mean in known
        ],
        title=_("Mean satisfaction with each meeting, 0 to 10, with its interval of 95%"),
        description="; ".join(
            f"{_label(one)}: {decimal(mean.value)} ({span(mean.interval)})" for one, mean in known
        ),
        number=decimal,
    )
