"""Two reports must never be subtractable: checked over made-up histories of answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.insights.reports.freezing import (
    CARELESS,
    COUNTED,
    GROUPS,
    POST,
    PRE,
    SCORED_POST,
    SCORED_PRE,
    MustStand,
    States,
    published_regions,
    scale_group,
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


def told(found: States, group: str) -> set[int]:
    """Members in the programme: of published regions; of a mean only where there are enough."""
    regions = published_regions(found, minimum=MINIMUM)
    if group in COUNTED:
        return members(found, group, regions)
    of_regions = [members(found, group, {region}) for region in regions]
    return {person for those in of_regions if len(those) >= MINIMUM for person in those}


SCALE = scale_group(0)[0]
WHOLE = PRE | POST | SCORED_PRE | SCORED_POST
PEOPLE = st.dictionaries(
    st.integers(1, 14),
    st.tuples(
        st.integers(1, 2),
        st.sampled_from(
            [1, 3, 3, 5, 7, 11, 19, WHOLE, WHOLE, WHOLE | SCALE, WHOLE | CARELESS, PRE | SCORED_PRE]
        ),
    ),
    max_size=14,
)


@settings(max_examples=150)
@given(PEOPLE, st.lists(PEOPLE, min_size=1, max_size=3))
def test_no_group_that_was_shown_changes_by_a_few_people(first, later):
    last = settle(States.nobody(), states(first), minimum=MINIMUM)
    for people in later:
        try:
            found = settle(last, states(people), minimum=MINIMUM)
        except MustStand:
            continue
        for group in GROUPS:
            pairs = [(members(last, group, {n}), members(found, group, {n})) for n in (1, 2)]
            for old, new in [*pairs, (told(last, group), told(found, group))]:
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


def test_one_whole_answer_among_ten_newcomers_waits():
    """Ten more answered twice, yet only one of them enough for a score: the mean would tell it."""
    whole = PRE | POST | SCORED_PRE | SCORED_POST
    before = dict.fromkeys(range(20), (1, whole))
    last = settle(States.nobody(), states(before), minimum=10)
    half = {100 + n: (1, PRE | POST | SCORED_PRE) for n in range(9)}
    found = settle(last, states(before | half | {200: (1, whole)}), minimum=10)
    assert len(found.people) == 20


def test_a_sign_of_carelessness_that_others_caused_waits():
    whole = PRE | POST | SCORED_PRE | SCORED_POST
    before = dict.fromkeys(range(20), (1, whole))
    last = settle(States.nobody(), states(before), minimum=10)
    for now in (before | {3: (1, whole | CARELESS)}, before):
        last = settle(last, states(now), minimum=10)
        assert not (last.bits & CARELESS).any()


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
