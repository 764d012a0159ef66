"""Telephones and notes of the region's systems: personal data, and told in no event."""

from __future__ import annotations

import json

import pytest

from lms.api.scopes import ALL_SCOPES
from lms.people.erasing import erase_person
from lms.people.merging import merge_people
from lms.people.metadata import LONGEST_KEY, LONGEST_VALUE, MOST_KEYS
from lms.people.models import User
from lms.people.personal_data import export_person
from tests.api.conftest import PERSON, enrol_path
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db
BY_ID = "/learners/by-external-id/hr/1"
PHONE, SPELLED = "+79123456789", "8 (912) 345-67-89"
NOTES = {"order": "112-к", "отдел": "4-Б"}
BAD_NOTES = {
    "no object": (["a"], "invalid"),
    "a text": ("a", "invalid"),
    "too many": ({str(n): "x" for n in range(MOST_KEYS + 1)}, "too-many-keys"),
    "a long key": ({"k" * (LONGEST_KEY + 1): "x"}, "bad-key"),
    "an empty key": ({"": "x"}, "bad-key"),
    "a control character in a key": ({"a\n": "x"}, "bad-key"),
    "half of a pair in a key": ({"\ud83d": "x"}, "bad-key"),
    "a long value": ({"a": "x" * (LONGEST_VALUE + 1)}, "bad-value"),
    "NUL": ({"a": "\x00"}, "bad-value"),
    "half of a pair": ({"a": "\ud83d"}, "bad-value"),
    "a number": ({"a": 5}, "bad-value"),
    "nothing": ({"a": None}, "bad-value"),
    "an object": ({"message": {"code": "x"}}, "bad-value"),
}


def put(caller, **facts):
    return caller.send("PUT", BY_ID, {**PERSON, **facts})


def test_a_telephone_is_kept_in_one_spelling(caller):
    new = put(caller, phone=SPELLED)
    assert new.data["learner"]["phone"] == PHONE
    assert put(caller, phone="+7 912 345 67 89").data["outcome"] == "unchanged"
    assert put(caller).data["learner"]["phone"] == PHONE
    assert put(caller, phone=None).data["learner"]["phone"] == PHONE
    assert put(caller, phone="").data["learner"]["phone"] == ""


def test_what_is_no_telephone_is_refused_in_russian(caller):
    answer = put(caller, phone="51-23-45")
    assert answer.status_code == 422
    (error,) = answer.data["errors"]
    assert (error["pointer"], error["code"]) == ("/phone", "not-a-phone")
    assert "телефон" in error["detail"]
    assert not User.objects.filter(email=PERSON["email"]).exists()


def test_a_learner_is_added_and_changed_with_both(caller):
    body = {**PERSON, "phone": SPELLED, "metadata": NOTES}
    added = caller.send("POST", "/learners", body).data["learner"]
    assert (added["phone"], added["metadata"]) == (PHONE, NOTES)
    path = f"/learners/{added['id']}"
    tag = {"If-Match": caller.get(path).headers["ETag"]}
    changed = caller.send("PATCH", path, {"metadata": {"b": "2"}}, **tag)
    assert (changed.data["outcome"], changed.data["learner"]["metadata"]) == ("updated", {"b": "2"})
    assert changed.data["learner"]["phone"] == PHONE


@pytest.mark.parametrize("case", BAD_NOTES)
def test_notes_that_do_not_fit_are_refused_where_they_stand(caller, case):
    notes, code = BAD_NOTES[case]
    enrolment = caller.enrol(CohortFactory()).data["enrolment"]["id"]
    for method, path, body in (
        ("PUT", BY_ID, {**PERSON, "metadata": notes}),
        ("POST", "/organisations", {"name": "Центр", "metadata": notes}),
        ("PATCH", f"/enrolments/{enrolment}", {"metadata": notes}),
    ):
        answer = caller.send(method, path, body)
        assert answer.status_code == 422, answer.content
        (error,) = answer.data["errors"]
        assert (error["pointer"], error["code"]) == ("/metadata", code)


def test_as_many_and_as_long_notes_as_may_be_come_back(caller):
    notes = {f"{n:02}" + "ж" * (LONGEST_KEY - 2): "щ" * LONGEST_VALUE for n in range(MOST_KEYS)}
    assert put(caller, metadata=notes).data["learner"]["metadata"] == notes
    assert caller.get(BY_ID).data["metadata"] == notes


def test_notes_about_an_enrolment_are_not_those_about_its_learner(caller):
    cohort = CohortFactory()
    body = {**PERSON, "metadata": {"a": "1"}, "enrolment_metadata": NOTES}
    first = caller.send("PUT", enrol_path(cohort), body)
    assert (first.status_code, first.data["outcome"]) == (201, "created")
    shown = first.data["enrolment"]
    assert (shown["metadata"], shown["learner"]["metadata"]) == (NOTES, {"a": "1"})
    again = caller.send("PUT", enrol_path(cohort), PERSON)
    assert (again.data["outcome"], again.data["enrolment"]["metadata"]) == ("unchanged", NOTES)
    other = caller.send("PUT", enrol_path(cohort), {**PERSON, "enrolment_metadata": {}})
    assert (other.data["outcome"], other.data["enrolment"]["metadata"]) == ("updated", {})
    assert other.headers["ETag"] == caller.get(f"/enrolments/{shown['id']}").headers["ETag"]


