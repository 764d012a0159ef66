"""Nothing that reports show may be subtracted to tell of a few people: over made-up programmes."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.insights.reports.content import (
    Estimate,
    Reference,
    Report,
    hidden_in,
    report_of,
)
from lms.insights.reports.dataset import WAVES, Dataset, ScaleFacts
from lms.insights.reports.freezing import published_regions
from lms.insights.reports.hiding import hidden_categories

SCALES = (
    ScaleFacts("a", "a", "target", "self_report", True, 0, 4),
    ScaleFacts("b", "b", "target", "self_report", True, 0, 4),
    ScaleFacts("hiding", "h", "target", "self_report", False, 0, 4),
    ScaleFacts("control", "c", "control", "self_report", True, 0, 4),
    ScaleFacts("judging", "j", "target", "judgement", True, 0, 2),
)
REFERENCE = Reference((), sd=10.0, reliability=0.9)
CATEGORIES = ("improved", "unchanged", "deteriorated")

KINDS = {
    "both": ("pre", "post"),
    "lost": ("pre",),
    "looked_back": ("pre", "post", "then"),
    "followed": ("pre", "post", "follow_up"),
    "waited": ("pre", "pre_again"),
    "waited_and_trained": ("pre", "pre_again", "post"),
    "half": ("pre", "post"),
    "without_control": ("pre", "post"),
    "careless": ("pre", "post"),
}
"""Kind of person → waves; ``half`` left out so much that a trained scale has no score."""


def programme_of(regions: list[dict[str, int]], *, seed: int = 0) -> Dataset:
    """Regions 1, 2, … with so many people of each kind, their scores by chance."""
    chance = np.random.default_rng(seed)
    rows = [
        (region, kind)
        for region, kinds in enumerate(regions, 1)
        for kind, count in kinds.items()
        for _person in range(count)
    ]
    n = len(rows)
    answered = {w: np.array([w in KINDS[kind] for _r, kind in rows], bool) for w in WAVES}
    scores = {
        w: np.where(answered[w][:, None], chance.uniform(0, 2, (n, len(SCALES))), np.nan)
        for w in WAVES
    }
    scores["post"] += 0.6
    for person, (_region, kind) in enumerate(rows):
        if kind == "half":
            scores["post"][person, 1] = np.nan
        if kind == "without_control":
            scores["post"][person, 3] = np.nan
    return Dataset(
        people=np.arange(n),
        regions=np.array([region for region, _kind in rows], dtype=np.int64),
        scales=SCALES,
        scores=scores,
        yardsticks={
            w: np.where(answered[w], scores["pre"][:, 0] if w == "then" else 1.0, np.nan)
            for w in WAVES
        },
        answered=answered,
        flagged=np.array([kind == "careless" for _region, kind in rows], bool),
        sheets=(),
        windows={},
    )


def reports_of(data: Dataset) -> tuple[Report, dict[int, Report]]:
    """The programme's and the regions' reports, as ``taking.compute`` makes them."""
    whole = data.of_regions(published_regions(data.states(), minimum=10))
    hidden = hidden_in(whole, REFERENCE)

    def report(of: Dataset, which, **more) -> Report:
        return report_of(of, enrolled=len(of.people), reference=REFERENCE, hidden=which, **more)

    return report(whole, hidden.programme, with_regions=True), {
        region: report(found, hidden.of(region)) for region, found in whole.by_region()
    }


def estimates(report: Report) -> Iterator[tuple[str, Estimate]]:
    for strand in report.strands:
        yield strand.strand, strand.estimate
        yield f"{strand.strand}, careful", strand.unflagged or Estimate(None)
    yield "waiting", report.waiting
    yield "follow-up", report.follow_up
    for facet in report.facets:
        yield facet.code, facet.estimate


def sizes(report: Report) -> dict[str, int]:
    """Group → how many people its mean is of; 0 where it is not told."""
    found = {name: estimate.n or 0 for name, estimate in estimates(report)}
    found |= {f"{strand.strand}, careless": strand.flagged or 0 for strand in report.strands}
    found["contrast"] = report.contrast.n or 0
    found["shift"] = report.shift.n if report.shift else 0
    return found


def is_telling(count: int, minimum: int = 10) -> bool:
    return 0 < count < minimum


COUNTS = st.sampled_from([0, 0, 1, 3, 4, 5, 9, 10, 11, 31])
REGIONS = st.lists(st.fixed_dictionaries(dict.fromkeys(KINDS, COUNTS)), min_size=1, max_size=4)


@settings(max_examples=80)
@given(REGIONS, st.integers(0, 3))
def test_no_difference_of_programme_and_regions_tells_of_a_few(regions, seed):
    programme, by_region = reports_of(programme_of(regions, seed=seed))
    whole = sizes(programme)
    for name, n in whole.items():
        shown = [sizes(report)[name] for report in by_region.values()]
        assert not is_telling(n), name
        assert not any(map(is_telling, shown)), name
        if n:
            assert not is_telling(n - sum(shown)), name
    lines = {line.region: line.n for line in programme.regions.lines} if programme.regions else {}
    assert lines == {
        region: sizes(report)["self_report"]
        for region, report in by_region.items()
        if sizes(report)["self_report"]
    }


@settings(max_examples=80)
@given(REGIONS)
def test_no_difference_of_counts_tells_of_a_few(regions):
    programme, by_region = reports_of(programme_of(regions))
    reports = [programme, *by_region.values()]
    for report in reports:
        if report.flow.before is not None and report.flow.after is not None:
            assert not is_telling(report.flow.before - report.flow.after, 5)
    flow = {name: [getattr(r.flow, name) for r in reports] for name in ("looked_back", "followed")}
    flow["lost"] = [
        None if r.flow.before is None else r.flow.before - r.flow.after for r in reports
    ]
    for name, (whole, *cells) in flow.items():
        assert not any(is_telling(cell, 5) for cell in cells if cell is not None), name
        hidden = cells.count(None)
        if whole is not None and hidden:
            assert hidden > 1, name
            assert whole - sum(filter(None, cells)) >= 5, name


@settings(max_examples=60)
@given(REGIONS)
def test_groups_of_one_region_do_not_tell_of_a_few_either(regions):
    data = programme_of(regions)
    for region, report in reports_of(data)[1].items():
        of = data.regions == region
        pre, post = (
            np.isfinite(data.scores[wave][:, :2]).all(axis=1) & of for wave in ("pre", "post")
        )
        headline = pre & post
        if report.strands[0].estimate.n is None:
            continue
        for estimate, wave in ((report.waiting, "pre_again"), (report.follow_up, "follow_up")):
            if estimate.before is not None:
                later = pre & np.isfinite(data.scores[wave][:, :2]).all(axis=1)
                assert not is_telling(int((headline ^ later).sum()))
        n = sizes(report)
        assert n["a"] == n["b"] == n["self_report"], "their mean is the headline"
        if n["contrast"] and n["control"]:
            assert not is_telling(n["self_report"] - n["contrast"])
        if report.against_waiting.n:
            assert not is_telling(n["self_report"] - report.against_waiting.n)


ROWS = st.dictionaries(
    st.integers(1, 5),
    st.fixed_dictionaries({name: st.sampled_from([0, 1, 3, 4, 5, 12, 30]) for name in CATEGORIES}),
    min_size=1,
    max_size=5,
)


@settings(max_examples=300)
@given(ROWS)
def test_categories_of_change_do_not_tell_of_a_few(table):
    of_programme, hidden = hidden_categories(table)
    whole = {name: sum(counts[name] for counts in table.values()) for name in CATEGORIES}
    for counts, names in [(whole, of_programme), *((table[r], hidden[r]) for r in table)]:
        assert not any(is_telling(counts[name], 5) for name in CATEGORIES if name not in names)
        if names:  # the people of a row are known as a sum
            assert len(names) > 1
            assert names == set(CATEGORIES) or sum(counts[name] for name in names) >= 5
    for name in set(CATEGORIES) - of_programme:
        inside = [table[region][name] for region in table if name in hidden[region]]
        if inside:
            assert len(inside) > 1
            assert sum(inside) >= 5


def test_three_people_of_one_region_are_not_the_programme_minus_the_others():
    """Sixteen regions tell what came later, and one has three who answered then."""
    regions = [{"followed": 12, "both": 10}] * 16 + [{"followed": 3, "both": 20}]
    programme, by_region = reports_of(programme_of(regions))
    assert programme.follow_up.n == 16 * 12
    assert by_region[17].follow_up.n is None
    assert programme.flow.followed == 16 * 12 + 3, "a count"
    hidden = [region for region, report in by_region.items() if report.flow.followed is None]
    assert len(hidden) == 2
    assert 17 in hidden


def test_almost_the_same_people_do_not_show_their_scores_before_twice():
    """Three of a region did not answer later: their scores before would follow from two means."""
    programme, by_region = reports_of(
        programme_of([{"followed": 20, "both": 3}, {"followed": 20, "both": 20}])
    )
    for report in (programme, by_region[1]):
        assert report.follow_up.gain is not None
        assert (report.follow_up.before, report.follow_up.after) == (None, None)
    assert by_region[2].follow_up.before is not None


def test_careless_answers_of_one_region_do_not_follow_from_the_others():
    some, few = {"both": 20, "careless": 12}, {"both": 20, "careless": 3}
    programme, by_region = reports_of(programme_of([some, few]))
    assert by_region[1].strands[0].flagged == 12
    assert by_region[2].strands[0].flagged is None
    assert programme.strands[0].flagged is None
    programme, _by_region = reports_of(programme_of([some, *[few] * 4]))
    assert programme.strands[0].flagged == 24


def test_a_region_whose_people_left_out_too_much_is_in_no_mean():
    programme, by_region = reports_of(programme_of([{"both": 30}, {"half": 9, "both": 4}]))
    assert by_region[2].strands[0].estimate.n is None
    assert programme.strands[0].estimate.n == 30
    assert programme.regions.others == 1


def test_the_people_lost_do_not_follow_from_two_counts():
    programme, by_region = reports_of(programme_of([{"both": 38, "lost": 2}]))
    for report in (programme, by_region[1]):
        assert report.flow.after == 38
        assert (report.flow.before, report.flow.share_lost) == (None, None)


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ((3, 0, 30), set(CATEGORIES)),
        ((3, 10, 30), {"improved", "unchanged"}),
        ((10, 10, 2), {"unchanged", "deteriorated"}),
        ((10, 0, 30), set()),
    ],
)
def test_a_few_who_changed_are_hidden_with_enough_others(counts, hidden):
    found = hidden_categories({1: dict(zip(CATEGORIES, counts, strict=True))})
    assert found == (hidden, {1: hidden})
