"""The form of an instrument: options as lines, and what must fit together."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from assessments.scoring import Kind
from assessments.vectors import HIGHEST

LINE = re.compile(r"\s*(\d{1,3})[\s.:;—–-]+(\S.*)")


class OptionLinesField(forms.CharField):
    """Answer options, one a line: the value and its words, each value once, lowest first."""

    widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "true"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{number} {words}" for number, words in value)
        return value

    def to_python(self, value: Any) -> list[list]:
        found = []
        for number, line in enumerate((value or "").splitlines(), 1):
            if not line.strip():
                continue
            match = LINE.fullmatch(line.rstrip())
            if match is None:
                raise ValidationError(
                    _("Line %(number)s: write a number and then the words, such as “0 Never”.")
                    % {"number": number}
                )
            found.append([int(match[1]), match[2].strip()])
        values = [option for option, _words in found]
        if values != sorted(set(values)):
            raise ValidationError(_("From the lowest to the highest, each number once."))
        if values and values[-1] > HIGHEST:
            raise ValidationError(_("Numbers up to %(highest)s.") % {"highest": HIGHEST})
        if len(values) == 1:
            raise ValidationError(_("At least two answers to choose from."))
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != (initial or [])
        except ValidationError:
            return True


class InstrumentForm(WagtailAdminModelForm):
    options = OptionLinesField(
        label=gettext_lazy("answer options"),
        help_text=gettext_lazy("One a line, from the lowest to the highest: “0 Never”."),
    )
    rating_options = OptionLinesField(
        label=gettext_lazy("options for rating a reply"),
        required=False,
        help_text=gettext_lazy("For situations, one a line: “1 Does harm”."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._code_is_taken(cleaned.get("code")):
            self.add_error(
                "code",
                _("There is a questionnaire with this code: open it and make a new version of it."),
            )
        if not hasattr(self, "formsets") or "items" not in self.formsets:
            return cleaned
        self._check_items(cleaned)
        return cleaned

    def _code_is_taken(self, code: str | None) -> bool:
        if not code or code == self.initial.get("code"):
            return False
        others = self._meta.model._default_manager.filter(code=code)
        return others.exclude(pk=self.instance.pk).exists()

    def _check_items(self, cleaned: dict[str, Any]) -> None:
        scales = {
            form.cleaned_data.get("code")
            for form in _kept(self.formsets["scales"])
            if form.cleaned_data.get("code")
        }
        used = set()
        for form in _kept(self.formsets["items"]):
            data = form.cleaned_data
            kind = data.get("kind")
            if not kind:
                continue
            scale = data.get("scale_code")
            used.add(scale)
            if scale and scale not in scales:
                form.add_error("scale_code", _("There is no scale with this code."))
            if kind == Kind.RATE_EACH and not cleaned.get("rating_options"):
                self.add_error(
                    "rating_options", _("The questionnaire has situations: say how they are rated.")
                )
        for code in sorted(scales - used):
            self.add_error(None, _("The scale “%(code)s” has no items.") % {"code": code})


def _kept(formset) -> list:
    if not formset.is_valid():
        return []
    return [form for form in formset.forms if form.cleaned_data and not form.cleaned_data["DELETE"]]
