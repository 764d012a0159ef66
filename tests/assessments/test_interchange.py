"""Instruments out to files and back: nothing is lost, and bad files are refused in words."""

import io
import json
import zipfile
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from assessments.battery import install_battery
from assessments.interchange.archives import write_archive
from assessments.interchange.csv_files import from_csv, to_csv
from assessments.interchange.plain import plain_of, take_in
from assessments.interchange.qti import ASI, from_qti, to_qti
from assessments.loading import BrokenInstrument
from assessments.models import Instrument
from lms.people.models import User
from tests.assessments.factories import full_instrument
from tests.assessments.test_answering import make_instrument

pytestmark = pytest.mark.django_db
FACTS = {"code": "QTI", "title": "t", "purpose": "p", "who_sees": "w", "instruction": "i"}


def comparable(instrument):
    plain = plain_of(instrument)
    facts = json.loads(json.dumps({**plain.facts, "is_normed": None}))
    return facts, plain.scales, plain.items, plain.options


def test_an_instrument_goes_out_as_csv_and_comes_back_as_the_next_version():
    for instrument in (full_instrument(), install_battery()):
        archive = to_csv(plain_of(instrument))
        assert archive == to_csv(plain_of(instrument))
        back = take_in(from_csv(archive))
        assert back.version == instrument.version + 1
        assert comparable(back) == comparable(instrument)


def test_what_comes_by_file_is_not_normed():
    Instrument.objects.filter(pk=full_instrument().pk).update(is_normed=True)
    back = take_in(from_csv(to_csv(plain_of(Instrument.objects.get()))))
    assert not back.is_normed


def changed(archive: bytes, name: str, old: str, new: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        files = {one: found.read(one).decode() for one in found.namelist()}
    assert old in files[name]
    return write_archive({**files, name: files[name].replace(old, new, 1)})


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("items.csv", "labelled", "guessed", "строка 2"),
        ("items.csv", "F1,1", ",1", "строка 2"),
        ("items.csv", ",feelings,", ",nowhere,", "nowhere"),
        ("items.csv", '""key"": 5', '""key"": ""five""', "не читается"),
        ("codebook.json", '"options"', '"choices"', "Описание не читается"),
        ("codebook.json", '"code": "tired"', '"code": "spare"', "tired"),
    ],
)
def test_a_broken_file_is_refused_whole_and_says_where(name, old, new, words):
    archive = changed(to_csv(plain_of(full_instrument())), name, old, new)
    with pytest.raises(BrokenInstrument, match=words):
        take_in(from_csv(archive))
    assert Instrument.objects.count() == 1


def opened(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda book: book["instrument"].pop("code"), "кода"),
        (lambda book: book["instrument"].update(code="две строки"), "код"),
        (lambda book: book["instrument"].pop("title"), "название"),
        (lambda book: book["instrument"].update(title="А" * 201), "название"),
        (lambda book: book["instrument"].update(title="А\0"), "нельзя сохранить"),
        (lambda book: book["instrument"].update(minutes="ten"), "минут"),
        (lambda book: book["instrument"].update(minutes=float("inf")), "FULL"),
        (lambda book: book["instrument"].update(rating_options=7), "пары"),
        (lambda book: book["scales"][0].update(colour="red"), "colour"),
        (lambda book: book["scales"][0].update(strand="telepathy"), "feelings"),
        (lambda book: book["scales"][0].pop("code"), "нет кода"),
        (lambda book: book["scales"].append(book["scales"][0]), "feelings"),
        (lambda book: book.update(options=[[0, "Нет"], [300, "Да"]]), "250"),
        (lambda book: book.update(options=[[1, "Нет"], [0, "Да"]]), "От меньшего к большему"),
        (lambda book: book.update(options=[[0.5, "Нет"], [1, "Да"]]), "пары"),
        (lambda book: book.update(options=[[0, "Нет"]]), "хотя бы два"),
        (lambda book: book.update(options=[]), "хотя бы два"),
        (lambda book: book.update(options=[[float("inf"), "Нет"], [2, "Да"]]), "пары"),
    ],
)
def test_a_codebook_that_makes_no_questionnaire_is_refused_in_russian(change, words):
    files = opened(to_csv(plain_of(full_instrument())))
    book = json.loads(files["codebook.json"])
    change(book)
    with pytest.raises(BrokenInstrument, match=words), translation.override("ru"):
        take_in(from_csv(write_archive({**files, "codebook.json": json.dumps(book)})))
    assert Instrument.objects.count() == 1


