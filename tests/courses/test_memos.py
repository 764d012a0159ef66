"""The knowledge base: who reads it, how it is searched, what is marked."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.memo_search import search_memos
from courses.models import KnowledgeBasePage, Memo, MemoMark
from courses.site_tree import ensure_site_tree
from lms.people.models import User
from tests.factories import UserFactory, make_course, make_lesson, make_memo, make_module


def shown(answer) -> list[str]:
    return [memo.title for memo in answer.context["shelf"].memos]


@pytest.fixture
def reader(db, client_of):
    return client_of(UserFactory())


def test_the_shelf_is_made_once_with_the_site(db):
    ensure_site_tree()
    ensure_site_tree()
    assert KnowledgeBasePage.objects.get().slug == "memos"


def test_a_visitor_sees_and_reads_public_memos_only(client, reader):
    hidden, public = make_memo(), make_memo("Для всех", is_public=True)
    assert shown(client.get("/memos/")) == ["Для всех"]
    assert client.get(public.url).status_code == 200
    assert client.get(hidden.url)["Location"].startswith("/accounts/login/?next=/memos/")
    assert client.get(f"/memos/{hidden.slug}/pdf").status_code == 302
    assert client.get(f"/memos/{public.slug}/pdf").status_code == 200
    assert len(shown(reader.get("/memos/"))) == 2
    assert reader.get(hidden.url).status_code == 200


def test_what_is_not_published_is_nowhere(reader):
    memo = make_memo(live=False)
    assert shown(reader.get("/memos/")) == []
    assert reader.get(memo.url or "/memos/skazat-net/").status_code == 404
    assert reader.get(f"/memos/{memo.slug}/pdf").status_code == 404
    assert reader.post(f"/memos/{memo.pk}/useful/", {"useful": "yes"}).status_code == 404


@pytest.mark.parametrize("query", ["ЁМКАЯ", "емкая", "вдох пауза", "сказать", "отказа", "  "])
def test_a_word_of_title_summary_or_text_finds_a_memo(query, db):
    memo = make_memo()
    assert list(search_memos(Memo.objects.all(), query)) == [memo]


@pytest.mark.parametrize("query", ["визит", "вдох визит", "<li>", "%"])
def test_other_words_find_nothing(query, db):
    make_memo()
    assert not search_memos(Memo.objects.all(), query).exists()


def test_the_index_of_words_follows_the_text(db):
    memo = make_memo()
    memo.body = [("heading", "Звонок")]
    memo.save_revision().publish()
    assert search_memos(Memo.objects.all(), "звонок").exists()
    assert not search_memos(Memo.objects.all(), "вдох").exists()


def test_filters_count_and_show_their_kind(reader):
    make_memo()
    make_memo("Брошюра", kind=Memo.Kind.BROCHURE)
    answer = reader.get("/memos/?show=brochure")
    assert shown(answer) == ["Брошюра"]
    assert [choice.count for choice in answer.context["shelf"].choices] == [2, 1, 1, 0]
    assert len(shown(reader.get("/memos/?show=nonsense"))) == 2


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/memos/?q=никогда", "«никогда»"),
        ("/memos/?show=mine", "ничего не отметили"),
        ("/memos/?show=brochure", "пока нет"),
    ],
)
def test_an_empty_answer_says_what_to_do(address, words, reader):
    make_memo()
    assert words in reader.get(address).content.decode()


def test_an_empty_shelf_says_so(reader):
    ensure_site_tree()
    assert "Памяток пока нет" in reader.get("/memos/").content.decode()


def test_marking_twice_is_marking_once_and_taking_off_works(reader):
    memo = make_memo()
    for _time in range(2):
        assert reader.post(f"/memos/{memo.pk}/useful/", {"useful": "yes"})["Location"] == memo.url
    assert MemoMark.objects.filter(memo=memo).count() == 1
    assert "Полезно 1 человеку" in reader.get(memo.url).content.decode()
    assert shown(reader.get("/memos/?show=mine")) == [memo.title]
    reader.post(f"/memos/{memo.pk}/useful/", {"useful": "no"})
    assert not MemoMark.objects.exists()
    assert shown(reader.get("/memos/?show=mine")) == []


def test_a_mark_is_on_its_owners_list_only(reader, client_of):
    memo = make_memo()
    reader.post(f"/memos/{memo.pk}/useful/", {"useful": "yes"})
    other = client_of(UserFactory())
    assert shown(other.get("/memos/?show=mine")) == []
    assert "Полезно 1 человеку" in other.get("/memos/").content.decode()


def test_marking_needs_a_person_and_a_post(client, reader):
    memo = make_memo(is_public=True)
    assert client.post(f"/memos/{memo.pk}/useful/").status_code == 302
    assert reader.get(f"/memos/{memo.pk}/useful/").status_code == 405


def test_the_shelf_costs_the_same_however_long_it_is(reader, django_assert_max_num_queries):
    make_memo("Первая")
    reader.get("/memos/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        reader.get("/memos/?q=шага")
    for number in range(8):
        make_memo(f"Памятка {number}")
    with django_assert_max_num_queries(len(few)):
        assert len(shown(reader.get("/memos/?q=шага"))) == 9


def test_a_lesson_leads_to_a_memo_while_it_is_published(db, client_of):
    memo = make_memo()
    link = {"memo": memo, "reason": "Пригодится перед звонком."}
    lesson = make_lesson(make_module(make_course()), body=[("memo_link", link)])
    browser = client_of(User.objects.create_superuser("admin@example.org"))
    page = browser.get(lesson.url).content.decode()
    assert memo.url in page
    assert "Пригодится перед звонком." in page
    memo.unpublish()
    assert memo.title not in browser.get(lesson.url).content.decode()
