# [token]
import time

import requests

API = "{{ api }}"
CLIENT_ID = "bc_…"
CLIENT_SECRET = "bs_…"
form = {"grant_type": "client_credentials"}
answer = requests.post(
    f"{API}/oauth/token", data=form, auth=(CLIENT_ID, CLIENT_SECRET)
)
answer.raise_for_status()
api = requests.Session()
api.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def call(method, path, **options):
    """Send one request; the answer says what is wrong, if anything is."""
    answer = api.request(method, API + path, timeout=60, **options)
    if not answer.ok:
        raise SystemExit(
            f"{method} {path}: {answer.status_code}\n{answer.text}"
        )
    return answer.json() if answer.content else None


me = call("GET", "/me")
print(me)
if not (me["region"] or {}).get("is_sandbox"):
    raise SystemExit("Try this with a key of the sandbox first.")

# [cohort]
cohorts = call("GET", "/cohorts")["items"]
cohort = next(one["id"] for one in cohorts if one["is_enrolment_open"])

# [dry_run]
rows = """Табельный номер;Фамилия;Имя;Отчество;Почта
1001;Новикова;Ирина;Олеговна;novikova@example.org
1002;Белов;Олег;;не адрес
"""
sent = call(
    "POST",
    "/imports",
    files={"file": ("people.csv", rows)},
    data={"cohort": cohort},
)


def finished(import_id, *states):
    """The import, once it is in none of these states any more."""
    while (found := call("GET", f"/imports/{import_id}"))["state"] in states:
        time.sleep(1)
    return found


print(finished(sent["id"], "checking")["counts"])
for row in call("GET", f"/imports/{sent['id']}/rows?outcome=rejected")[
    "items"
]:
    print(row["row"], row["errors"])

# [enrol]
person = {
    "family_name": "Смирнова",
    "given_name": "Вера",
    "patronymic": "Павловна",
    "email": "smirnova@example.org",
    "organisation": "Центр «Забота»",
}
done = call(
    "PUT",
    f"/cohorts/{cohort}/enrolments/by-external-id/hr/12345",
    json=person,
)
print(done["outcome"])
enrolment, learner = (
    done["enrolment"]["id"],
    done["enrolment"]["learner"]["id"],
)

# [progress]
progress = call("GET", f"/enrolments/{enrolment}/progress")
print(
    progress["state"], f"{progress['units_done']}/{progress['units_total']}"
)

# [webhook]
from datetime import UTC, datetime

from standardwebhooks import Webhook

made = call(
    "POST", "/webhook-endpoints", json={"url": "https://hr.example.org/hooks"}
)
webhook = Webhook(made["secret"])

# What arrives: three headers and a body. This one you sign yourself,
# to try your check on it.
body, now = '{"type":"test"}', datetime.now(UTC)
headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": str(int(now.timestamp())),
    "webhook-signature": webhook.sign("msg_1", now, body),
}
print(webhook.verify(body, headers))

# [sign_in]
print(
    requests.get(
        API.removesuffix("/api/v1")
        + "/.well-known/oauth-authorization-server"
    ).json()
)
narrow = requests.post(
    f"{API}/oauth/token",
    data={**form, "scope": "cohorts:read progress:read"},
    auth=(CLIENT_ID, CLIENT_SECRET),
).json()["access_token"]
requests.post(
    f"{API}/oauth/revoke",
    data={"token": narrow},
    auth=(CLIENT_ID, CLIENT_SECRET),
)

# [errors]
refused = api.get(f"{API}/enrolments/none", headers={"Accept-Language": "en"})
problem = refused.json()
print(
    problem["status"], problem["code"], problem["type"], problem["instance"]
)

# [own_log]
usage = call("GET", "/usage")
print(usage["left"], "of", usage["requests_per_minute"])
for one in call("GET", "/requests?limit=5")["items"]:
    print(
        one["at"],
        one["request"],
        one["status"],
        one["code"],
        one["request_id"],
    )

# [etag]
read = api.get(f"{API}/learners/{learner}")
known = {"If-Match": read.headers["ETag"]}
psychologist = {"position": "Психолог"}
print(
    call("PATCH", f"/learners/{learner}", json=psychologist, headers=known)[
        "outcome"
    ]
)
late = api.patch(
    f"{API}/learners/{learner}", json={"position": "Юрист"}, headers=known
)
print(late.status_code)  # 412: it has changed since

# [learners]
aliya = {"family_name": "Юсупова", "given_name": "Алия"}
aliya["phone"] = "8 (912) 345-67-89"
print(call("PUT", "/learners/by-external-id/hr/777", json=aliya)["outcome"])
for one in call("GET", "/learners?system=hr&limit=2")["items"]:
    print(one["external_ids"])

# [organisations]
centre = {"name": "Центр «Радуга»", "inn": "7012345676"}
answer = call("PUT", "/organisations/by-external-id/hr/55", json=centre)
above = answer["organisation"]["id"]
branch = {
    "name": "«Радуга», филиал",
    "parent": above,
    "metadata": {"code": "4-Б"},
}
print(
    call("PUT", "/organisations/by-external-id/hr/56", json=branch)["outcome"]
)
branches = call("GET", "/organisations", params={"parent": above})["items"]
print([one["name"] for one in branches])

# [courses]
import uuid

