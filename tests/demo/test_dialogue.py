"""The demo's dialogue: playable, honest in every reply, with a way back from the hard start."""

from __future__ import annotations

import pytest

from courses.dialogues.graph import Tone
from courses.dialogues.playing import walk
from courses.models import Dialogue
from lms.demo.content.dialogue import THIRD_REFUSAL
from lms.demo.pages import dialogue_from
from tests.factories import add_page, make_course, make_module

pytestmark = pytest.mark.django_db


@pytest.fixture
def graph():
    page = dialogue_from({"dialogue": THIRD_REFUSAL})
    page.title = "Третий отказ"
    dialogue = add_page(make_module(make_course()), page)
    return Dialogue.objects.get(pk=dialogue.pk).graph()


def choices(graph, pick):
    """The keys of a walk that answers every line by ``pick``, to its ending."""
    nodes, here, taken = graph.by_key(), graph.by_key()[graph.start], []
    while here.ending is None:
        reply = pick(here.replies)
        taken.append(reply.key)
        here = nodes[reply.next_key]
    return taken


def kindness(reply) -> int:
    return reply.trust_change - reply.tension_change


def test_it_is_published_without_a_single_problem(graph):
    dialogue = Dialogue.objects.get()
    assert dialogue.live
    assert dialogue.problems() == []
    assert sum(node.ending is None for node in graph.nodes) >= 10
    assert {node.ending.tone for node in graph.nodes if node.ending} == set(Tone)


def test_every_reply_has_its_feedback_and_every_line_a_choice(graph):
    for node in graph.nodes:
        if node.ending is None:
            assert len(node.replies) >= 2
            assert all(reply.feedback for reply in node.replies)
            assert len({kindness(reply) for reply in node.replies}) > 1


def test_care_leads_to_the_good_ending_and_carelessness_to_the_closed_door(graph):
    careful = walk(graph, choices(graph, lambda replies: max(replies, key=kindness)))
    careless = walk(graph, choices(graph, lambda replies: min(replies, key=kindness)))
    assert careful.ending.tone is Tone.GOOD
    assert careless.ending.tone is Tone.HARD
    assert careful.state.trust > careless.state.trust
    assert careful.state.tension < careless.state.tension


def test_the_conversation_can_be_saved_from_its_worst_beginning(graph):
    start = graph.by_key()[graph.start]
    worst = min(start.replies, key=kindness)
    after = walk(graph, [worst.key]).here
    best_on = [worst.key]
    while after.ending is None:
        best_on.append(max(after.replies, key=kindness).key)
        after = walk(graph, best_on).here
    assert after.ending.tone is Tone.GOOD
