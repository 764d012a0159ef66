"""The register as a region reads it: searched, filtered, taken along as a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from certificates.models import Certificate, CertificateTemplate, ReasonClass
from courses.cms.people_sheet import harmless
from courses.models import Course
from frontend.widgets import DayInput
from lms.people.models import Role, User

ROWS_A_PAGE = 50


def reads_register(user: User) -> bool:
    """Whether there is anybody else whose certificates this person looks after."""
    return user.is_administrator or any(user.has_role(role) for role in Role)


def register_for(user: User) -> QuerySet[Certificate]:
    """All for content staff; a coordinator's regions; a trainer's cohorts. Never just one's own."""
    rows = Certificate.objects.select_related(
        "learner__region", "learner__organisation", "cohort__course", "superseded_by"
    )
    if user.is_administrator or user.has_role(Role.METHODOLOGIST):
        return rows
    return rows.filter(
        Q(cohort__in=user.trained_cohorts.all()) | Q(learner__region__in=user.coordinated_regions())
    )


class RegisterFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Number or family name"), max_length=100, required=False)
    course = forms.ModelChoiceField(
        label=gettext_lazy("Course"),
        queryset=Course.objects.none(),
        required=False,
        empty_label=gettext_lazy("All"),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Document"), required=False)
    since = forms.DateField(
        label=gettext_lazy("Issued from"),
        required=False,
        widget=DayInput(),
    )
    until = forms.DateField(
        label=gettext_lazy("to"),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, data, *, rows: QuerySet[Certificate]):
        super().__init__(data)
        self.rows = rows
        everything = ("", _("All"))
        self.fields["state"].choices = [everything, *Certificate.State.choices]
        self.fields["kind"].choices = [everything, *CertificateTemplate.Kind.choices]
        self.fields["course"].queryset = Course.objects.filter(
            pk__in=rows.order_by().values("cohort__course")
        )

    def found(self) -> QuerySet[Certificate]:
        """The rows that fit; none while a filter is wrong."""
        if not self.is_valid():
            return self.rows.none()
        rows, chosen = self.rows, self.cleaned_data
        if words := chosen["q"].strip():
            rows = rows.filter(
                Q(number__iendswith=words) | Q(learner__family_name__istartswith=words)
            )
        if chosen["course"]:
            rows = rows.filter(cohort__course=chosen["course"])
        if chosen["state"]:
            rows = rows.filter(state=chosen["state"])
        if chosen["kind"]:
            rows = rows.filter(template__kind=chosen["kind"])
        if chosen["since"]:
            rows = rows.filter(issued_at__date__gte=chosen["since"])
        if chosen["until"]:
            rows = rows.filter(issued_at__date__lte=chosen["until"])
        return rows


def register_sheet(rows: Iterable[Certificate]) -> bytes:
    """The workbook of the register; text cells only, so that nothing is taken for a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Register"))
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFGHIJKLM", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    headings = [
        _("Number"),
        _("Holder"),
        _("Organisation"),
        _("Region"),
        _("Document"),
        _("Programme"),
        _("Hours"),
        _("Completed on"),
        _("Issued on"),
        _("State"),
        _("State since"),
        _("Reason"),
        _("Replaced by"),
    ]
    sheet.append([_cell(sheet, heading) for heading in headings])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in _row(row)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


_WIDTHS = (18, 36, 40, 24, 28, 40, 8, 14, 14, 14, 14, 28, 18)


def _row(certificate: Certificate) -> list[str]:
    snapshot, changed_at = certificate.snapshot, certificate.changed_at
    organisation = certificate.learner.organisation
    return [
        certificate.number,
        snapshot.get("holder", snapshot["name"]),
        snapshot.get("organisation") or (organisation.name if organisation else ""),
        snapshot.get("region", ""),
        snapshot["heading"],
        snapshot["course"],
        str(snapshot.get("hours") or ""),
        snapshot.get("completed_on", ""),
        timezone.localtime(certificate.issued_at).date().isoformat(),
        str(certificate.get_state_display()),
        timezone.localtime(changed_at).date().isoformat() if changed_at else "",
        str(ReasonClass(certificate.reason_class).label) if certificate.reason_class else "",
        certificate.superseded_by.number if certificate.superseded_by else "",
    ]


def _cell(sheet, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, value=harmless(text))
    cell.data_type = "s"
    return cell
