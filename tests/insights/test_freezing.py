"""Two reports must never be subtractable: checked over made-up histories of answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.insights.reports.freezing import (
    GROUPS,
    POST,
    PRE,
    MustStand,
    States,
    published_regions,
    settle,
)

MINIMUM = 3


def states(found: dict[int, tuple[int, int]]) -> States:
    people = sorted(found)
    return States(
        np.array(people, dtype=np.int64),
        np.array([found[person][0] for person in people], dtype=np.int64),
        np.array([found[person][1] for person in people], dtype=np.int64),
    )


def members(found: States, group: str, regions) -> set[int]:
    has, lacks = GROUPS[group]
    return {
        person
        for person, region, bits in zip(
            found.people.tolist(), found.regions.tolist(), found.bits.tolist(), strict=True
        )
        if region in regions and bits & has == has and not bits & lacks
    }


PEOPLE = st.dictionaries(
    st.integers(1, 14),
    st.tuples(st.integers(1, 2), st.sampled_from([1, 3, 3, 3, 5, 7, 11, 19])),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given(PEOPLE, st.lists(PEOPLE, min_size=1, max_size=3))
def test_no_group_that_was_shown_changes_by_a_few_people(first, later):
    last = settle(States.nobody(), states(first), minimum=MINIMUM)
    for people in later:
        try:
            found = settle(last, states(people), minimum=MINIMUM)
        except MustStand:
            continue
        scopes = [({1}, {1}), ({2}, {2})]
        scopes.append(
            (published_regions(last, minimum=MINIMUM), published_regions(found, minimum=MINIMUM))
        )
        for group in GROUPS:
            for old_regions, new_regions in scopes:
                old, new = members(last, group, old_regions), members(found, group, new_regions)
                if len(old) >= MINIMUM:
                    assert not 0 < len(old ^ new) < MINIMUM
        last = found


def test_newcomers_wait_until_there_are_enough_of_them():
    before = dict.fromkeys(range(20), (1, PRE | POST))
    last = settle(States.nobody(), states(before), minimum=10)
    nine = before | {100 + n: (1, PRE | POST) for n in range(9)}
    assert len(settle(last, states(nine), minimum=10).people) == 20
    ten = before | {100 + n: (1, PRE | POST) for n in range(10)}
    assert len(settle(last, states(ten), minimum=10).people) == 30


def test_whoever_leaves_alone_makes_the_last_report_stand():
    before = dict.fromkeys(range(20), (1, PRE | POST))
    last = settle(States.nobody(), states(before), minimum=10)
    del before[3]
    with pytest.raises(MustStand):
        settle(last, states(before), minimum=10)


def test_a_region_of_nine_is_in_no_total():
    people = dict.fromkeys(range(30), (1, PRE | POST)) | {
        100 + n: (2, PRE | POST) for n in range(9)
    }
    found = settle(States.nobody(), states(people), minimum=10)
    assert published_regions(found, minimum=10) == {1}
