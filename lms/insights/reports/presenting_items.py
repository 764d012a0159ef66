"""The item analysis in words and tables, for trainers and methodologists."""

from __future__ import annotations

from django.utils.translation import gettext as _

from lms.insights.reports.content import SMALLEST_COUNT, SMALLEST_SHARE
from lms.insights.reports.items import CEILING, WEAK, Choices, ItemAnalysis, ItemLine
from lms.insights.reports.presenting import reliability_section
from lms.insights.reports.sections import Cell, Change, Section, Share, Table
from lms.insights.reports.stamp import Stamp
from lms.insights.reports.taking import Reports
from lms.insights.reports.wording import count, decimal, percent


def item_sections(found: Reports, *, stamp: Stamp) -> list[Section]:
    analysis = found.items
    if analysis is None:
        return []
    return [
        reliability_section(found.programme, stamp),
        _items(analysis),
        *_choices(analysis),
        _attention(analysis),
        _forms(analysis),
    ]


def _items(analysis: ItemAnalysis) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _label(line.code, line.form),
            line.text if len(line.text) <= 90 else f"{line.text[:88]}…",
            line.n,
            line.easiness,
            None if line.rest is None else decimal(line.rest, 2),
            None if line.at_top is None else percent(line.at_top),
            _remark(line),
        )
        for line in analysis.lines
    )
    header = (
        _("Question"),
        _("Text"),
        _("People"),
        _("Mean score"),
        _("With the rest"),
        _("At the top"),
        _("Look at"),
    )
    sentences = (
        _("Mean score in points of 100: a high one means an easy question. “With the rest” is its "
          "correlation with the other questions of its scale; below %(weak)s it measures something "
          "else or is not understood. Above %(top)s at the top it cannot show a gain.")
        % {"weak": decimal(WEAK, 2), "top": percent(CEILING)},
    )  # fmt: skip
    return Section("items", _("Question by question"), sentences,
                   (Table(_("Before the course"), header, rows),))  # fmt: skip


def _label(code: str, form: str) -> str:
    return f"{code} ({form})" if form else code


def _remark(line: ItemLine) -> str:
    remarks = []
    if line.is_weak:
        remarks.append(_("weak"))
    if line.is_too_easy:
        remarks.append(_("too easy"))
    return ", ".join(remarks)


def _choices(analysis: ItemAnalysis) -> list[Section]:
    """One table for each set of options."""
    by_options: dict[tuple[str, ...], list[Choices]] = {}
    for found in analysis.choices:
        words = tuple(option for option, _share in found.shares)
        if found.kind != "recognition" and words:
            by_options.setdefault(words, []).append(found)
    tables = []
    for words, group in by_options.items():
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (
                _part_label(found),
                found.n,
                *(None if share is None else Share(share) for _words, share in found.shares),
            )
            for found in group
        )
        tables.append(
            Table(_("What was chosen, share of people"), (_("Question"), _("People"), *words), rows)
        )
    sentence = _(
        "The darker, the more often. Shown for %(share)s people and more; options of fewer than "
        "%(count)s people are hidden, with a neighbour."
    ) % {"share": SMALLEST_SHARE, "count": SMALLEST_COUNT}
    return [Section("choices", _("What was chosen"), (sentence,), tuple(tables))] if tables else []


def _part_label(found: Choices) -> str:
    label = _label(found.code, found.form)
    if found.kind == "rate_each":
        return _("%(question)s, reply %(number)s") % {"question": label, "number": found.part + 1}
    return label


def _attention(analysis: ItemAnalysis) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Two signs or more: fast pages, one answer in a row, a failed check, answers unlike "
           "those of all others"),
         analysis.flagged),
        (_("One answer to three quarters of the statements in a row"), analysis.long_runs),
    )  # fmt: skip
    sentences = (
        _("Answered before the course: %(people)s.") % {"people": count(analysis.people)},
        _("Signs mark answers; nobody is left out because of them. The report shows the result "
          "without these people beside the result with them."),
    )  # fmt: skip
    table = Table(_("Signs of careless answering"), (_("Sign"), _("People")), rows)
    return Section("attention", _("How attentively people answered"), sentences, (table,))


def _forms(analysis: ItemAnalysis) -> Section:
    title = _("Whether the forms are alike")
    if not analysis.forms:
        return Section("forms", title, (_("There is one form, or too few have answered each."),))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (pair.title, pair.n_a, pair.n_b, pair.mean_a, pair.mean_b, Change(pair.difference),
         pair.interval)
        for pair in analysis.forms
    )  # fmt: skip
    header = (
        _("Scale"),
        _("People, A"),
        _("People, B"),
        _("Mean, A"),
        _("Mean, B"),
        _("A − B"),
        _("Interval of 95%"),
    )
    sentences = (
        _("Who begins with A and who with B is drawn, so before the course a difference comes from "
          "the forms or from chance. Half take them in the other order: it cancels out of the "
          "gain."),
    )  # fmt: skip
    return Section("forms", title, sentences, (Table(_("Points of 100"), header, rows),))
