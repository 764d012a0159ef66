"""What is wrong with a file or a row, in words, and what to do; the codes are a promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

FILE_PROBLEMS = {
    "empty-file": _("The file is empty. Save the sheet once more and choose it again."),
    "file-too-large": _("The file is larger than %(limit)s MB. Divide it into several files."),
    "too-many-rows": _("The file has more than %(limit)s rows. Divide it into several files."),
    "no-rows": _("There are headings in the file, but no people below them."),
    "no-headings": _("The first line must hold the headings of the columns."),
    "not-what-it-says": _(
        "The name says %(said)s, but inside it is %(found)s. Save it as %(said)s, or rename it."
    ),
    "not-a-table": _("This is no table: we read CSV, XLSX and NDJSON. Save the sheet as XLSX."),
    "old-excel": _("This is the old Excel format (XLS). Open it and save it as XLSX."),
    "markup": _("This is a web page or XML under the name of a sheet. Save it as XLSX."),
    "json-array": _("NDJSON has one object in each line, without brackets around them."),
    "broken-workbook": _("The workbook is damaged. Open it, save it once more, choose it again."),
    "too-large-inside": _("The workbook unpacks to far more than a list of people needs."),
    "unknown-encoding": _("The letters cannot be read. Save the file as CSV in UTF-8, or as XLSX."),
    "no-id-column": _(
        "No column is the number of the person in your system, for example the personnel number. "
        "Without it a second import could not find the same people."
    ),
    "field-twice": _("Two columns are the same field: %(names)s. Leave one."),
    "field-unknown": _("There are no such fields: %(names)s."),
    "heading-not-there": _("The file has no such headings: %(names)s."),
    "cohort-not-open": _("The cohort is not open to your region."),
    "removals-need-ids": _(
        "Some rows have no readable number, and each of them may be anybody. So nobody will be "
        "withdrawn. Correct those rows and import the file again."
    ),
}
ROW_PROBLEMS = {
    "broken-line": _("The line cannot be read. Look for a quotation mark that is not closed."),
    "too-many-cells": _("The row has more cells than there are headings: a separator too many?"),
    "unknown-field": _("The object has a field that we do not know. Look for a slip in a name."),
    "not-text": _("This must be text."),
    "control-characters": _("There is a line break or an invisible character. Delete it."),
    "formula-cell": _(
        "The cell is a formula, or begins like one (=, +, -, @). Put the plain value there."
    ),
    "cell-error": _("The spreadsheet shows an error in this cell. Put the value there."),
    "too-long": _("Longer than %(limit)s characters."),
    "id-missing": _("The number of the person in your system is missing."),
    "snils-refused": _(
        "This is a SNILS. It must not be a number of a person: use the personnel number. We have "
        "not kept it."
    ),
    "required": _("The person is new, so this must be filled in."),
    "full-name-unclear": _("Write family name, given name and patronymic, parted by spaces."),
    "email-invalid": _("This is no e-mail address."),
    "phone-invalid": _(
        "This is no telephone number. Write one, for example +7 912 345-67-89, or leave it empty."
    ),
    "email-repeats": _("The address stands in line %(line)s too. Each person needs their own."),
    "email-taken": _(
        "Another person has an account with this address. Give the person's own, or leave it empty."
    ),
    "email-of-another-id": _(
        "The address belongs to the person with the number %(value)s of your region. If it is the "
        "same person, use that number; if not, correct the address."
    ),
    "timezone-unknown": _("There is no such time zone. Write, for example, Asia/Tomsk."),
    "locale-unknown": _("The language is “ru” or “en”."),
    "region-unknown": _("No region has this code. Write, for example, RU-TOM."),
    "region-not-yours": _("This is another region. You enrol people of your own region only."),
    "region-missing": _("The row must say whose person it is: the code of the region."),
    "cohort-unknown": _("No cohort that is open to the region has this name or id."),
    "cohort-not-of-this-import": _("The import is for another cohort. Empty this cell."),
    "cohort-of-another-region": _("The cohort is not open to this region."),
    "cohort-full": _("There are no places left in the cohort."),
    "enrolment-closed": _("Enrolment in the cohort is over."),
    "person-blocked": _("The account of this person is closed. Write to the organisers."),
    "row-repeats": _("The same person stands in line %(line)s. That line counts."),
    "role-unknown": _("Only learners are imported (“student”)."),
    "status-unknown": _("The status is “active” or “tobedeleted”."),
    "removal-needs-sync": _("People are withdrawn only by an import in the mode “sync”."),
    "studies-already": _("Left as it is: the person has begun to study since."),
}


def text_of(code: str, params: Mapping[str, Any]) -> str:
    """The problem in the language of the moment."""
    text = ROW_PROBLEMS.get(code) or FILE_PROBLEMS.get(code)
    return str(text) % params if text else code