def test_notes_about_an_enrolment_follow_the_state_that_was_read(caller):
    enrolment = caller.enrol(CohortFactory()).data["enrolment"]["id"]
    path = f"/enrolments/{enrolment}"
    tag = caller.get(path).headers["ETag"]
    moment = caller.get(path).data["updated_at"]
    done = caller.send("PATCH", path, {"metadata": NOTES}, **{"If-Match": tag})
    assert (done.status_code, done.data["outcome"]) == (200, "updated")
    assert done.data["enrolment"]["metadata"] == NOTES
    assert done.headers["ETag"] == caller.get(path).headers["ETag"] != tag
    late = caller.send("PATCH", path, {"metadata": {}}, **{"If-Match": tag})
    assert late.data["code"] == "precondition-failed"
    assert caller.send("PATCH", path, {"metadata": NOTES}).data["outcome"] == "unchanged"
    assert caller.send("PATCH", path, {"state": "withdrawn"}).status_code == 422
    (news,) = caller.get(f"/enrolments?updated_since={moment.replace('+', '%2B')}").data["items"]
    assert news["metadata"] == NOTES


def test_a_transfer_takes_the_notes_along_and_a_repeat_begins_without(caller):
    cohort = CohortFactory()
    other = CohortFactory(course=cohort.course, title="Другой")
    body = {**PERSON, "enrolment_metadata": NOTES}
    enrolment = caller.send("PUT", enrol_path(cohort), body).data["enrolment"]["id"]
    moved = caller.send(
        "POST", f"/enrolments/{enrolment}/transfer", {"cohort": str(other.uuid)}
    ).data["enrolment"]
    assert moved["metadata"] == NOTES


def test_without_the_scope_neither_is_seen(caller, caller_of, tomsk):
    cohort = CohortFactory()
    body = {**PERSON, "phone": SPELLED, "metadata": NOTES, "enrolment_metadata": {"b": "тайна"}}
    enrolment = caller.send("PUT", enrol_path(cohort), body).data["enrolment"]
    blind = caller_of(tomsk, scopes=set(ALL_SCOPES) - {"learners:pii"})
    for path in ("/learners", BY_ID, f"/enrolments/{enrolment['id']}", "/enrolments"):
        shown = blind.get(path).content.decode()
        for secret in (PHONE, "112-к", "тайна", '"phone"', '"metadata"'):
            assert secret not in shown, path
    written = blind.send("PATCH", f"/enrolments/{enrolment['id']}", {"metadata": NOTES})
    assert written.data["outcome"] == "updated"
    assert "112-к" not in written.content.decode()


def test_events_tell_that_a_telephone_changed_and_nothing_of_notes(caller):
    cohort = CohortFactory()
    enrolment = caller.enrol(cohort).data["enrolment"]["id"]
    start = caller.get("/events").data["next_cursor"]
    caller.enrol(cohort, phone=SPELLED)
    caller.enrol(cohort, metadata=NOTES, enrolment_metadata=NOTES)
    caller.send("PATCH", f"/enrolments/{enrolment}", {"metadata": {"a": "1"}})
    told = caller.get(f"/events?cursor={start}&expand=learner")
    (event,) = told.data["items"]
    assert (event["type"], event["data"]) == ("learner.updated", {"changes": ["phone"]})
    assert event["learner"]["phone"] == PHONE
    assert "112-к" not in told.content.decode()
    assert "metadata" not in told.content.decode()


def test_both_are_given_out_and_erased(caller):
    cohort = CohortFactory()
    body = {**PERSON, "phone": SPELLED, "metadata": NOTES, "enrolment_metadata": {"b": "тайна"}}
    enrolment = caller.send("PUT", enrol_path(cohort), body).data["enrolment"]
    person = User.objects.get(uuid=enrolment["learner"]["id"])
    export = caller.get(f"/learners/{person.uuid}/export").data
    sections = {section["key"]: section["rows"][0] for section in export["sections"][:20]
                if section["rows"]}  # fmt: skip
    assert (sections["person"]["phone"], sections["person"]["metadata"]) == (PHONE, NOTES)
    assert sections["courses.Enrollment"]["metadata"] == {"b": "тайна"}
    in_words = dict(export_person(person).sections[0].shown[0])
    assert "order: 112-к; отдел: 4-Б" in in_words.values()
    erase_person(person, source="test")
    person.refresh_from_db()
    left = json.dumps(export_person(person).as_json(), ensure_ascii=False)
    for secret in (PHONE, "112-к", "тайна"):
        assert secret not in left


def test_merging_keeps_the_telephone_and_joins_the_notes(tomsk):
    person = UserFactory(region=tomsk, metadata={"a": "1"})
    duplicate = UserFactory(region=tomsk, phone=PHONE, metadata={"a": "2", "b": "3"})
    merge_people(person=person, duplicate=duplicate, source="test")
    person.refresh_from_db()
    duplicate.refresh_from_db()
    assert (person.phone, person.metadata) == (PHONE, {"a": "1", "b": "3"})
    assert (duplicate.phone, duplicate.metadata) == ("", {})
