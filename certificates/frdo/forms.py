"""The forms of the federal register: a person's details, and what is the same for a sheet."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.frdo.checks import is_country, is_likely
from certificates.frdo.columns import (
    FUNDING,
    STUDY_FORMS,
    Person,
    Training,
    is_snils,
    snils_digits,
    snils_in_groups,
    tidy,
)
from certificates.models import FrdoDetails, Provider
from frontend.widgets import DayInput

RUSSIA = "643"


class DetailsForm(forms.Form):
    """What the register asks about a person; ``person`` is what was entered before."""

    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"),
        widget=DayInput(),
        error_messages={"required": gettext_lazy("Enter the date of birth.")},
    )
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"),
        choices=[("", gettext_lazy("Choose")), *FrdoDetails.Sex.choices],
        error_messages={"required": gettext_lazy("Choose the sex, as in the passport.")},
    )
    snils = forms.CharField(
        label=gettext_lazy("SNILS"),
        max_length=20,
        help_text=gettext_lazy("Eleven digits, for example 112-233-445 95."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the SNILS.")},
    )
    citizenship = forms.CharField(
        label=gettext_lazy("Citizenship: the country’s code"),
        max_length=3,
        initial=RUSSIA,
        help_text=gettext_lazy("Three digits of the classifier of countries; Russia is 643."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Enter the country’s code.")},
    )
    level = forms.ChoiceField(
        label=gettext_lazy("Education before this programme"),
        choices=[("", gettext_lazy("Choose")), *FrdoDetails.Level.choices],
        error_messages={"required": gettext_lazy("Choose the education.")},
    )
    diploma_surname = forms.CharField(
        label=gettext_lazy("Family name in the diploma"),
        max_length=100,
        help_text=gettext_lazy("As it is written there, even if the name has changed since."),
        error_messages={"required": gettext_lazy("Enter the family name from the diploma.")},
    )
    diploma_series = forms.CharField(
        label=gettext_lazy("Series of the diploma"), max_length=30, required=False
    )
    diploma_number = forms.CharField(
        label=gettext_lazy("Number of the diploma"),
        max_length=30,
        error_messages={"required": gettext_lazy("Enter the number of the diploma.")},
    )

    def __init__(self, data: Any = None, *, person: Person):
        known = {name: value for name, value in vars(person).items() if value}
        known["snils"] = snils_in_groups(person.snils)
        super().__init__(data, initial=known)
        for name in ("diploma_surname", "diploma_series", "diploma_number"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"id_{name}_helptext"

    def clean_birth_date(self) -> date:
        entered: date = self.cleaned_data["birth_date"]
        if not is_likely(entered, today=timezone.localdate()):
            raise ValidationError(_("The date of birth is hardly right: look at the year."))
        return entered

    def clean_snils(self) -> str:
        digits = snils_digits(self.cleaned_data["snils"])
        if len(digits) != 11:
            raise ValidationError(_("A SNILS has eleven digits."))
        if not is_snils(digits):
            raise ValidationError(_("There is a mistyped digit: the check digits do not fit."))
        return digits

    def clean_citizenship(self) -> str:
        code: str = self.cleaned_data["citizenship"].strip()
        if not is_country(code):
            raise ValidationError(_("The country’s code has three digits, for Russia 643."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in ("diploma_surname", "diploma_series", "diploma_number"):
            if name in cleaned:
                cleaned[name] = tidy(cleaned[name])
        return cleaned

    @property
    def person(self) -> Person:
        """Only of a valid form."""
        return Person(**self.cleaned_data)


class ProviderChoice(forms.ModelChoiceField):
    def label_from_instance(self, provider: Provider) -> str:
        return provider.name


class SheetFilters(forms.Form):
    """Whose documents, and of which days."""

    provider = ProviderChoice(
        label=gettext_lazy("Provider"), queryset=Provider.objects.none(), empty_label=None
    )
    since = forms.DateField(label=gettext_lazy("Issued from"), required=False, widget=DayInput())
    until = forms.DateField(label=gettext_lazy("to"), required=False, widget=DayInput())


class TrainingForm(forms.Form):
    """What is the same for every row."""

    study_form = forms.ChoiceField(
        label=gettext_lazy("Form of study"),
        choices=[(each, each) for each in STUDY_FORMS],
        initial=STUDY_FORMS[-1],
    )
    funding = forms.CharField(
        label=gettext_lazy("Who pays for the training"),
        max_length=100,
        initial=FUNDING[1],
        widget=forms.TextInput(attrs={"list": "frdo-funding", "autocomplete": "off"}),
        help_text=gettext_lazy("In the words of the register’s list."),
        error_messages={"required": gettext_lazy("Say who pays for the training.")},
    )

    def clean_funding(self) -> str:
        return tidy(self.cleaned_data["funding"])

    @property
    def training(self) -> Training:
        return Training(**self.cleaned_data)
