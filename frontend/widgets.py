"""Fields of forms as browsers draw them."""

from __future__ import annotations

from django import forms


class DayInput(forms.DateInput):
    """The browser's own choice of a day; what it sends and takes is ISO 8601."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
