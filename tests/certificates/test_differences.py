"""Which bytes and which properties of a brought file differ."""

from hypothesis import given
from hypothesis import strategies as st

from certificates.differences import MOST, byte_ranges, property_changes


@given(st.binary(min_size=1, max_size=300), st.data())
def test_every_flipped_byte_lies_in_a_range_that_is_told(issued, data):
    places = data.draw(st.sets(st.integers(0, len(issued) - 1), min_size=1, max_size=3))
    brought = bytearray(issued)
    for place in places:
        brought[place] ^= 1
    ranges = byte_ranges(issued, bytes(brought))
    assert all(any(r.start <= place < r.end for r in ranges) for place in places)
    assert byte_ranges(issued, issued) == []


@given(st.binary(min_size=1, max_size=200), st.binary(min_size=1, max_size=50), st.integers(0, 200))
def test_what_was_put_in_or_taken_out_is_within_the_range(issued, added, at):
    at = min(at, len(issued))
    longer = issued[:at] + added + issued[at:]
    (found,) = byte_ranges(issued, longer)
    assert found.end - found.start == len(added) or found.part == "added"
    assert byte_ranges(longer, issued)


def test_the_part_of_the_file_is_named():
    pdf = (
        b"%PDF-1.7\n1 0 obj\n<</Length 4>>\nstream\nAAAA\nendstream\nendobj\n"
        b"2 0 obj\n<</Type/Sig/Contents<00>>>\nendobj\n"
    )
    at = pdf.index(b"AAAA")
    (text,) = byte_ranges(pdf, pdf.replace(b"AAAA", b"ABAA"))
    assert (text.start, text.end, text.part) == (at + 1, at + 2, "text")
    (signature,) = byte_ranges(pdf, pdf.replace(b"<00>", b"<01>"))
    assert signature.part == "signature"
    assert byte_ranges(pdf, pdf + b"x")[0].part == "added"
    assert byte_ranges(pdf, pdf[:-1])[0].part == "missing"


def test_properties_are_named_by_their_path():
    issued = {"a": {"hours": 6, "list": [1, 2]}, "gone": True}
    brought = {"a": {"hours": "6", "list": [1, 3, 4]}, "new": "x"}
    found = {
        change.path: (change.issued, change.brought) for change in property_changes(issued, brought)
    }
    assert found == {
        "a.hours": ("6", "6"),
        "a.list[1]": ("2", "3"),
        "a.list[2]": (None, "4"),
        "gone": ("true", None),
        "new": (None, "x"),
    }
    assert len(property_changes({}, {str(n): n for n in range(100)})) == MOST
