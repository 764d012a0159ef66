"""The pure hints: what they name, what they leave alone, and that nothing makes them fall over."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from courses.careful_speech import Category, Effect, Lexicon, Rule, label, problems_of
from courses.careful_speech.categories import CATEGORIES
from courses.careful_speech.corpus import kept_lines, training_lines
from courses.careful_speech.lexicon import default_lexicon
from courses.careful_speech.patterns import PatternError, compile_pattern
from courses.careful_speech.words import read

WORDS = st.sampled_from(
    """вы не всегда никогда сами виноваты понимаю тяжело если принесёте справку снимем учёта можно
    завтра позвоню расскажите то есть осуществляется полиция , . ! ? … — « » 42""".split()  # noqa: SIM905  a list of words reads worse
)


def named(text: str) -> set[str]:
    return {hint.category.value for hint in label(text)}


@settings(max_examples=60)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=30).map(" ".join)))
def test_any_text_gives_ordered_hints_inside_it_and_the_same_ones_again(text):
    hints = label(text)
    assert [hint.span for hint in hints] == sorted(hint.span for hint in hints)
    assert len({hint.category for hint in hints}) == len(hints)
    for hint in hints:
        start, stop = hint.span
        assert 0 <= start < stop <= len(text)
        assert text[start:stop].strip()
        assert hint.suggestion.rstrip().endswith("?")
    assert label(text) == hints


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\n", "…", "42", "🙂", "\x00", "\ud800", "?!", "\U00017000"]
)
def test_nothing_to_read_gives_nothing(text):
    assert label(text) == []


def test_a_very_long_line_is_read_up_to_a_limit():
    assert all(hint.span[1] <= 5_000 for hint in label("Вы сами виноваты. " * 2_000))


@pytest.mark.parametrize(
    "text",
    [
        "Полиция выдаёт такую справку в соседнем здании.",
        "Вы всегда можете позвонить нам.",
        "Мы никогда не передаём данные третьим лицам.",
        "Суд назначен на двенадцатое.",
        "Как вас зовут?",
        "Присаживайтесь, пожалуйста.",
        "Угроза паводка миновала.",
        "Автобус ходит по вторникам.",
    ],
)
def test_harmless_lines_with_loaded_words_are_left_alone(text):
    assert named(text) == set()


@pytest.mark.parametrize(
    ("careless", "careful", "category"),
    [
        ("Не волнуйтесь вы так.", "Вы имеете право волноваться.", "invalidation"),
        ("Вы всегда опаздываете!", "Вы всегда можете перенести встречу.", "absolute"),
        ("Сейчас вызову полицию!", "Полиция уже составила протокол.", "threat"),
        ("Вы обязаны прийти лично.", "Вы не обязаны приходить лично.", "command"),
        ("Чем вы думали?", "О чём вы думаете, когда не спится?", "blame"),
        ("Ничем не могу помочь.", "Чем я могу помочь?", "brush_off"),
    ],
)
def test_the_same_words_are_judged_by_what_they_do(careless, careful, category):
    assert category in named(careless)
    assert category not in named(careful)


def test_one_line_may_do_several_things():
    assert {"empathy", "next_step"} <= named(
        "Понимаю, как вам тяжело. Завтра я позвоню в пенсионный фонд."
    )
    assert {"blame", "absolute"} <= named("Вы вечно всё теряете, сами виноваты.")


def test_a_hint_points_at_the_sentence_that_it_is_about():
    text = "Добрый день. Сами виноваты, что опоздали."
    hint = next(hint for hint in label(text) if hint.category is Category.BLAME)
    assert text[slice(*hint.span)].startswith("Сами виноваты")


def rule(pattern: str, **more) -> Rule:
    given = {"name": "own", "category": Category.BRUSH_OFF, "must": (), "must_not": (), **more}
    return Rule(pattern=pattern, **given)


def test_a_lexicon_of_ones_own_decides_over_the_classifier():
    line = "Зелёный чемодан стоит у окна."
    assert label(line) == []
    [hint] = label(line, Lexicon((rule("зеленый чемодан"),)))
    assert (hint.category, hint.rule) == (Category.BRUSH_OFF, "own")
    assert line[slice(*hint.span)] == "Зелёный чемодан"


def test_a_clearing_rule_takes_a_hint_back():
    line = "Ничем не могу помочь."
    takes_back = rule("ничем не могу помочь", effect=Effect.CLEARS)
    with_it = label(line, Lexicon((*default_lexicon().rules, takes_back)))
    assert Category.BRUSH_OFF not in {hint.category for hint in with_it}


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("", "empty"),
        ("… справка", "gap-at-the-edge"),
        ("справка …", "gap-at-the-edge"),
        ("<нечто>", "unknown-kind"),
        ("на*", "short-beginning"),
        ("(справка", "odd-sign"),
        ("^ ?", "matches-everything"),
        ("слово " * 60, "long"),
    ],
)
def test_a_pattern_that_cannot_be_understood_says_why(pattern, code):
    with pytest.raises(PatternError) as error:
        compile_pattern(pattern)
    assert error.value.code == code
    assert [problem.code for problem in problems_of(rule(pattern))] == [code]


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("справка", "Двух справок не нужно."),
        ("если … <карать>", "Если опять опоздаете, снимем с учёта."),
        ("^ не <приказ>", "Не шумите."),
        ('"надо" было', "Надо было спросить."),
        ("обжал*", "Решение обжалуется."),
        ("<чувство>|<тяжело> ?", "Вам тяжело?"),
    ],
)
def test_patterns_match_by_lemma_form_beginning_grammar_and_meaning(pattern, line):
    assert rule(pattern).find(read(line))


def test_a_pattern_does_not_reach_over_the_end_of_a_sentence():
    assert rule("не … <приказ>").find(read("Я не знаю. Пишите заявление.")) is None


@pytest.mark.parametrize("shipped", default_lexicon().rules, ids=lambda one: one.name)
def test_the_shipped_rules_pass_their_own_examples(shipped):
    assert problems_of(shipped) == []


def test_importing_loads_neither_dictionaries_nor_numbers():
    code = (
        "import sys; import courses.careful_speech; "
        "print([m for m in ('numpy', 'pymorphy3', 'razdel', 'django') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_corpus_is_large_and_its_kept_lines_are_apart():
    training, kept = training_lines(), kept_lines()
    assert len(training) >= 1_500
    assert len(kept) >= 350
    assert not {one.voice for one in training} & {one.voice for one in kept}
    texts = [" ".join(one.text.lower().split()) for one in training + kept]
    assert len(texts) == len(set(texts))
    for category in CATEGORIES:
        assert sum(category in one.categories for one in kept) >= 25
