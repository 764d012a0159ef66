"""Telephones in one spelling, taxpayer numbers whose check digits fit, notes joined."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.inn import NotAnInn, WrongCheckDigits, WrongLength, checked_inn
from lms.people.metadata import MOST_KEYS, joined
from lms.people.phones import NotAPhone, normalised_phone

SPELLINGS = {
    "+7 912 345-67-89": "+79123456789",
    "8 (912) 345-67-89": "+79123456789",
    "8-912-345-67-89": "+79123456789",
    "89123456789": "+79123456789",
    "79123456789": "+79123456789",
    "912 345 67 89": "+79123456789",
    "+8 (912) 345-67-89": "+79123456789",
    "'+79123456789": "+79123456789",
    "тел. 8 (3822) 51-23-45": "+73822512345",
    "Моб.: 8\xa0912\xa0345–67–89": "+79123456789",
    "+7 701 234 56 78": "+77012345678",
    "+375 29 123-45-67": "+375291234567",
    "+1 (202) 555-0123": "+12025550123",
}
NO_PHONES = [
    "", "нет", "-", "51-23-45", "+7 912 345-67-8", "8 912 345-67-890", "+7 (112) 345-67-89",
    "8 912 345-67-89, 8 912 345-67-80", "8 912 345-67-89 доб. 12", "+0 912 345 67 89", "007", "+7",
    "٨٩١٢٣٤٥٦٧٨٩",
]  # fmt: skip


@pytest.mark.parametrize("said", SPELLINGS)
def test_a_number_gets_one_spelling(said):
    assert normalised_phone(said) == SPELLINGS[said]


@pytest.mark.parametrize("said", NO_PHONES)
def test_what_is_no_number_is_refused(said):
    with pytest.raises(NotAPhone):
        normalised_phone(said)


@given(st.text(max_size=30) | st.text("+78 9()-0123456", max_size=20))
def test_what_is_accepted_stays_as_it_is_kept(said):
    try:
        kept = normalised_phone(said)
    except NotAPhone:
        return
    assert normalised_phone(kept) == kept
    assert re.fullmatch(r"\+[1-9][0-9]{7,14}", kept)


@pytest.mark.parametrize("inn", ["7012345676", "5501234560", "701234567822"])
def test_check_digits_that_fit(inn):
    assert checked_inn(f" {inn} ") == inn


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ("", WrongLength),
        ("701234567", WrongLength),
        ("70123456789", WrongLength),
        ("70123456x6", WrongLength),
        ("٧٠١٢٣٤٥٦٧٦", WrongLength),
        ("7012345677", WrongCheckDigits),
        ("701234567821", WrongCheckDigits),
        ("701234567832", WrongCheckDigits),
        ("0000000000", WrongCheckDigits),
    ],
)
def test_what_is_no_taxpayer_number(said, refusal):
    with pytest.raises(refusal):
        checked_inn(said)


@given(st.sampled_from(["7012345676", "701234567822"]), st.data())
def test_one_wrong_digit_is_noticed_or_hits_a_check_digit_that_fits_too(inn, data):
    """A sum modulo 11 sees every change of one digit, except where 10 is written as 0."""
    at = data.draw(st.integers(0, len(inn) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != inn[at]]))
    changed = inn[:at] + other + inn[at + 1 :]
    try:
        checked_inn(changed)
    except NotAnInn:
        return
    assert "0" in changed[-2:]


def test_joining_keeps_the_own_notes_and_fills_the_room_that_is_left():
    own = {"a": "1", "b": "2"}
    other = {"b": "3", **{f"k{n}": "x" for n in range(MOST_KEYS)}}
    together = joined(own, other)
    assert (together["a"], together["b"], len(together)) == ("1", "2", MOST_KEYS)
