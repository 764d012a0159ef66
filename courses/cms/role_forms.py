"""Forms of administrators: inviting somebody to work here, changing an entry, giving a role."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from lms.people.models import Region, Role, RoleChange, User
from lms.people.phones import LONGEST_SPELLING, NotAPhone, normalised_phone
from lms.people.registering import EmailTaken, refuse_taken_email
from lms.people.roles import grant_role, make_administrator

SOURCE = "cms"


class RoleFields(forms.Form):
    """One role, and the region that belongs to a coordinator's."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[*Role.choices, (RoleChange.ADMINISTRATOR, _("administrator: may do everything"))],
        widget=forms.RadioSelect,
    )
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.all(),
        required=False,
        help_text=_("For a coordinator only: whose people they enrol and see."),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if data.get("role") != Role.COORDINATOR:
            data["region"] = None
        elif "region" in data and data["region"] is None:
            self.add_error("region", _("Say of which region."))
        return data

    def give(self, person: User, *, by: User) -> None:
        data = self.cleaned_data
        if data["role"] == RoleChange.ADMINISTRATOR:
            make_administrator(user=person, by=by, source=SOURCE)
        else:
            grant_role(
                user=person, role=Role(data["role"]), region=data["region"], by=by, source=SOURCE
            )


class NamesForm(WagtailAdminModelForm):
    """A person's address and name, as the house keeps them."""

    class Meta:
        model = User
        fields = ["email", "family_name", "given_name", "patronymic"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "family_name", "given_name"):
            self.fields[name].required = True

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        try:
            refuse_taken_email(email, owner=self.instance if self.instance.pk else None)
        except EmailTaken:
            raise forms.ValidationError(
                _("There is an entry with this address. Find it on the page “Roles”.")
            ) from None
        return email


class InvitationForm(RoleFields, NamesForm):
    """Somebody new who is to work here. Nobody sets a password for them: a letter goes out."""

    field_order = ["email", "family_name", "given_name", "patronymic", "role", "region"]

    class Meta(NamesForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.set_unusable_password()


class EntryForm(NamesForm):
    """Changing what is known of somebody; roles are given on their own page."""

    class Meta(NamesForm.Meta):
        fields = [*NamesForm.Meta.fields, "phone", "is_active"]
        help_texts = {
            "is_active": _("Whoever is not active cannot sign in. Results and certificates stay.")
        }

    def __init__(self, *args: Any, editing_self: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"] = forms.CharField(
            label=self.fields["phone"].label,
            help_text=self.fields["phone"].help_text,
            max_length=LONGEST_SPELLING,
            required=False,
        )
        if editing_self:
            del self.fields["is_active"]

    def clean_phone(self) -> str:
        phone = self.cleaned_data["phone"]
        try:
            return normalised_phone(phone) if phone else ""
        except NotAPhone:
            raise forms.ValidationError(
                _("This is no telephone number. Write one, for example +7 912 345-67-89.")
            ) from None

    @transaction.atomic
    def save(self, commit: bool = True) -> User:
        """A new address replaces the former one for signing in, too."""
        person = super().save(commit=commit)
        if commit and "email" in self.changed_data:
            EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
        return person
