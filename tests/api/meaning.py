"""What a description cannot say: well-formed requests that are refused for what they mean.

Loaded by schemathesis (``SCHEMATHESIS_HOOKS``): beside its own checks it asserts that a well-formed
request is refused only for one of these reasons.
"""

from __future__ import annotations

import schemathesis

STATUSES = (410, 412, 422, 428)
PROBLEMS = {
    "cursor-expired",
    "file-unreadable",
    "idempotency-key-reused",
    "precondition-failed",
    "precondition-required",
    "snils-refused",
}
FIELDS = {
    "invalid-cursor",  # a cursor of another list, or none at all
    "not-together",  # a cursor and a moment
    "not-yours",  # another region in the body
    "not-here",  # what belongs to the mode “sync”
    "unknown",  # an organisation, a region or a time zone that does not exist
    "not-an-address",  # webhooks: what no network has
    "not-https",
    "address-forbidden",
}
NAMED = {
    ("email", "invalid"),
    ("phone", "not-a-phone"),
    ("inn", "wrong-check-digits"),
    ("columns", "invalid"),  # JSON in a field of a form
    ("region", "required"),  # from clients of all regions
    ("cohort", "required"),  # in the mode “sync”
    ("ends_at", "too-early"),  # a cohort that ends before it starts
    ("enrolment_closes_at", "too-late"),
}


@schemathesis.check
def refusals_are_about_meaning(ctx, response, case) -> None:
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive:
        return
    if response.status_code not in STATUSES:
        return
    problem = response.json()
    if problem["code"] in PROBLEMS:
        return
    assert problem["code"] == "validation-failed", problem
    for error in problem["errors"]:
        place = error.get("pointer", error.get("parameter", "")).strip("/")
        assert error["code"] in FIELDS or (place, error["code"]) in NAMED, problem
