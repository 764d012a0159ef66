"""OAuth2 client credentials: an id and a secret for tokens that live an hour."""

import base64
import json
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from lms.api.keys import end_key
from lms.api.models import AccessToken, ApiClient, ClientSecret
from lms.api.oauth.secrets import end_secret, find_secret, make_secret
from lms.api.oauth.tokens import forget_old_tokens
from lms.api.scopes import ALL_SCOPES
from tests.api.conftest import Caller
from tests.api.test_clients import administrator  # noqa: F401
from tests.api.test_problems import is_problem
from tests.factories import CohortFactory

pytestmark = pytest.mark.django_db

FORM = "application/x-www-form-urlencoded"
GRANT = {"grant_type": "client_credentials"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def post(body, path="token", content_type=FORM, **headers):
    browser = Client(raise_request_exception=False)
    if isinstance(body, dict):
        body = "&".join(f"{name}={value}" for name, value in body.items())
    address = f"/api/v1/oauth/{path}"
    response = browser.generic("POST", address, body, content_type=content_type, headers=headers)
    response.data = json.loads(response.content) if response.content else None
    return response


@pytest.fixture
def system(caller):
    """A client of Tomsk with every scope, an id and a secret, and no key."""
    secret = make_secret(caller.client)
    caller.client.refresh_from_db()
    end_key(caller.client)
    caller.secret = secret
    return caller


def signed_in(system, **form) -> Caller:
    answer = post(GRANT | form, **basic(system.client.client_id, system.secret))
    assert answer.status_code == 200, answer.data
    return Caller(system.client, answer.data["access_token"])


def test_a_token_for_an_hour_comes_by_either_way_of_signing_in(system):
    by_header = post(GRANT, **basic(system.client.client_id, system.secret))
    credentials = {"client_id": system.client.client_id, "client_secret": system.secret}
    by_form = post(GRANT | credentials)
    for answer in (by_header, by_form):
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert answer.data["token_type"] == "Bearer"
        assert answer.data["expires_in"] == 3600
        assert answer.data["scope"].split() == sorted(ALL_SCOPES)
        me = Caller(system.client, answer.data["access_token"]).get("/me")
        assert me.data["client_id"] == system.client.client_id
        assert me.data["region"]["code"] == "RU-TOM"


def test_neither_secrets_nor_tokens_are_kept_in_clear(system):
    token = signed_in(system).key
    kept = (
        f"{ApiClient.objects.values()}{ClientSecret.objects.values()}{AccessToken.objects.values()}"
    )
    assert system.secret not in kept
    assert token not in kept


def test_a_token_may_ask_for_fewer_scopes_and_never_for_more(system):
    system.client.scopes = ["cohorts:read", "enrolments:read"]
    system.client.save()
    narrow = signed_in(system, scope="cohorts:read")
    assert narrow.get("/me").data["scopes"] == ["cohorts:read"]
    assert narrow.get("/cohorts").status_code == 200
    refused = narrow.get("/enrolments")
    assert is_problem(refused, 403, "scope-missing")
    assert refused.headers["WWW-Authenticate"] == (
        'Bearer realm="berezhno", error="insufficient_scope", scope="enrolments:read"'
    )
    for scope in ("cohorts:read+imports:write", "everything"):
        answer = post(GRANT | {"scope": scope}, **basic(system.client.client_id, system.secret))
        assert (answer.status_code, answer.data["error"]) == (400, "invalid_scope")


def test_a_scope_that_is_taken_away_is_gone_from_tokens_too(system):
    token = signed_in(system)
    assert token.get("/cohorts").status_code == 200
    system.client.scopes = ["events:read"]
    system.client.save()
    assert token.get("/cohorts").status_code == 403


def test_a_token_reaches_its_region_only(system, omsk):
    own, foreign = CohortFactory(), CohortFactory(regions=[omsk])
    token = signed_in(system)
    assert token.get(f"/cohorts/{own.uuid}").status_code == 200
    assert is_problem(token.get(f"/cohorts/{foreign.uuid}"), 404, "cohort-not-found")
    assert token.enrol(foreign).status_code == 404


def test_a_token_that_expired_says_so(system):
    token = signed_in(system)
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert token.get("/me").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        response = token.get("/me")
    assert is_problem(response, 401, "token-expired")
    assert response.headers["WWW-Authenticate"] == (
        'Bearer realm="berezhno", error="invalid_token", error_description="token-expired"'
    )
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert forget_old_tokens() == 1
        assert is_problem(token.get("/me"), 401, "invalid-token")


def test_a_token_that_expired_says_so_to_hr_systems_too(system):
    token = signed_in(system)
    headers = {"Authorization": f"Bearer {token.key}"}
    assert Client().get("/scim/v2/Users", headers=headers).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        response = Client().get("/scim/v2/Users", headers=headers)
    assert response.status_code == 401
    assert "token-expired" in response.headers["WWW-Authenticate"]
    assert response.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_revoked_token_says_so(system):
    first, second, third = (signed_in(system) for _ in range(3))
    answer = post({"token": first.key}, "revoke", **basic(system.client.client_id, system.secret))
    assert (answer.status_code, answer.content) == (200, b"")
    assert is_problem(first.get("/me"), 401, "token-revoked")
    assert second.get("/me").status_code == 200
    system.client.is_active = False
    system.client.save()
    assert is_problem(third.get("/me"), 401, "token-revoked")
    assert post(GRANT, **basic(system.client.client_id, system.secret)).status_code == 401


def test_nobody_revokes_the_token_of_another(system, caller_of, tomsk):
    other = caller_of(tomsk)
    other.secret = make_secret(other.client)
    other.client.refresh_from_db()
    token = signed_in(system)
    answer = post({"token": token.key}, "revoke", **basic(other.client.client_id, other.secret))
    assert answer.status_code == 200
    assert token.get("/me").status_code == 200


def test_at_a_rotation_both_secrets_work_until_the_former_ends(system):
    former, token = system.secret, signed_in(system)
    system.secret = make_secret(system.client, former_works_for=timedelta(days=1))
    for secret in (former, system.secret):
        assert post(GRANT, **basic(system.client.client_id, secret)).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        answers = [
            post(GRANT, **basic(system.client.client_id, secret)).status_code
            for secret in (former, system.secret)
        ]
    assert answers == [401, 200]
    assert token.get("/me").status_code == 200


def test_a_secret_in_wrong_hands_ends_with_its_tokens(system):
    stolen = signed_in(system)
    end_secret(system.client.secrets.get())
    assert is_problem(stolen.get("/me"), 401, "token-revoked")
    assert post(GRANT, **basic(system.client.client_id, system.secret)).status_code == 401


def test_a_secret_that_ends_while_it_is_used_gives_no_token(system, monkeypatch):
    def found_and_ended(*credentials):
        found = find_secret(*credentials)
        end_secret(system.client.secrets.get())
        return found

    monkeypatch.setattr("lms.api.oauth.server.find_secret", found_and_ended)
    answer = post(GRANT, **basic(system.client.client_id, system.secret))
    assert (answer.status_code, answer.data["error"]) == (401, "invalid_client")
    assert not AccessToken.objects.exists()


WRONG = [
    (GRANT, {}, 401, "invalid_client"),
    (GRANT, {"Authorization": "Basic"}, 401, "invalid_client"),
    (GRANT, {"Authorization": "Basic ???"}, 401, "invalid_client"),
    (GRANT, {"Authorization": "Basic //79"}, 401, "invalid_client"),
    (GRANT, {"Authorization": "Digest x"}, 401, "invalid_client"),
    (GRANT, basic("bc_0123456789abcdef", "bs_" + "x" * 40), 401, "invalid_client"),
    (GRANT, basic("bc_\0", "\0"), 401, "invalid_client"),
    (GRANT | {"client_id": "%00", "client_secret": "%00"}, {}, 401, "invalid_client"),
    ({}, {}, 400, "invalid_request"),
    ({"grant_type": "password"}, {}, 400, "unsupported_grant_type"),
    ({"grant_type": ""}, {}, 400, "invalid_request"),
    (b"grant_type=client_credentials&grant_type=client_credentials", {}, 400, "invalid_request"),
    (b"\xff\xfe=%ff&&&;=", {}, 400, "invalid_request"),
    ("&".join(f"a{n}=1" for n in range(2000)), {}, 400, "invalid_request"),
    (b"a=" + b"x" * 3_000_000, {}, 413, "invalid_request"),
]


@pytest.mark.parametrize(
    ("body", "headers", "status", "error"), WRONG, ids=[str(n) for n in range(len(WRONG))]
)
def test_what_is_wrong_is_said_as_rfc_6749_says_it(body, headers, status, error):
    answer = post(body, **headers)
    assert (answer.status_code, answer.data["error"]) == (status, error)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.data.get("error_description", "").isascii()
    challenge = answer.headers.get("WWW-Authenticate", "")
    assert challenge == ('Basic realm="berezhno"' if status == 401 else "")


def test_credentials_come_by_one_way_and_never_in_the_address(system):
    header = basic(system.client.client_id, system.secret)
    both = post(GRANT | {"client_secret": system.secret}, **header)
    other = post(GRANT | {"client_id": "bc_other"}, **header)
    credentials = f"client_id={system.client.client_id}&client_secret={system.secret}"
    in_address = post(GRANT, f"token?{credentials}")
    for answer in (both, other, in_address):
        assert (answer.status_code, answer.data["error"]) == (400, "invalid_request")
    same = post(GRANT | {"client_id": system.client.client_id}, **header)
    assert same.status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", ""])
def test_a_body_that_is_no_form_is_refused(system, content_type):
    header = basic(system.client.client_id, system.secret)
    answer = post(json.dumps(GRANT), content_type=content_type, **header)
    assert (answer.status_code, answer.data["error"]) == (400, "invalid_request")


def test_only_post(db):
    response = Client().get("/api/v1/oauth/token")
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert response.json()["error"] == "invalid_request"


def test_tokens_are_asked_for_a_few_times_a_minute(system, settings):
    settings.API_TOKEN_REQUESTS_PER_MINUTE = 2
    header = basic(system.client.client_id, system.secret)
    first, _second, third = (post(GRANT, **header) for _ in range(3))
    assert first.headers["RateLimit-Policy"] == '"token";q=2;w=60'
    assert first.headers["RateLimit"].startswith('"token";r=1;t=')
    assert (third.status_code, third.data["error"]) == (429, "too_many_requests")
    assert 1 <= int(third.headers["Retry-After"]) <= 60
    assert AccessToken.objects.count() == 2


def test_a_client_has_its_limit_from_wherever_it_asks(system, settings, monkeypatch):
    settings.API_TOKEN_REQUESTS_PER_MINUTE = 2
    addresses = iter("abcd")
    monkeypatch.setattr("lms.api.oauth.views.client_address", lambda request: next(addresses))
    header = basic(system.client.client_id, system.secret)
    assert [post(GRANT, **header).status_code for _ in range(3)] == [200, 200, 429]


def test_machines_find_the_endpoint_by_themselves(client, settings):
    told = client.get("/.well-known/oauth-authorization-server").json()
    assert told["issuer"] == settings.PUBLIC_URL
    assert told["token_endpoint"].endswith("/api/v1/oauth/token")
    assert told["grant_types_supported"] == ["client_credentials"]
    assert set(told["token_endpoint_auth_methods_supported"]) == {
        "client_secret_basic",
        "client_secret_post",
    }
    assert set(told["scopes_supported"]) == set(ALL_SCOPES)


def test_the_description_names_the_scopes_of_every_request(client):
    described = client.get("/api/v1/schema/").json()
    (flow,) = described["components"]["securitySchemes"]["oauth2"]["flows"].values()
    assert flow["tokenUrl"].endswith("/api/v1/oauth/token")
    assert set(flow["scopes"]) == set(ALL_SCOPES)
    pdf = described["paths"]["/api/v1/certificates/{certificate_id}/pdf"]["get"]
    assert {"oauth2": ["certificates:read", "learners:pii"]} in pdf["security"]
    assert "security" not in described["paths"]["/api/v1/oauth/token"]["post"]


def test_an_administrator_makes_rotates_and_ends_secrets(client_of, administrator, tomsk):  # noqa: F811
    browser = client_of(administrator)
    form = {"name": "Кадры", "region": tomsk.pk, "scopes": ["cohorts:read"], "is_active": "on"}
    page = browser.post("/cms/api_clients/new/", form | {"signs_in_by": "secret"})
    made = ApiClient.objects.get()
    assert made.key_prefix is None

    def shown(page):
        assert "no-store" in page.headers["Cache-Control"]
        return page.context["client"].client_id, page.context["secret"]

    first = shown(page)
    assert first[1] in page.content.decode()
    assert post(GRANT, **basic(*first)).status_code == 200
    address = f"/cms/api_clients/access/{made.pk}/"
    later = browser.get(address).content.decode()
    assert first[0] in later
    assert first[1] not in later
    second = shown(browser.post(address, {"new": "1", "former_works_for": "7"}))
    assert [post(GRANT, **basic(*pair)).status_code for pair in (first, second)] == [200, 200]
    former = made.secrets.get(ending=first[1][-4:])
    assert former.works_until - timezone.now() > timedelta(days=6)
    browser.post(address, {"end": former.pk})
    assert [post(GRANT, **basic(*pair)).status_code for pair in (first, second)] == [401, 200]
    third = shown(browser.post(address, {"new": "1", "former_works_for": "0"}))
    assert [post(GRANT, **basic(*pair)).status_code for pair in (second, third)] == [401, 200]
    assert browser.post(address, {"new": "1", "former_works_for": "900"}).status_code == 200
    assert made.secrets.count() == 3


@pytest.mark.parametrize("said", ["", "нет", "-1", "²", "1; DROP", "999999", "9" * 5000])
def test_a_secret_that_is_not_there_is_not_ended(client_of, administrator, caller, said):  # noqa: F811
    browser = client_of(administrator)
    address = f"/cms/api_clients/access/{caller.client.pk}/"
    browser.post(address, {"new": "1"})
    answer = browser.post(address, {"end": said}, follow=True)
    assert answer.status_code == 200
    assert "У клиента нет такого секрета" in answer.content.decode()
    assert caller.client.secrets.get().is_working


def test_a_key_is_ended_when_the_client_signs_in_by_tokens(client_of, administrator, caller):  # noqa: F811
    browser = client_of(administrator)
    address = f"/cms/api_clients/access/{caller.client.pk}/"
    browser.post(address, {"new": "1"})
    assert caller.get("/me").status_code == 200
    browser.post(address, {"end_key": "1"})
    assert is_problem(caller.get("/me"), 401, "invalid-key")


def test_the_command_prints_an_id_and_a_secret(capsys, tomsk):
    call_command("create_api_client", "--region", "RU-TOM", "--oauth")
    first = capsys.readouterr().out.split()
    assert ApiClient.objects.get().key_prefix is None
    call_command("create_api_client", "--name", "RU-TOM", "--rotate", "--oauth")
    second = capsys.readouterr().out.split()
    assert [post(GRANT, **basic(*pair)).status_code for pair in (first, second)] == [200, 200]