course = call("GET", "/courses")["items"][0]["id"]
plan = {
    "course": course,
    "title": "Весна",
    "capacity": 30,
    "starts_at": "2030-03-01T06:00:00Z",
    "ends_at": "2030-06-01T06:00:00Z",
}
once = {"Idempotency-Key": str(uuid.uuid4())}
spring = call("POST", "/cohorts", json=plan, headers=once)["cohort"]["id"]

# [transfer]
moved = call(
    "POST",
    f"/enrolments/{enrolment}/transfer",
    json={"cohort": spring, "reason": "Отпуск"},
)
print(moved["outcome"], moved["enrolment"]["cohort"]["title"])

# [withdraw]
why = {"to": "withdrawn", "reason": "Перешла в другое учреждение"}
print(
    call("POST", f"/enrolments/{enrolment}/transitions", json=why)["outcome"]
)

# [repeat]
for completed in call("GET", "/enrolments?state=completed")["items"][:1]:
    again = call("POST", f"/enrolments/{completed['id']}/repeat", json={})
    print(again["enrolment"]["attempt"])

# [import]
once = {"Idempotency-Key": str(uuid.uuid4())}
call("POST", f"/imports/{sent['id']}/confirm", json={}, headers=once)
finished(sent["id"], "applying")
for row in call("GET", f"/imports/{sent['id']}/rows?outcome=created")[
    "items"
]:
    print(row["row"], row["learner"], row["enrolment"])
print(api.get(f"{API}/imports/{sent['id']}/errors.csv").text)

# [sync]
everybody = "Табельный номер;Фамилия;Имя\n1003;Ли;Нина\n"
sync = call(
    "POST",
    "/imports",
    files={"file": ("everybody.csv", everybody)},
    data={"cohort": cohort, "mode": "sync", "max_removals": 0},
)
removals = finished(sync["id"], "checking")["removals"]
leaving = []  # those whom your own system says goodbye to; here everybody
for state in ("invited", "active"):
    of_cohort = {"cohort": cohort, "state": state, "limit": 200}
    leaving += call("GET", "/enrolments", params=of_cohort)["items"]
if removals != len(leaving):
    raise SystemExit(f"{removals} would leave, {len(leaving)} should.")
call("POST", f"/imports/{sync['id']}/confirm", json={"removals": removals})

# [undo]
finished(sync["id"], "applying")
print(call("POST", f"/imports/{sync['id']}/undo")["undo_until"])
print(finished(sync["id"], "undoing")["counts"])


# [read_back]
def everything(path, **filters):
    """All rows of a list, page by page."""
    while True:
        page = call("GET", path, params={**filters, "limit": 100})
        yield from page["items"]
        if not page["has_more"]:
            return
        filters["cursor"] = page["next_cursor"]


since = "2026-01-01T00:00:00Z"
for line in everything("/progress", updated_since=since):
    print(line["enrolment"], line["percent"])
print(len(list(everything("/enrolments", updated_since=since))))
for result in call("GET", f"/enrolments/{enrolment}/results")["results"]:
    print(result["code"], result["wave"], result["state"])
print(len(list(everything("/attendance", cohort=cohort))))
print(call("GET", f"/cohorts/{cohort}/results"))

# [certificates]
for certificate in call("GET", f"/certificates?enrolment={enrolment}")[
    "items"
]:
    with open("certificate.pdf", "wb") as file:
        file.write(
            api.get(f"{API}/certificates/{certificate['id']}/pdf").content
        )

# [feed]
cursor = call("GET", "/events?limit=200")["next_cursor"]
for event in call("GET", "/events", params={"cursor": cursor})["items"]:
    print(event["number"], event["type"], event["data"])

# [webhooks]
endpoint = made["endpoint"]["id"]
print(call("POST", f"/webhook-endpoints/{endpoint}/test")["state"])
print(len(call("GET", f"/webhook-endpoints/{endpoint}/deliveries")["items"]))
print(call("POST", f"/webhook-endpoints/{endpoint}/rotate-secret")["secret"])
call("DELETE", f"/webhook-endpoints/{endpoint}")

# [scim]
SCIM = API.removesuffix("/api/v1") + "/scim/v2"
hired = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ivanova",
    "name": {
        "familyName": "Иванова",
        "givenName": "Мария",
        "middleName": "Петровна",
    },
    "emails": [{"value": "ivanova@example.org", "type": "work"}],
}
api.post(f"{SCIM}/Users", json=hired).raise_for_status()
found = api.get(f"{SCIM}/Users", params={"filter": 'userName eq "ivanova"'})
print(found.json()["totalResults"])

# [personal_data]
print(
    [
        section["key"]
        for section in call("GET", f"/learners/{learner}/export")["sections"]
    ]
)
print(call("GET", f"/learners/{learner}/consents")["items"])
for one in call("GET", f"/personal-data-accesses?learner={learner}")["items"]:
    print(one["at"], one["client"], one["reader"], one["request"])

# [merge]
twin = call("GET", "/learners/by-external-id/hr/777")["id"]
print(
    call("POST", f"/learners/{learner}/merge", json={"duplicate": twin})[
        "external_ids"
    ]
)
erased = call(
    "POST",
    f"/learners/{learner}/erase",
    json={"reason": "Письмо 17 от 3 марта"},
)
print(len(erased["report"]))
