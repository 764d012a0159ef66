"""Every kind of problem that the API answers with: its stable code, and what helps."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class ProblemKind:
    """One kind: ``code`` and ``status`` are a promise to clients; the texts may improve."""

    code: str
    status: int
    title: Text
    cause: Text
    remedy: Text

    @property
    def url(self) -> str:
        """The ``type`` of RFC 9457: the page with the cause and what helps."""
        return settings.PUBLIC_URL + reverse("api:problem", args=[self.code])


_KINDS = (
    ProblemKind(
        "bad-request",
        400,
        _("The request cannot be understood"),
        _("The request breaks the rules of HTTP, or its address names another host."),
        _("Check the address and the headers of the request."),
    ),
    ProblemKind(
        "malformed-body",
        400,
        _("The body is not JSON"),
        _("The body of the request cannot be read as JSON in UTF-8."),
        _(
            "Send valid JSON in UTF-8. A frequent cause is text in Windows-1251, or a body that "
            "was cut off on the way."
        ),
    ),
    ProblemKind(
        "idempotency-key-invalid",
        400,
        _("The Idempotency-Key cannot be one"),
        _("The header “Idempotency-Key” is empty, longer than 255 characters, or not ASCII."),
        _("Send a random value, for example a UUID, another for every request that is new."),
    ),
    ProblemKind(
        "not-authenticated",
        401,
        _("There is no key in the request"),
        _("The API answers only to clients with a token or a key."),
        _("Send the header “Authorization: Bearer <token or key>” or “X-API-Key: <key>”."),
    ),
    ProblemKind(
        "invalid-key",
        401,
        _("The key is not valid"),
        _("The key is mistyped, has been replaced by a new one, or its client is switched off."),
        _("Check that the whole key was copied. If it is lost, ask for a new one."),
    ),
    ProblemKind(
        "invalid-token",
        401,
        _("The token is not valid"),
        _("There is no such token: it is mistyped, was cut off, or expired more than a day ago."),
        _("Ask for a new one: “POST /oauth/token”."),
    ),
    ProblemKind(
        "token-expired",
        401,
        _("The token has expired"),
        _("A token works for an hour, and this one is older."),
        _(
            "Ask for a new one (“POST /oauth/token”) and send the request again with it. "
            "“expires_in” says how many seconds a token has."
        ),
    ),
    ProblemKind(
        "token-revoked",
        401,
        _("The token was revoked"),
        _(
            "It was given back, the secret that it was given for was ended, or the client is "
            "switched off."
        ),
        _("Ask for a new one with a secret that works; if none does, write to the organisers."),
    ),
    ProblemKind(
        "scope-missing",
        403,
        _("The key does not allow this"),
        _("The client lacks a scope that this request needs; “missing_scopes” says which."),
        _("Ask an administrator to add the scope. “GET /me” shows what the key allows."),
    ),
    ProblemKind(
        "not-found",
        404,
        _("There is nothing at this address"),
        _("The address is mistyped, or what it names does not exist or is not yours to see."),
        _("Compare the address with the reference. Addresses have no slash at the end."),
    ),
    ProblemKind(
        "cohort-not-found",
        404,
        _("There is no such cohort"),
        _("No cohort has this id, or the cohort is not open to your region."),
        _("Take the id from “GET /cohorts”: it lists the cohorts that are open to your region."),
    ),
    ProblemKind(
        "region-not-found",
        404,
        _("There is no such region"),
        _("No region has this code, or your key does not reach it."),
        _("“GET /regions” lists the regions that your key reaches."),
    ),
    ProblemKind(
        "course-not-found",
        404,
        _("There is no such course"),
        _("No course has this id, or it is not published and has no cohort of your region."),
        _("“GET /courses” lists the courses."),
    ),
    ProblemKind(
        "organisation-not-found",
        404,
        _("There is no such organisation"),
        _("No organisation of your region has this number or id."),
        _("“GET /organisations” lists the organisations of your region."),
    ),
    ProblemKind(
        "enrolment-not-found",
        404,
        _("There is no such enrolment"),
        _("No enrolment has this id, or its learner belongs to another region."),
        _("Take the id from the answer of the enrolment, or from “GET /enrolments”."),
    ),
    ProblemKind(
        "learner-not-found",
        404,
        _("There is no such learner"),
        _("Your region has registered nobody under this id of this system."),
        _("Check the name of the system and the id, or register the learner by enrolling them."),
    ),
    ProblemKind(
        "certificate-not-found",
        404,
        _("There is no such certificate"),
        _("No certificate has this id, or its learner belongs to another region."),
        _("Take the id from “GET /certificates”."),
    ),
    ProblemKind(
        "report-not-found",
        404,
        _("There is no such report"),
        _("No course has this id, or fewer than ten people of the region have answered twice."),
        _("Take the id of the course from “GET /cohorts”; ask again when more have answered."),
    ),
    ProblemKind(
        "import-not-found",
        404,
        _("There is no such import"),
        _("No import has this id, or it is another region's."),
        _("Take the id from the answer of the upload, or from “GET /imports”."),
    ),
    ProblemKind(
        "method-not-allowed",
        405,
        _("This address has no such method"),
        _("The address exists, but not with this method."),
        _("The “Allow” header of the answer lists the methods of the address."),
    ),
    ProblemKind(
        "ambiguous-identifier",
        409,
        _("Several learners have this id"),
        _("Different regions gave the same id to different people, and your key sees them all."),
        _("Name the region: add “?region=RU-…” to the address."),
    ),
    ProblemKind(
        "certificate-not-in-this-state",
        409,
        _("The certificate has been replaced"),
        _("A newer certificate has taken its place, so this one is no longer valid anyway."),
        _("Read the certificate: “superseded_by” names the newer one. Revoke that if need be."),
    ),
    ProblemKind(
        "cohort-full",
        409,
        _("There are no places left in the cohort"),
        _("Every place of the cohort is taken. Nothing was changed."),
        _("Choose another cohort, or ask the organisers for more places."),
    ),
    ProblemKind(
        "email-taken",
        409,
        _("This e-mail address belongs to another person"),
        _(
            "Somebody else already has an account with this address. Whose it is we do not say. "
            "Nothing was changed."
        ),
        _(
            "Check the address for a slip. Two people cannot share one: send the learner's own "
            "address, or none. If it is the same person under two ids, write to the organisers."
        ),
    ),
    ProblemKind(
        "external-id-taken",
        409,
        _("This id belongs to another learner"),
        _(
            "Your region has registered somebody else under this id; “detail” says which. Nothing "
            "was changed."
        ),
        _(
            "If it is the same person, bring them up to date with “PUT "
            "/learners/by-external-id/{system}/{value}”. If it is not, give the new one an id of "
            "their own."
        ),
    ),
    ProblemKind(
        "enrolment-closed",
        409,
        _("Enrolment in the cohort is over"),
        _("The cohort takes nobody any more. Nothing was changed."),
        _("Choose another cohort: “is_enrolment_open” in “GET /cohorts” says which are open."),
    ),
    ProblemKind(
        "import-not-in-this-state",
        409,
        _("The import is not at this step"),
        _("It has been confirmed, cancelled or undone already, or is still at work."),
        _("Read the import: “state” says where it is now."),
    ),
    ProblemKind(
        "person-blocked",
        409,
        _("The learner's account is closed"),
        _("An administrator has closed the account of this person. Nothing was changed."),
        _("Write to the organisers: they can open it again."),
    ),
    ProblemKind(
        "removals-not-confirmed",
        409,
        _("The import would withdraw many people"),
        _(
            "The file does not name more people of its scope than goes without a question. Nobody "
            "has been withdrawn; “removals” says how many it would be."
        ),
        _(
            "Look whether the file is complete. If it is, confirm with the same number: "
            '“{"removals": …}”. People who are absent stay when the mode is “upsert”.'
        ),
    ),
    ProblemKind(
        "person-has-duties",
        409,
        _("The person has a role on the platform"),
        _("The person trains, coordinates or administers, so their name stands on work of others."),
        _("An administrator takes the roles away first; then repeat the request."),
    ),
    ProblemKind(
        "cannot-merge",
        409,
        _("The two entries cannot become one"),
        _(
            "“reason” says why: the same entry twice, two regions, or one that is erased or merged "
            "already. Nothing was changed."
        ),
        _("Compare the two learners by “GET /learners/{id}”."),
    ),
    ProblemKind(
        "request-still-running",
        409,
        _("The first request with this Idempotency-Key is still running"),
        _("The same request was sent before and has not ended yet."),
        _("Wait a few seconds and send it once more: you will get the answer of the first."),
    ),
    ProblemKind(
        "transition-not-possible",
        409,
        _("The enrolment cannot go to this state"),
        _("From its present state there is no way to the one asked for; a completed one stays."),
        _("Read the enrolment: “state” says where it is now."),
    ),
    ProblemKind(
        "another-course",
        409,
        _("The cohort runs another course"),
        _("A learner moves between cohorts of one course only, so that what was done counts."),
        _("Enrol the learner in the other cohort, and withdraw them from this one."),
    ),
    ProblemKind(
        "studies-there",
        409,
        _("The learner has a place in that cohort already"),
        _("There is an open or completed enrolment of the learner in the cohort."),
        _("Read “GET /enrolments?learner=…&cohort=…”."),
    ),
    ProblemKind(
        "not-finished",
        409,
        _("There is nothing to repeat yet"),
        _("Only a completed enrolment can be repeated, and one attempt at a time."),
        _("An enrolment that was withdrawn or has expired is taken up again by enrolling anew."),
    ),
    ProblemKind(
        "undo-too-late",
        409,
        _("The import can no longer be undone"),
        _("It was carried out more than seven days ago."),
        _("Import a corrected file: people are found by their numbers and changed."),
    ),
    ProblemKind(
        "cursor-expired",
        410,
        _("The cursor points at events that are no longer kept"),
        _("Events are kept for a limited time, and this cursor is older. Some were missed."),
        _(
            "Read everything anew (“GET /enrolments”, “GET /certificates”), then go on with the "
            "feed from “?since=” of the moment before you began."
        ),
    ),
    ProblemKind(
        "webhook-endpoint-not-found",
        404,
        _("There is no such webhook endpoint"),
        _("No endpoint has this id, or it belongs to another client."),
        _("Take the id from “GET /webhook-endpoints”."),
    ),
    ProblemKind(
        "webhook-delivery-not-found",
        404,
        _("There is no such delivery"),
        _("No delivery has this id, it belongs to another client, or it is no longer kept."),
        _("Take the id from “GET /webhook-endpoints/{id}/deliveries”."),
    ),
    ProblemKind(
        "webhook-endpoint-disabled",
        409,
        _("The webhook endpoint is switched off"),
        _("It was switched off by you, or because it answered “410 Gone”. Nothing was sent."),
        _("Switch it on with “PUT /webhook-endpoints/{id}”, then try again."),
    ),
    ProblemKind(
        "too-many-webhook-endpoints",
        409,
        _("The client has as many webhook endpoints as it may"),
        _("A client may have a limited number of endpoints. Nothing was changed."),
        _("Delete one that is no longer needed: “DELETE /webhook-endpoints/{id}”."),
    ),
    ProblemKind(
        "name-taken",
        409,
        _("Another organisation has this name"),
        _("The names of a region's organisations differ, so that people can tell them apart."),
        _("Use the organisation that is there, or say in the name what makes yours another."),
    ),
    ProblemKind(
        "organisation-cycle",
        409,
        _("The organisation would stand above itself"),
        _("“parent” names the organisation itself, or one that stands below it."),
        _("Look at “parent” of both by “GET /organisations”, and move the lower one away first."),
    ),
    ProblemKind(
        "organisation-too-deep",
        409,
        _("Too many organisations one above another"),
        _("With this “parent” there would be more than ten levels."),
        _("Choose an organisation farther up as “parent”."),
    ),
    ProblemKind(
        "precondition-required",
        428,
        _("Say which state you have seen"),
        _("The request changes a learner without the header “If-Match”."),
        _("Read the learner and send the “ETag” of the answer back as “If-Match”."),
    ),
    ProblemKind(
        "precondition-failed",
        412,
        _("It has changed since you read it"),
        _(
            "The “ETag” in “If-Match” is not that of the present state, or “If-None-Match: *” "
            "asked to create what is there already. Nothing was changed."
        ),
        _(
            "Read it again, look whether your change still makes sense, and send it with the new "
            "“ETag”. Without these headers the request goes through whatever the state."
        ),
    ),
    ProblemKind(
        "body-too-large",
        413,
        _("The body is too large"),
        _("The body of the request is larger than the API accepts."),
        _("Send one learner in a request."),
    ),
    ProblemKind(
        "unsupported-media-type",
        415,
        _("The body is not sent as JSON"),
        _("The “Content-Type” header says something other than JSON, or nothing."),
        _("Send the header “Content-Type: application/json”."),
    ),
    ProblemKind(
        "file-unreadable",
        422,
        _("The file cannot be imported"),
        _("“detail” says what is wrong with the file as a whole, “reason” is its code."),
        _("Correct the file and send it again. Single rows are never a reason to refuse a file."),
    ),
    ProblemKind(
        "idempotency-key-reused",
        422,
        _("This Idempotency-Key belongs to another request"),
        _("The key was used within the last day with another address or another body."),
        _("Take a new key for every new request; the same only to repeat exactly the same one."),
    ),
    ProblemKind(
        "snils-refused",
        422,
        _("SNILS is not accepted as an id"),
        _(
            "Addresses of requests are written to logs, so a SNILS must not stand in them. "
            "Nothing was changed and the number was not kept."
        ),
        _("Use the number of the employee in your own system, for example the personnel number."),
    ),
    ProblemKind(
        "validation-failed",
        422,
        _("Some of the data does not fit"),
        _("The JSON is readable, but some values are missing or not acceptable."),
        _(
            "“errors” lists each of them: “pointer” (RFC 6901) shows the place in the body, "
            "“parameter” the parameter of the address. Correct them and send the request again."
        ),
    ),
    ProblemKind(
        "too-many-requests",
        429,
        _("Too many requests"),
        _("The client has used up its requests for this minute."),
        _(
            "Wait as many seconds as the “Retry-After” header says. “RateLimit” tells in every "
            "answer how many requests are left."
        ),
    ),
    ProblemKind(
        "internal-error",
        500,
        _("Something broke on our side"),
        _("This is our mistake, not yours. It is written down with the id of the request."),
        _(
            "Repeat the request: enrolling again is safe. If it does not help, send us the id "
            "from “instance”."
        ),
    ),
)

KINDS: dict[str, ProblemKind] = {kind.code: kind for kind in _KINDS}
BY_STATUS: dict[int, ProblemKind] = {
    400: KINDS["bad-request"],
    401: KINDS["not-authenticated"],
    403: KINDS["scope-missing"],
    404: KINDS["not-found"],
    405: KINDS["method-not-allowed"],
    413: KINDS["body-too-large"],
    415: KINDS["unsupported-media-type"],
    429: KINDS["too-many-requests"],
}
"""The kind of an error that says no more than its status."""
