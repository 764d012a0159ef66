"""From the numbers of a report to its sections, in the order in which a statistician reads them.

Words follow the evidence design: points first, size second, p never alone; no ranks, no causes, no
percentages of growth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lms.insights.reports.content import (
    ENOUGH_FOR_RELIABILITY,
    ENOUGH_REGIONS,
    ENOUGH_TARGETS,
    RESAMPLED_UP_TO,
    SEED,
    SMALLEST_COUNT,
    SMALLEST_MEAN,
    SMALLEST_SHARE,
    Difference,
    Estimate,
    Facet,
    Precision,
    Report,
)
from lms.insights.reports.drawing import facets_chart, flow_chart, regions_chart
from lms.insights.reports.sections import Cell, Change, Section, Table
from lms.insights.reports.stamp import Stamp
from lms.insights.reports.wording import count, day, decimal, percent, signed, span


def sections_of(report: Report, *, stamp: Stamp, names: Mapping[int, str]) -> list[Section]:
    """The sections of the report of a programme, or of one of its regions."""
    return [
        _people(report),
        reliability_section(report, stamp),
        _headline(report),
        _comparison(report),
        _facets(report),
        _own_changes(report),
        _observers(report),
        _yardstick(report),
        *([_regions(report, names)] if report.regions else []),
        _limits(report, stamp),
        _method(stamp),
    ]


def strand_title(strand: str) -> str:
    return {
        "self_report": _("What people say of their own work"),
        "judgement": _("How they judge situations"),
    }[strand]


def wave_title(wave: str) -> str:
    return {
        "pre": _("Before the course"),
        "post": _("After the course"),
        "pre_again": _("At the end of waiting"),
        "follow_up": _("Some weeks later"),
        "then": _("Looking back"),
    }[wave]


def _people(report: Report) -> Section:
    flow = report.flow
    stages: list[tuple[str, int | None]] = [
        (_("Enrolled"), flow.enrolled),
        (_("Answered before the course"), flow.before),
        (_("Answered both times"), flow.after),
        (_("Also looked back"), flow.looked_back),
        (_("Answered some weeks later"), flow.followed),
    ]
    sentences = []
    if flow.before is not None and flow.after is not None:
        sentences.append(
            _("%(after)s of %(before)s answered both times.")
            % {"after": count(flow.after), "before": count(flow.before)}
        )
    if flow.share_lost is not None:
        sentences.append(_("Not answered again: %(share)s.") % {"share": percent(flow.share_lost)})
    if flow.lost_minus_stayed is not None and flow.lost_interval is not None:
        value = flow.lost_minus_stayed
        words = (
            _("Those lost had scored %(size)s deviations lower at the start (%(span)s).")
            if value < 0
            else _("Those lost had scored %(size)s deviations higher at the start (%(span)s).")
        )
        sentences.append(
            words % {"size": decimal(abs(value), 2), "span": span(flow.lost_interval, 2)}
        )
        sentences.append(_lost_verdict(abs(value)))
    rows: tuple[tuple[Cell, ...], ...] = tuple(stages)
    return Section(
        "people",
        _("Who answered"),
        tuple(sentences),
        (Table(_("From enrolment to the last answer"), (_("Stage"), _("People")), rows),),
        chart=flow_chart(stages),
    )


def _lost_verdict(size: float) -> str:
    if size <= 0.05:
        return _("Such a difference does not matter.")
    if size <= 0.25:
        return _("Such a difference is small, yet the result holds for those who answered twice.")
    return _("Such a difference is large: the result cannot be carried over to those lost.")


def reliability_section(report: Report, stamp: Stamp) -> Section:
    """What was measured, how exactly and when."""
    words = _("“%(title)s”, code %(code)s, version %(version)s.") % {
        "title": stamp.instrument_title,
        "code": stamp.instrument_code,
        "version": stamp.instrument_version,
    }
    sentences = [words]
    if not stamp.is_normed:
        sentences.append(_("It has not been normed yet: there is no table to compare with."))
    if stamp.other_versions:
        sentences.append(
            _("Answers to other versions or questionnaires are not in here; they are not pooled.")
        )
    scales: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _scale_title(row),
            row.items,
            row.n,
            row.alpha,
            row.interval,
        )
        for row in report.precision
    )
    windows: tuple[tuple[Cell, ...], ...] = tuple(
        (wave_title(wave), day(first), day(last)) for wave, (first, last) in report.windows.items()
    )
    reliability = Table(
        _("Reliability before the course, in the whole programme (Cronbach’s alpha)"),
        (_("Scale"), _("Questions"), _("People"), _("Alpha"), _("Interval of 95%")),
        scales,
        digits=2,
    )
    asked = Table(_("When was asked"), (_("Wave"), _("First answer"), _("Last answer")), windows)
    note = (
        _("Alpha is given for %(number)s people and more.") % {"number": ENOUGH_FOR_RELIABILITY},
    )
    return Section(
        "instruments", _("What was measured"), tuple(sentences) + note, (reliability, asked)
    )


def _scale_title(row: Precision) -> str:
    if not row.form:
        return row.title
    return _("%(scale)s, form %(form)s") % {"scale": row.title, "form": row.form}


def _headline(report: Report) -> Section:
    sentences: list[str] = []
    rows: list[tuple[Cell, ...]] = []
    for found in report.strands:
        estimate, title = found.estimate, strand_title(found.strand)
        rows.append((title, *_estimate_cells(estimate)))
        if estimate.gain is None:
            sentences.append(f"{title}: {_too_few()}")
            continue
        sentences.append(f"{title}: {_gain_sentence(estimate)}")
        sentences += _sensitivity(found.bootstrap, found.flagged, found.unflagged)
    if len(report.strands) == 1:
        sentences.append(
            _("There is one kind of evidence only: what people say of themselves. It says little "
              "about what they do.")
        )  # fmt: skip
    if report.programme and report.programme.gain is not None and report.programme.interval:
        sentences.append(
            _("In the whole programme: %(gain)s (%(span)s).")
            % {"gain": signed(report.programme.gain), "span": span(report.programme.interval)}
        )
    if not rows:
        sentences.append(_too_few())
    return Section("headline", _("The main result"), tuple(sentences), _estimates_table(rows))


def _gain_sentence(estimate: Estimate) -> str:
    assert estimate.gain is not None
    if estimate.interval is None:
        return _("the mean changed by %(gain)s points of 100; everybody by the same.") % {
            "gain": signed(estimate.gain)
        }
    words = _("the mean changed by %(gain)s points of 100 (95%% interval %(span)s).") % {
        "gain": signed(estimate.gain),
        "span": span(estimate.interval),
    }
    if estimate.g is not None and estimate.g_interval is not None:
        words += " " + _("In standard deviations: %(g)s (%(span)s).") % {
            "g": signed(estimate.g, 2),
            "span": span(estimate.g_interval, 2),
        }
    if estimate.interval[0] <= 0 <= estimate.interval[1]:
        words += " " + _("There may be no change at all: the interval holds zero.")
    return words


def _sensitivity(
    bootstrap: tuple[float, float] | None, flagged: int | None, unflagged: Estimate | None
) -> Iterator[str]:
    if bootstrap is not None:
        yield _("By resampling people (BCa bootstrap) the interval is %(span)s.") % {
            "span": span(bootstrap)
        }
    if unflagged is not None and unflagged.gain is not None and unflagged.interval is not None:
        assert flagged is not None
        yield ngettext(
            "Without %(number)s person with signs of careless answering: %(gain)s (%(span)s).",
            "Without %(number)s people with signs of careless answering: %(gain)s (%(span)s).",
            flagged,
        ) % {
            "number": count(flagged),
            "gain": signed(unflagged.gain),
            "span": span(unflagged.interval),
        }


def _estimate_cells(estimate: Estimate) -> tuple[Cell, ...]:
    return (
        estimate.n,
        estimate.before,
        estimate.after,
        None if estimate.gain is None else Change(estimate.gain),
        estimate.interval,
        None if estimate.g is None else Change(estimate.g, 2),
    )


def _estimates_table(rows: list[tuple[Cell, ...]], *, caption: str = "") -> tuple[Table, ...]:
    if not rows:
        return ()
    header = (
        _("Measure"),
        _("People"),
        _("Before"),
        _("After"),
        _("Mean change"),
        _("Interval of 95%"),
        _("In deviations (g)"),
    )
    return (Table(caption or _("Points of 100"), header, tuple(rows)),)


def _too_few() -> str:
    return _("fewer than %(number)s people; not shown.") % {"number": SMALLEST_MEAN}


def _comparison(report: Report) -> Section:
    sentences = [
        _difference(
            report.contrast,
            _("What was trained rose more than what was not trained by %(gain)s points (%(span)s), "
              "in the same people. That part is hard to explain by ticking higher everywhere."),
            _("What was trained did not rise more than what was not trained: %(gain)s points "
              "(%(span)s)."),
            _("No scale without training was asked, so it is not known how much is habit of "
              "answering."),
        ),
        _waiting(report.waiting),
        _difference(
            report.against_waiting,
            _("Those trained at once changed by %(gain)s points more than those who waited "
              "(%(span)s)."),
            _("Those trained at once did not change more than those who waited: %(gain)s points "
              "(%(span)s)."),
            "",
        ),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for title, estimate in (
        (_("Waiting, without the course"), report.waiting),
        (_("Some weeks after the course"), report.follow_up),
    ):
        if estimate.n is not None:
            rows.append((title, *_estimate_cells(estimate)))
    if report.follow_up.gain is not None:
        sentences.append(
            _("Some weeks later, against the time before: %(gain)s points.")
            % {"gain": signed(report.follow_up.gain)}
        )
    return Section(
        "comparison",
        _("What it is compared with"),
        tuple(filter(None, sentences)),
        _estimates_table(rows),
    )


def _difference(found: Difference, more: str, not_more: str, absent: str) -> str:
    if found.value is None or found.interval is None:
        return absent
    words = more if found.interval[0] > 0 else not_more
    return words % {"gain": signed(found.value), "span": span(found.interval)}


def _waiting(estimate: Estimate) -> str:
    if estimate.gain is None or estimate.interval is None:
        return _("There is no waiting group: the change cannot be put down to the course alone.")
    return _(
        "In the waiting groups it was %(gain)s (%(span)s): what answering twice and the passing of "
        "time do."
    ) % {"gain": signed(estimate.gain), "span": span(estimate.interval)}


def facet_title(facet: Facet) -> str:
    notes = []
    if facet.role == "control":
        notes.append(_("not trained, for comparison"))
    if facet.role == "risk":
        notes.append(_("a burden"))
    if not facet.higher_is_better:
        notes.append(_("less is better"))
    return f"{facet.title} ({', '.join(notes)})" if notes else facet.title


def _facets(report: Report) -> Section:
    rows: list[tuple[Cell, ...]] = [
        (facet_title(facet), *_estimate_cells(facet.estimate)) for facet in report.facets
    ]
    practice = report.waiting.gain
    sentences = [
        _("In the order of the questionnaire. The scales are short: they describe a group, not a "
          "person."),
        _beyond_chance(report),
    ]  # fmt: skip
    if practice is not None:
        sentences.append(
            _("The dotted line shows the change of those who waited: %(gain)s.")
            % {"gain": signed(practice)}
        )
    return Section(
        "facets",
        _("Scale by scale"),
        tuple(sentences),
        _estimates_table(rows),
        chart=facets_chart([(facet.title, facet.estimate) for facet in report.facets], practice),
    )


def _beyond_chance(report: Report) -> str:
    trained = [facet for facet in report.facets if facet.p_adjusted is not None]
    beyond = sum(facet.p_adjusted < 0.05 for facet in trained if facet.p_adjusted is not None)
    return _(
        "Trained scales whose change is beyond chance, after Holm’s correction for many "
        "comparisons: %(number)s of %(total)s."
    ) % {"number": beyond, "total": len(trained)}


def _own_changes(report: Report) -> Section:
    found = report.categories
    title = _("How many changed by more than error")
    if found is None:
        reasons = {
            "too_few": _("Shares are shown for %(number)s people and more.")
            % {"number": SMALLEST_SHARE},
            "unknown_reliability": _(
                "The reliability is not known well enough yet: it needs %(number)s people."
            )
            % {"number": ENOUGH_FOR_RELIABILITY},
            "low_reliability": _(
                "The scales are not reliable enough to judge the change of one person."
            ),
            "no_scale": _("There is no scale on which one person’s change could be judged."),
        }
        return Section("own_changes", title, (reasons[report.no_categories],))
    sentences = [
        _("For one person, a change of %(points)s points of 100 or more is larger than error of "
          "measurement (reliability %(reliability)s).")
        % {"points": decimal(found.smallest), "reliability": decimal(found.reliability, 2)},
        _("By error alone about %(number)s people would lie beyond the border on each side.")
        % {"number": decimal(found.by_chance, 0)},
    ]  # fmt: skip
    counts = ((_("Improved"), found.improved), (_("Unchanged"), found.unchanged),
              (_("Deteriorated"), found.deteriorated))  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (label, number, None if number is None else percent(number / found.n))
        for label, number in counts
    )
    if None in (found.improved, found.unchanged, found.deteriorated):
        sentences.append(
            _("A dash: fewer than %(number)s people, or a number that would give them away.")
            % {"number": SMALLEST_COUNT}
        )
    table = Table(
        _("People by their own change"), (_("Kind of change"), _("People"), _("Share")), rows
    )
    return Section("own_changes", title, tuple(sentences), (table,))


def _observers(report: Report) -> Section:
    found, title = report.observed, _("What observers saw")
    if found is None or found.estimate.gain is None:
        nothing = _(
            "Fewer than %(number)s people were observed in two rounds of a practicum: what people "
            "do has not been measured here."
        ) % {"number": SMALLEST_MEAN}
        return Section("observers", title, (nothing,))
    sentences = [
        _("Observers rated people as specialists in practicums by a rubric of four steps. From the "
          "first round to the last %(change)s")
        % {"change": _gain_sentence(found.estimate)},
        _("Observers were fellow learners and knew which round it was; that can raise the last "
          "one."),
    ]  # fmt: skip
    tables = _estimates_table(
        [(_("Rubric, first and last round"), *_estimate_cells(found.estimate))]
    )
    if found.single is None or found.together is None:
        sentences.append(
            _("How far two observers agree is told from %(number)s rounds on.")
            % {"number": ENOUGH_TARGETS}
        )
        return Section("observers", title, tuple(sentences), tables)
    sentences.append(_agreement_verdict(found.together_interval))
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("One observer, ICC(2,1)"), found.rounds, found.single, found.single_interval),
        (_("The mean of two, ICC(2,k)"), found.rounds, found.together, found.together_interval),
    )
    header = (_("Agreement"), _("Rounds"), _("Value"), _("Interval of 95%"))
    agreement = Table(
        _("How far two observers agree, in the whole programme"), header, rows, digits=2
    )
    return Section("observers", title, tuple(sentences), (*tables, agreement))


def _agreement_verdict(interval: tuple[float, float] | None) -> str:
    """In the words of Koo and Li (2016), by the lower end of the interval."""
    low = interval[0] if interval else 0.0
    if low < 0.5:
        return _("Two observers may agree poorly: read the change with care.")
    if low < 0.75:
        return _("Two observers together agree moderately at least.")
    return _("Two observers together agree well.")


def _yardstick(report: Report) -> Section:
    title = _("Whether the yardstick moved")
    shift = report.shift
    if shift is None:
        return Section(
            "yardstick",
            title,
            (_("Nobody, or too few people, looked back at the time before after the course."),),
        )
    sentence = _(
        "After the course people looked back at the time before. Where they now see themselves "
        "lower than they did then, their yardstick has moved. This is a diagnosis, not a result: "
        "looking back exaggerates gains of its own."
    )
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("After − before"), Change(shift.conventional or 0.0), shift.conventional_interval),
        (_("After − looking back"), Change(shift.then or 0.0), shift.then_interval),
        (_("Looking back − before: the yardstick"), Change(shift.shift or 0.0),
         shift.shift_interval),
    )  # fmt: skip
    table = Table(
        _("Points of 100, %(number)s people, the questions asked again only")
        % {"number": count(shift.n)},
        (_("Difference"), _("Mean change"), _("Interval of 95%")),
        rows,
    )
    return Section("yardstick", title, (sentence,), (table,))


def _regions(report: Report, names: Mapping[int, str]) -> Section:
    found = report.regions
    assert found is not None
    lines = sorted(
        found.lines, key=lambda line: names.get(line.region, "").casefold().replace("ё", "е")
    )
    labelled = [(names.get(line.region) or _("Without a region"), line) for line in lines]
    sentences = [_("In alphabetical order: conditions differ, so this is no contest.")]
    if found.mean is None:
        sentences.append(
            _("Estimates that draw on all regions are computed from %(number)s regions on.")
            % {"number": ENOUGH_REGIONS}
        )
    else:
        assert found.prediction is not None
        assert found.tau is not None
        sentences.append(
            _("A shrunken estimate lies nearer to the programme’s mean the less is known about a "
              "region; it errs less than the plain one.")
        )  # fmt: skip
        sentences.append(
            _("Regions differ by a standard deviation of %(tau)s points; a further region may be "
              "expected %(span)s.")
            % {"tau": decimal(found.tau), "span": span(found.prediction)}
        )  # fmt: skip
    if found.others:
        sentences.append(
            ngettext(
                "%(number)s region is neither shown nor in the totals: fewer than %(least)s people "
                "answered twice there.",
                "%(number)s regions are neither shown nor in the totals: fewer than %(least)s "
                "people answered twice there.",
                found.others,
            )
            % {"number": found.others, "least": SMALLEST_MEAN}
        )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name,
            line.n,
            None if line.gain is None else Change(line.gain),
            line.interval,
            None if line.shrunken is None else Change(line.shrunken),
            line.shrunken_interval,
        )
        for name, line in labelled
    )
    header = (
        _("Region"),
        _("People"),
        _("Mean change"),
        _("Interval of 95%"),
        _("Shrunken"),
        _("Its interval"),
    )
    table = Table(_("Change of self-report, points of 100"), header, rows)
    return Section(
        "regions",
        _("Regions"),
        tuple(sentences),
        (table,) if rows else (),
        chart=regions_chart(labelled, found),
    )


def _limits(report: Report, stamp: Stamp) -> Section:
    sentences = [
        _("The result holds for those who answered twice and agreed that their answers count."),
        _("Self-report says how people see their own work; it is no measure of better service."),
        _("It must not be used to rank regions, nor to judge, dismiss or pay anybody."),
    ]
    if report.waiting.n is None:
        sentences.insert(0, _("Without a waiting group the course cannot be named as the cause."))
    if stamp.is_synthetic:
        sentences.insert(0, _("The people and the answers are made up: this shows the form only."))
    return Section("limits", _("What it does not say"), tuple(sentences))


def _method(stamp: Stamp) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Taken"), day(stamp.taken_at)),
        (_("Version of the method"), stamp.method),
        (_("Hash of the data"), stamp.data_hash),
        (
            _("What is hidden"),
            _("means of fewer than %(mean)s people, shares of fewer than %(share)s, counts of 1 to "
              "%(small)s, and whatever would give these away")
            % {"mean": SMALLEST_MEAN, "share": SMALLEST_SHARE, "small": SMALLEST_COUNT - 1},
        ),
        (
            _("What is frozen"),
            _("a new report follows only when no group in it has changed by fewer than %(mean)s "
              "people")
            % {"mean": SMALLEST_MEAN},
        ),
        (
            _("How it is computed"),
            _("paired t (Student 1908); g with Hedges’ correction and the interval of Algina and "
              "Keselman (2003); BCa bootstrap up to %(most)s people, seed %(seed)s; alpha with "
              "Feldt’s interval; reliable change by Jacobson and Truax (1991); regions by REML, "
              "their intervals by Morris (1983), that of their mean by Knapp and Hartung (2003)")
            % {"most": count(RESAMPLED_UP_TO), "seed": SEED},
        ),
    )  # fmt: skip
    return Section(
        "method",
        _("How it was made"),
        (_("Who has the same answers and the same version gets the same numbers."),),
        (Table(_("Stamp"), (_("What"), _("Value")), rows),),
    )
