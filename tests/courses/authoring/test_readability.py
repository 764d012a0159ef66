"""Counts of a Russian text, and the formulas over them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.authoring.readability import WORDS_PER_MINUTE, Difficulty, readability

SIMPLE = "Мы рядом. Вы не одни. Я вас слышу. Это был трудный день."
OFFICIAL = (
    "Осуществление предоставления государственной социальной помощи производится "
    "уполномоченными организациями исключительно при предоставлении документального "
    "подтверждения обстоятельств, обусловливающих нуждаемость заявителя."
)


def test_words_sentences_and_syllables_are_counted():
    found = readability("Мама мыла раму. Кто-то пришёл!")
    assert (found.words, found.sentences, found.syllables) == (5, 2, 2 + 2 + 2 + 2 + 2)


def test_a_line_of_its_own_ends_a_sentence():
    assert readability("Заголовок\nПервый пункт\nВторой пункт").sentences == 3


def test_the_formulas_are_those_of_their_sources():
    found = readability("Мама мыла раму. Доброжелательность помогает.")
    assert found.words_per_sentence == 2.5
    assert found.lix == pytest.approx(2.5 + 100 * 2 / 5)
    assert found.ease == pytest.approx(206.835 - 1.52 * 2.5 - 65.14 * 16 / 5)


def test_plain_speech_is_easier_than_office_speech():
    assert readability(SIMPLE).difficulty is Difficulty.EASY
    assert readability(OFFICIAL).difficulty is Difficulty.HARD
    assert readability(SIMPLE).lix < readability(OFFICIAL).lix


def test_an_empty_text_is_easy_and_takes_no_time():
    found = readability(" \n — ")
    assert found.words == 0
    assert found.difficulty is Difficulty.EASY
    assert found.reading_minutes == 0


@given(st.text(max_size=400))
def test_counts_never_contradict_each_other(text):
    found = readability(text)
    assert 0 <= found.long_words <= found.words <= found.syllables
    assert 0 <= found.sentences <= found.words
    assert found.reading_minutes == pytest.approx(found.words / WORDS_PER_MINUTE)


@given(st.text(alphabet="абвгде .!\n", max_size=200), st.text(alphabet="абвгде .!\n", max_size=200))
def test_two_texts_on_lines_of_their_own_add_up(one, other):
    together = readability(f"{one}\n{other}")
    assert together.words == readability(one).words + readability(other).words
    assert together.sentences == readability(one).sentences + readability(other).sentences
