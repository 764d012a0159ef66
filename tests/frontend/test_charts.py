import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontend.charts import WIDTH, bar_rows, before_after_chart

LABELS = st.text(max_size=30)
VALUES = st.floats(0, 4)
WORDS = {"title": "t", "description": "d"}


@given(st.lists(st.tuples(LABELS, VALUES, VALUES), max_size=6))
def test_every_dot_stands_inside_the_picture(rows):
    svg = before_after_chart(
        rows, minimum=0, maximum=4, before_label="до", after_label="после", **WORDS
    )
    circles = ET.fromstring(svg).findall("circle")
    assert len(circles) == 2 * len(rows)
    assert all(0 < float(circle.get("cx")) < WIDTH for circle in circles)


def test_what_is_no_character_of_xml_is_left_out():
    svg = bar_rows([("a\x00\ufffe\x1fb", 1)], total=1, **WORDS)
    assert ET.fromstring(svg).find("text").text == "ab"


def test_a_higher_value_stands_further_right():
    svg = before_after_chart(
        [("Слышу чувства", 1.0, 3.0)],
        minimum=0, maximum=4, before_label="до", after_label="после", **WORDS,
    )  # fmt: skip
    before, after = (float(dot.get("cx")) for dot in ET.fromstring(svg).findall("circle"))
    assert before < after


def test_a_value_outside_the_scale_is_refused():
    with pytest.raises(ValueError, match="not between"):
        before_after_chart(
            [("x", 1, 5)], minimum=0, maximum=4, before_label="", after_label="", **WORDS
        )


@given(st.lists(st.tuples(LABELS, st.integers(0, 50)), max_size=5))
def test_bars_are_as_long_as_their_share(rows):
    root = ET.fromstring(bar_rows(rows, total=50, **WORDS))
    bars = [float(bar.get("width")) for bar in root.findall("rect[@class='chart__bar']")]
    full = WIDTH - 48
    assert bars == [pytest.approx(full * count / 50, abs=0.1) for _label, count in rows]
