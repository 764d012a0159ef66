import pytest

from assessments.attention import attention
from assessments.scoring import KeyedItem, Kind

ITEMS = [
    *[KeyedItem(f"F{n}", "feelings") for n in range(10)],
    KeyedItem("C1", "", kind=Kind.INSTRUCTED, expected=1),
]


def answers(values, checked=1):
    return {f"F{n}": [value] for n, value in enumerate(values)} | {"C1": [checked]}


@pytest.mark.parametrize(
    ("values", "checked", "seconds", "flags"),
    [
        ([0, 1, 2, 3, 4] * 2, 1, {}, ()),
        ([2] * 8 + [1, 1], 1, {}, ("run",)),
        ([2] * 7 + [1, 1, 1], 1, {}, ()),
        ([2] * 4 + [None] + [2] * 5, 1, {}, ()),
        ([0, 1, 2, 3, 4] * 2, 3, {}, ("instructed",)),
        ([0, 1, 2, 3, 4] * 2, 1, {"F0": 1.2, "F1": 0.4, "F2": 5.0}, ("fast",)),
        ([0, 1, 2, 3, 4] * 2, 1, {"F0": 1.2, "F1": 2.0}, ()),
    ],
)
def test_careless_answers_leave_marks(values, checked, seconds, flags):
    assert attention(ITEMS, answers(values, checked), seconds).flags == flags


def test_an_empty_sheet_has_no_marks():
    assert attention([], {}, {}).flags == ()
