"""The pure core of dialogues: what is wrong with a graph, and how a walk goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.dialogues.graph import (
    METER_TOP,
    Ending,
    Graph,
    Kind,
    Node,
    Reply,
    Tone,
    errors,
    keys_with_way_out,
    problems,
    reachable_keys,
    version_of,
)
from courses.dialogues.playing import NotPossible, retry_from, walk
from courses.dialogues.record import Record, answered, begun_again, path_map, replayed, taken_back

END = Ending("Конец", "Разошлись", Tone.MIXED)
KEYS = "abcdefg"


def line(key: str, *targets: str) -> Node:
    replies = tuple(Reply(f"{key}{i}", f"Ответ {i}", to) for i, to in enumerate(targets))
    return Node(key, f"Реплика {key}", replies)


def ending(key: str) -> Node:
    return Node(key, "", ending=END)


def kinds(graph: Graph) -> set[tuple[Kind, str]]:
    return {(problem.kind, problem.node) for problem in problems(graph)}


@st.composite
def graphs(draw) -> Graph:
    """Any graph: broken, looping, with lines that nobody reaches."""
    nodes = []
    for key in KEYS[: draw(st.integers(1, len(KEYS)))]:
        if draw(st.integers(0, 3)) == 0:
            nodes.append(ending(key))
            continue
        replies = tuple(
            Reply(f"{key}{i}", "Ответ", target, trust, tension)
            for i, (target, trust, tension) in enumerate(
                draw(
                    st.lists(
                        st.tuples(st.sampled_from(KEYS), st.integers(-3, 3), st.integers(-3, 3)),
                        max_size=4,
                    )
                )
            )
        )
        nodes.append(Node(key, "Реплика", replies))
    return Graph("a", tuple(nodes), draw(st.integers(0, 5)), draw(st.integers(0, 5)))


@st.composite
def walked(draw) -> tuple[Graph, list[str]]:
    """A graph and a walk through it as far as luck takes."""
    graph = draw(graphs())
    nodes = graph.by_key()
    here, choices = nodes["a"], []
    for _ in range(draw(st.integers(0, 12))):
        open_replies = [reply for reply in here.replies if reply.next_key in nodes]
        if not open_replies:
            break
        reply = draw(st.sampled_from(open_replies))
        choices.append(reply.key)
        here = nodes[reply.next_key]
    return graph, choices


def brute_reachable(graph: Graph) -> set[str]:
    """Paths one by one: no cleverness to share a mistake with."""
    nodes = {node.key: node for node in graph.nodes}
    found: set[str] = set()
    paths = [("a",)]
    while paths:
        path = paths.pop()
        found.add(path[-1])
        paths += [
            (*path, reply.next_key)
            for reply in nodes[path[-1]].replies
            if reply.next_key in nodes and reply.next_key not in found
        ]
    return found


@given(graphs())
def test_unreachable_lines_are_found_exactly(graph):
    named = {problem.node for problem in problems(graph) if problem.kind is Kind.UNREACHABLE}
    assert named == {node.key for node in graph.nodes} - brute_reachable(graph)


@given(graphs())
def test_without_errors_an_ending_can_be_reached_from_every_line(graph):
    if errors(graph):
        return
    nodes = graph.by_key()
    for key in reachable_keys(graph):
        seen, queue = set(), [key]
        while queue:
            now = queue.pop()
            seen.add(now)
            queue += [r.next_key for r in nodes[now].replies if r.next_key not in seen]
        assert any(nodes[found].ending for found in seen)


@given(graphs())
def test_a_line_without_a_way_out_is_named_as_such_or_as_a_dead_end(graph):
    lost = {node.key for node in graph.nodes} - keys_with_way_out(graph)
    named = {p.node for p in problems(graph) if p.kind in (Kind.NO_WAY_OUT, Kind.DEAD_END)}
    assert lost == named


@given(graphs())
def test_a_loop_is_named_when_and_only_when_there_is_one(graph):
    nodes = graph.by_key()

    def comes_back(key: str) -> bool:
        seen, queue = set(), [key]
        while queue:
            for reply in nodes[queue.pop()].replies:
                if reply.next_key == key:
                    return True
                if reply.next_key in nodes and reply.next_key not in seen:
                    seen.add(reply.next_key)
                    queue.append(reply.next_key)
        return False

    found = [problem for problem in problems(graph) if problem.kind is Kind.LOOP]
    assert bool(found) == any(comes_back(key) for key in nodes)
    assert all(comes_back(problem.node) for problem in found)


@given(walked())
def test_the_meters_stay_on_their_scales(graph_and_choices):
    graph, choices = graph_and_choices
    for step in walk(graph, choices).steps:
        assert 0 <= step.after.trust <= METER_TOP
        assert 0 <= step.after.tension <= METER_TOP


@given(walked())
def test_a_walk_replays_to_the_same_state(graph_and_choices):
    graph, choices = graph_and_choices
    first = walk(graph, choices)
    assert walk(graph, first.choices) == first
    assert first.choices == choices


@given(walked(), st.text(min_size=3, max_size=5))
def test_a_reply_that_is_not_offered_is_refused(graph_and_choices, choice):
    graph, choices = graph_and_choices
    with pytest.raises(NotPossible):
        walk(graph, [*choices, choice])


@given(walked(), st.data())
def test_going_back_keeps_the_beginning_of_the_walk(graph_and_choices, data):
    graph, choices = graph_and_choices
    if not choices:
        return
    step = data.draw(st.integers(0, len(choices) - 1))
    assert walk(graph, retry_from(choices, step)).steps == walk(graph, choices).steps[:step]


@pytest.mark.parametrize("step", [-1, 1, 10**6])
def test_one_cannot_go_back_to_a_step_that_was_not_taken(step):
    with pytest.raises(NotPossible):
        retry_from(["a0"], step)


def test_each_fault_is_named_with_its_line():
    graph = Graph(
        "a",
        (
            line("a", "b", "nowhere"),
            line("b", "c", "end"),
            line("c"),
            line("x", "y"),
            line("y", "x"),
            ending("end"),
            line("b", "end"),
        ),
    )
    assert kinds(graph) == {
        (Kind.DUPLICATE_KEY, "b"),
        (Kind.UNKNOWN_TARGET, "a"),
        (Kind.DEAD_END, "c"),
        (Kind.UNREACHABLE, "x"),
        (Kind.UNREACHABLE, "y"),
        (Kind.NO_WAY_OUT, "x"),
        (Kind.NO_WAY_OUT, "y"),
        (Kind.LOOP, "x"),
    }


def test_an_empty_conversation_misses_its_start():
    assert kinds(Graph("", ())) == {(Kind.MISSING_START, "")}
    with pytest.raises(NotPossible):
        walk(Graph("", ()), [])


def test_a_circle_with_a_way_out_is_only_a_warning():
    graph = Graph("a", (line("a", "b"), line("b", "a", "end"), ending("end")))
    assert errors(graph) == []
    assert [problem.detail for problem in problems(graph)] == ["a → b → a"]


def test_a_very_long_conversation_is_checked_too():
    nodes = [line(f"n{i}", f"n{i + 1}") for i in range(3000)]
    assert problems(Graph("n0", (*nodes, ending("n3000")))) == []


def small() -> Graph:
    return Graph("a", (line("a", "b", "end"), line("b", "a", "end"), ending("end")))


def test_the_record_remembers_what_was_tried_and_where_it_ended():
    graph = small()
    record = answered(graph, Record(), "a0")
    record = answered(graph, record, "b1")
    record = taken_back(record, 0)
    record = answered(graph, record, "a1")
    assert record == Record(("a1",), ("a0", "b1", "a1"), ("end",), 1, version_of(graph))
    assert begun_again(record).attempts == 2


def test_the_map_shows_only_lines_that_were_met():
    graph = small()
    places = path_map(graph, answered(graph, Record(), "a1"), graph.by_key()["end"])
    assert [(place.node.key, place.tried, place.left) for place in places] == [
        ("a", ("Ответ 1",), 1)
    ]


def test_an_edit_that_breaks_the_walk_begins_it_again_and_another_does_not():
    record = answered(small(), Record(), "a0")
    kept, now, is_undone = replayed(small(), record)
    assert (kept, now.here.key, is_undone) == (record, "b", False)
    edited = Graph("a", (line("a"), ending("end")))
    fresh, now, is_undone = replayed(edited, record)
    assert (fresh.choices, fresh.taken, now.here.key, is_undone) == ((), ("a0",), "a", True)