def test_a_codebook_nested_too_deep_is_refused():
    files = opened(to_csv(plain_of(full_instrument())))
    with pytest.raises(BrokenInstrument):
        from_csv(write_archive({**files, "codebook.json": "[" * 200_000}))


def test_a_damaged_archive_is_refused_on_the_page(client_of):
    """The directory is whole and the data inside is not."""
    archive = bytearray(to_csv(plain_of(full_instrument())))
    archive[60:90] = b"\xff" * 30
    browser = client_of(User.objects.create_superuser("admin@example.org"))
    sent = {"file": SimpleUploadedFile("a.zip", bytes(archive)), "kind": "csv"}
    page = browser.post(reverse("instruments:take_in"), sent)
    assert page.status_code == 422
    assert "ZIP" in page.text


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"id;text\n1;2\n"])
def test_what_is_no_archive_is_refused(content):
    with pytest.raises(BrokenInstrument, match="ZIP"):
        from_csv(content)


def items_of(archive: bytes) -> dict[str, ET.Element]:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        return {
            name: ET.fromstring(found.read(name))
            for name in found.namelist()
            if name.startswith("items/")
        }


def test_a_package_for_learners_holds_no_key():
    plain = plain_of(full_instrument())
    assert b"map-key" not in b"".join(ET.tostring(one) for one in items_of(to_qti(plain)).values())
    keyed = items_of(to_qti(plain, with_keys=True))
    mapped = keyed["items/E1.xml"].findall(f".//{{{ASI}}}qti-map-entry")
    assert [entry.get("mapped-value") for entry in mapped] == ["2", "0"]
    assert "items/R1.xml" not in keyed
    assert len(keyed["items/VA.xml"].findall(f".//{{{ASI}}}qti-choice-interaction")) == 3


def test_choice_items_come_in_from_another_system():
    plain = plain_of(make_instrument())
    back = take_in(from_qti(to_qti(plain), facts=FACTS))
    assert sorted(back.items.values_list("text", flat=True)) == sorted(
        item["text"] for item in plain.items
    )
    assert [words for _value, words in back.options] == [words for _value, words in plain.options]


ITEM = f"""<qti-assessment-item xmlns="{ASI}" identifier="i1" title="t"><qti-item-body>
<qti-choice-interaction response-identifier="R"><qti-prompt>Что вы слышите?</qti-prompt>
<qti-simple-choice identifier="A">Обиду</qti-simple-choice></qti-choice-interaction>
</qti-item-body></qti-assessment-item>"""


def keyed(points: str) -> str:
    """The item with a second answer and points for the first."""
    mapping = (
        '<qti-response-declaration identifier="R"><qti-mapping>'
        f'<qti-map-entry map-key="A" mapped-value="{points}"/>'
        "</qti-mapping></qti-response-declaration>"
    )
    another = '<qti-simple-choice identifier="B">Радость</qti-simple-choice>'
    return ITEM.replace("<qti-item-body>", f"{mapping}<qti-item-body>").replace(
        "</qti-choice-interaction>", f"{another}</qti-choice-interaction>"
    )


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "нет заданий"),
        ({"a.xml": "<broken"}, "a.xml"),
        ({"a.xml": "<other/>"}, "одним выбором"),
        ({"a.xml": ITEM}, "меньше двух"),
        ({"a.xml": f"<!DOCTYPE x [<!ENTITY e 'e'>]>{ITEM}"}, "типы документов"),
        ({"a.xml": f"<!DOCTYPE x [<!ENTITY e 'e'>]>{ITEM}".encode("utf-16")}, "типы документов"),
        ({"a.xml": keyed("abc")}, "abc"),
        ({"a.xml": keyed("nan")}, "nan"),
    ],
)
def test_a_strange_package_is_refused_in_words(files, words):
    with pytest.raises(BrokenInstrument, match=words):
        from_qti(write_archive(files), facts=FACTS)
