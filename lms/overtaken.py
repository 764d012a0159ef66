"""Two who do the same at one moment: whoever comes second looks again."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, models, transaction

from lms.constraints import violates

Given = ParamSpec("Given")
Result = TypeVar("Result")


def once_more_if_overtaken(
    model: type[models.Model], *constraints: str
) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]:
    """A function in a transaction, and once more where these constraints of ``model`` tell that
    another was quicker.

    For what means the same when it is called again: the second look finds what the other has
    written. Raises IntegrityError where the second look does not help.
    """

    def decorated(act: Callable[Given, Result]) -> Callable[Given, Result]:
        @wraps(act)
        def acting(*args: Given.args, **kwargs: Given.kwargs) -> Result:
            try:
                with transaction.atomic():
                    return act(*args, **kwargs)
            except IntegrityError as error:
                if not any(violates(error, model, name) for name in constraints):
                    raise
            with transaction.atomic():
                return act(*args, **kwargs)

        return acting

    return decorated
