"""Writing many rows at once: what others see of it, and what becomes of rows that do not fit."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from lms.api.events.models import Event
from lms.binary_copy import packed
from lms.bulk import insert_rows, inserting_beside, ordered_uuids, reserve_ids, update_rows
from lms.people.models import Organisation, Region
from tests.factories import RegionFactory

pytestmark = pytest.mark.django_db


def test_new_uuids_rise_and_say_their_version():
    made = [UUID(one) for one in ordered_uuids(1000)]
    assert made == sorted(set(made))
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}


def test_values_of_every_kind_come_back_as_they_were():
    region = RegionFactory()
    moment = datetime(2026, 12, 31, 23, 59, 59, 123456, tzinfo=ZoneInfo("Asia/Tomsk"))
    data = {"«ё»": ['a\tb\nc\\d"', None, 1.5, True, {}]}
    wanted = [
        (uuid4(), "learner.created", region.pk, uuid4(), None, data, False, moment),
        (str(uuid4()), "learner.created", region.pk, uuid4(), None, {}, True, moment),
        (uuid4().hex, "learner.updated", region.pk, uuid4(), 7, [], True, moment.astimezone(UTC)),
    ]
    fields = ("uuid", "type", "region", "object_id", "position", "data", "is_quiet", "occurred_at")
    numbered = [(*row, row[4]) for row in wanted]
    insert_rows(Event, (*fields, "number"), numbered)
    kept = Event.objects.order_by("pk").values_list(*fields)
    assert list(kept) == [(UUID(str(row[0])), *row[1:]) for row in wanted]
    assert set(Event.objects.values_list("learner", flat=True)) == {None}


def test_updated_rows_keep_what_text_holds():
    region = RegionFactory()
    made = [Organisation.objects.create(region=region, name=str(number)) for number in range(3)]
    names = ["Центр\t«А»", 'с "кавычками"\n\\N', "🙂"]
    with transaction.atomic():
        update_rows(
            Organisation,
            ("name", "parent"),
            [
                (one.pk, name, made[2 if one is made[0] else 0].pk)
                for one, name in zip(made, names, strict=True)
            ],
        )
        update_rows(Organisation, ("parent",), [(made[0].pk, None)])
    kept = region.organisations.order_by("pk").values_list("name", "parent")
    assert list(kept) == list(zip(names, [None, made[0].pk, made[0].pk], strict=True))


def test_a_row_that_is_too_short_and_a_type_that_is_unknown_are_refused():
    with pytest.raises(ValueError, match="argument"):
        list(packed(["bigint", "varchar(9)"], [(1, "Центр"), (2,)]))
    with pytest.raises(TypeError, match="inet"):
        list(packed(["inet"], []))


def test_rows_that_are_on_their_way_are_there_for_the_next_query():
    region = RegionFactory()
    with transaction.atomic(), inserting_beside({Organisation: 3}):
        for number in range(3):
            insert_rows(
                Organisation,
                ("id", "region", "name"),
                [(reserve_ids(Organisation, 1)[0], region.pk, f"Центр {number}")],
            )
        assert region.organisations.count() == 3
        insert_rows(Organisation, ("region", "name"), [(region.pk, "Центр 4")])
    assert region.organisations.count() == 4
    assert Organisation.objects.create(region=region, name="Ещё один").pk


def test_ids_beyond_those_that_were_reserved_are_new_ones():
    region = RegionFactory()
    with transaction.atomic(), inserting_beside({Organisation: 3}):
        for count in (2, 1, 5):
            insert_rows(
                Organisation,
                ("id", "region", "name"),
                [(pk, region.pk, f"Центр {pk}") for pk in reserve_ids(Organisation, count)],
            )
    assert region.organisations.count() == 8


def test_of_rows_that_are_refused_on_their_way_none_stays():
    region, regions = RegionFactory(), Region.objects.count()

    @transaction.atomic
    def insert() -> None:
        with inserting_beside({}):
            insert_rows(Organisation, ("region", "name"), [(region.pk, "Центр")])
            insert_rows(Organisation, ("region", "name"), [(region.pk, "Центр")])
            insert_rows(Region, ("code", "name"), [("RU-XXX", "Ещё одна область")])

    with pytest.raises(IntegrityError):
        insert()
    assert Region.objects.count() == regions
    assert not region.organisations.exists()
