from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.codes import ALPHABET, LENGTH, MalformedCode, grouped, new_code, read_code

CODES = st.builds(new_code)


@given(CODES)
def test_a_code_is_read_as_it_was_made(code):
    assert len(code) == LENGTH
    assert read_code(code) == code
    assert read_code(grouped(code).lower()) == code


@given(CODES, st.data())
def test_letters_that_look_like_digits_are_forgiven(code, data):
    typed = code.replace("0", data.draw(st.sampled_from("0oO"))).replace(
        "1", data.draw(st.sampled_from("1iIlL"))
    )
    assert read_code(f" {typed[:5]} {typed[5:]} ") == code


@given(CODES, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_caught(code, place, letter):
    wrong = code[:place] + letter + code[place + 1 :]
    if wrong == code:
        return
    with pytest.raises(MalformedCode):
        read_code(wrong)


@given(CODES, st.integers(0, LENGTH - 2))
def test_neighbours_that_changed_places_are_caught(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped == code:
        return
    with pytest.raises(MalformedCode):
        read_code(swapped)


@given(st.text(max_size=20))
def test_any_text_is_a_code_or_refused(text):
    with suppress(MalformedCode):
        assert len(read_code(text)) == LENGTH
