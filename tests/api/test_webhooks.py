"""Webhooks: an outside receiver accepts them; what fails is tried again; nothing leaks inward."""

import socket
import threading
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lms.api.events.models import Event
from lms.api.events.numbering import number_events
from lms.api.events.recording import NewEvent, record_events
from lms.api.models import ApiClient
from lms.api.scopes import ALL_SCOPES, Scope
from lms.api.tasks import deliver_events
from lms.api.webhooks import delivering, posting
from lms.api.webhooks.addresses import Target, parsed
from lms.api.webhooks.delivering import (
    JITTER,
    LANES,
    PAUSES,
    TAKEN_FOR,
    forget_old_deliveries,
    pause_before,
    send_delivery,
    send_lane,
    take_due_deliveries,
)
from lms.api.webhooks.endpoints import (
    FORMER_SECRET_WORKS_FOR,
    MOST_ENDPOINTS,
    rotate_secret,
)
from lms.api.webhooks.models import WebhookDelivery, WebhookEndpoint
from lms.people.models import User
from tests.api.receiver import receiving
from tests.factories import CohortFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with receiving() as receiver:
        yield receiver


def make_endpoint(caller, receiver, **fields) -> str:
    """An endpoint at the receiver, which learns the secret; returns its id."""
    answer = caller.send("POST", "/webhook-endpoints", {"url": receiver.url, **fields})
    assert answer.status_code == 201
    receiver.secret = answer.data["secret"]
    return answer.data["endpoint"]["id"]


def test_a_receiver_that_knows_only_the_standard_accepts_what_we_send(caller, receiver):
    make_endpoint(caller, receiver)
    cohort = CohortFactory()
    enrolment = caller.enrol(cohort).data["enrolment"]
    deliver_events()
    assert receiver.refused == 0
    learner, enrolled = receiver.accepted
    assert (learner["type"], enrolled["type"]) == ("learner.created", "enrolment.created")
    assert enrolled["data"]["object"] == enrolment["id"]
    assert enrolled["data"]["state"] == "invited"
    fed = caller.get("/events").data["items"][1]
    assert enrolled["data"]["event"] == fed["id"]
    assert enrolled["timestamp"].startswith(fed["occurred_at"][:19])
    path, headers, body = receiver.requests[0]
    assert path == "/hooks?from=berezhno"
    assert headers["Content-Type"] == "application/json"
    assert "Иванова" not in body.decode()
    assert len(body) < 20_000


def test_it_accepts_them_before_and_after_a_rotation_whichever_secret_it_has(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    former = receiver.secret
    UserFactory()
    deliver_events()
    answer = caller.send("POST", f"/webhook-endpoints/{endpoint}/rotate-secret").data
    assert answer["endpoint"]["former_secret_until"] is not None
    assert answer["secret"] not in (former, "")
    UserFactory()
    deliver_events()  # the receiver has still the former one
    receiver.secret = answer["secret"]
    UserFactory()
    deliver_events()
    assert (len(receiver.accepted), receiver.refused) == (3, 0)
    with time_machine.travel(timezone.now() + FORMER_SECRET_WORKS_FOR + timedelta(minutes=1)):
        UserFactory()
        deliver_events()
        assert (len(receiver.accepted), receiver.refused) == (4, 0)
        assert " " not in receiver.requests[-1][1]["webhook-signature"]
        receiver.secret = former
        UserFactory()
        deliver_events()
        assert receiver.refused == 1


def test_the_secret_is_shown_once_and_not_kept_in_clear(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    shown = caller.get(f"/webhook-endpoints/{endpoint}").content.decode()
    shown += caller.get("/webhook-endpoints").content.decode()
    assert "secret" not in shown.replace("former_secret_until", "")
    assert receiver.secret.removeprefix("whsec_") not in str(WebhookEndpoint.objects.values())


def test_what_fails_is_tried_again_with_the_same_id_and_body_until_taken(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    receiver.answers = 503
    receiver.body = "не сейчас".encode()
    UserFactory()
    deliver_events()
    deliver_events()  # not due yet
    assert len(receiver.requests) == 1
    (delivery,) = caller.get(f"/webhook-endpoints/{endpoint}/deliveries").data["items"]
    assert (delivery["state"], delivery["tries"]) == ("pending", 1)
    assert delivery["next_try_at"] is not None
    (attempt,) = delivery["attempts"]
    assert (attempt["status"], attempt["excerpt"]) == (503, "не сейчас")
    receiver.answers = 200
    with time_machine.travel(timezone.now() + timedelta(seconds=7)):
        deliver_events()
    first, second = receiver.requests
    assert first[1]["webhook-id"] == second[1]["webhook-id"] == delivery["id"]
    assert first[2] == second[2]
    (delivery,) = caller.get(f"/webhook-endpoints/{endpoint}/deliveries").data["items"]
    assert (delivery["state"], delivery["next_try_at"]) == ("delivered", None)


def test_after_the_last_try_it_is_given_up_and_can_be_sent_once_more(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    receiver.answers = 500
    UserFactory()
    moment = timezone.now()
    for _ in range(len(PAUSES) + 3):
        with time_machine.travel(moment):
            deliver_events()
        moment += PAUSES[-1] * 2
    delivery = WebhookDelivery.objects.get()
    assert delivery.state == "failed"
    assert len(receiver.requests) == len(PAUSES) + 1
    receiver.answers = 200
    response = caller.send("POST", f"/webhook-deliveries/{delivery.uuid}/resend")
    assert (response.status_code, response.data["state"]) == (202, "pending")
    deliver_events()
    (delivery,) = caller.get(f"/webhook-endpoints/{endpoint}/deliveries?state=delivered").data[
        "items"
    ]
    assert len(delivery["attempts"]) == len(PAUSES) + 2


@given(st.integers(2, len(PAUSES) + 1), st.floats(0, 1))
def test_pauses_grow_as_the_standard_says_with_a_little_chance(attempt, chance):
    pause = pause_before(attempt, chance=chance)
    assert PAUSES[attempt - 2] <= pause <= PAUSES[attempt - 2] * (1 + JITTER)


def test_gone_switches_the_endpoint_off_and_the_client_can_switch_it_on(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    receiver.answers = 410
    UserFactory.create_batch(2)
    deliver_events()
    assert len(receiver.requests) == 1
    assert caller.get(f"/webhook-endpoints/{endpoint}").data["state"] == "gone"
    UserFactory()
    deliver_events()
    assert len(receiver.requests) == 1
    for path in (f"/webhook-endpoints/{endpoint}/test",):
        refused = caller.send("POST", path)
        assert (refused.status_code, refused.data["code"]) == (409, "webhook-endpoint-disabled")
    delivery = WebhookDelivery.objects.first()
    refused = caller.send("POST", f"/webhook-deliveries/{delivery.uuid}/resend")
    assert refused.data["code"] == "webhook-endpoint-disabled"
    receiver.answers = 200
    changed = caller.send("PUT", f"/webhook-endpoints/{endpoint}", {"url": receiver.url})
    assert changed.data["state"] == "active"
    UserFactory()
    deliver_events()
    assert len(receiver.accepted) == 2


def test_redirects_are_not_followed(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    receiver.answers, receiver.headers = 307, {"Location": receiver.url}
    UserFactory()
    deliver_events()
    assert len(receiver.requests) == 1
    (delivery,) = caller.get(f"/webhook-endpoints/{endpoint}/deliveries").data["items"]
    assert (delivery["state"], delivery["attempts"][0]["status"]) == ("pending", 307)


def test_a_test_message_goes_at_once_and_says_what_came_of_it(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    answer = caller.send("POST", f"/webhook-endpoints/{endpoint}/test").data
    assert (answer["state"], answer["type"], answer["event"]) == ("delivered", "webhook.test", None)
    assert receiver.accepted[0]["type"] == "webhook.test"
    receiver.answers = 500
    answer = caller.send("POST", f"/webhook-endpoints/{endpoint}/test").data
    assert (answer["state"], answer["attempts"][0]["status"]) == ("failed", 500)
    assert not Event.objects.exists()


def test_an_endpoint_hears_what_it_chose_and_its_client_may_see(caller_of, tomsk, omsk, receiver):
    caller = caller_of(tomsk)
    make_endpoint(caller, receiver, types=["enrolment.created"])
    narrow = caller_of(tomsk, scopes=[Scope.WEBHOOKS_MANAGE, Scope.CERTIFICATES_READ])
    make_endpoint(narrow, receiver)
    UserFactory(region=omsk)
    caller.enrol(CohortFactory())
    number_events()
    heard = WebhookDelivery.objects.values_list("event__type", "endpoint__client__name")
    assert list(heard) == [("enrolment.created", caller.client.name)]


def test_quiet_events_stand_in_the_feed_only(caller, receiver, tomsk):
    make_endpoint(caller, receiver)
    learner = UserFactory()
    number_events()
    WebhookDelivery.objects.all().delete()
    record_events([NewEvent("learner.updated", tomsk.pk, learner.uuid, learner.pk)], quiet=True)
    deliver_events()
    assert receiver.requests == []
    assert len(caller.get("/events").data["items"]) == 2


def test_a_client_that_is_switched_off_hears_nothing_more(caller, receiver):
    make_endpoint(caller, receiver)
    UserFactory()
    number_events()
    ApiClient.objects.update(is_active=False)
    deliver_events()
    assert receiver.requests == []


def test_two_workers_send_a_delivery_once(caller, receiver):
    make_endpoint(caller, receiver)
    UserFactory()
    number_events()
    delivery = WebhookDelivery.objects.get()
    assert send_delivery(delivery.pk) is not None
    assert send_delivery(delivery.pk) is None
    WebhookDelivery.objects.update(state="pending", due_at=timezone.now() + timedelta(seconds=9))
    assert send_delivery(delivery.pk) is None


def make_deliveries(count: int) -> None:
    for _ in range(count):
        UserFactory()
    number_events()


def test_what_one_worker_has_no_other_gets(caller, receiver):
    make_endpoint(caller, receiver)
    make_deliveries(3)
    (lane,) = take_due_deliveries()
    assert len(lane.deliveries) == 3
    assert take_due_deliveries() == []
    assert send_delivery(lane.deliveries[0]) is None
    send_lane(lane)
    assert len(receiver.accepted) == 3
    send_lane(lane)
    assert len(receiver.accepted) == 3, "the same message twice"


def test_an_endpoint_has_a_limited_number_of_workers_at_once(caller, receiver, monkeypatch):
    monkeypatch.setattr(delivering, "LANE_LENGTH", 2)
    make_endpoint(caller, receiver)
    make_deliveries(7)
    lanes = take_due_deliveries()
    assert [len(lane.deliveries) for lane in lanes] == [2] * LANES
    assert take_due_deliveries() == []
    send_lane(lanes[0])
    (third,) = take_due_deliveries()
    send_lane(third)
    send_lane(lanes[1])
    assert len(receiver.accepted) == 6
    assert len(receiver.requests) == len(
        {headers["webhook-id"] for _, headers, _ in receiver.requests}
    )


def test_a_worker_that_died_has_its_deliveries_no_longer_than_a_minute(caller, receiver):
    make_endpoint(caller, receiver)
    make_deliveries(2)
    (dead,) = take_due_deliveries()
    with time_machine.travel(timezone.now() + TAKEN_FOR + timedelta(seconds=1)):
        (lane,) = take_due_deliveries()
        send_lane(dead)
        assert receiver.accepted == [], "its message came too late"
        send_lane(lane)
    assert len(receiver.accepted) == 2


def test_an_endpoint_that_is_away_is_left_alone_and_the_others_are_served(
    caller, caller_of, tomsk, receiver, monkeypatch
):
    make_endpoint(caller_of(tomsk), receiver)
    away = make_endpoint(caller, receiver, description="away")
    WebhookEndpoint.objects.filter(uuid=away).update(url="http://127.0.0.1:9/closed")
    make_deliveries(3)
    deliver_events()
    assert len(receiver.requests) == 3
    tried = WebhookDelivery.objects.filter(endpoint__uuid=away)
    assert sorted(tried.values_list("tries", flat=True)) == [0, 0, 1]
    assert not tried.exclude(taken_until=None).exists(), "what was not begun is given back"


def test_a_secret_that_cannot_be_opened_is_a_failed_try(caller, receiver, settings, client_of):
    """SECRET_KEY was replaced: tried with the usual pauses, then given up; the log says why."""
    endpoint = make_endpoint(caller, receiver)
    make_deliveries(1)
    settings.SECRET_KEY = "another-key"
    moment = timezone.now()
    for _ in range(len(PAUSES) + 3):
        with time_machine.travel(moment):
            deliver_events()
        moment += PAUSES[-1] * 2
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.tries) == ("failed", len(PAUSES) + 1)
    errors = set(delivery.attempts.values_list("error", flat=True))
    assert errors == {"secret-unreadable"}
    assert receiver.requests == []
    admin = client_of(User.objects.create_superuser("admin@example.org"))
    found = WebhookEndpoint.objects.get(uuid=endpoint)
    page = admin.post(f"/cms/webhook_endpoints/tester/{found.pk}/")
    assert (page.status_code, "secret-unreadable" in page.content.decode()) == (200, True)
    receiver.secret = rotate_secret(found)
    UserFactory()
    deliver_events()
    assert len(receiver.accepted) == 1, "with a new secret it works again"


def test_another_clients_endpoint_does_not_exist(caller_of, caller, tomsk, receiver):
    endpoint = make_endpoint(caller, receiver)
    UserFactory()
    number_events()
    delivery = WebhookDelivery.objects.get().uuid
    other = caller_of(tomsk)
    assert other.get("/webhook-endpoints").data["items"] == []
    body = {"url": receiver.url}
    for method, path, said in (
        ("GET", f"/webhook-endpoints/{endpoint}", None),
        ("PUT", f"/webhook-endpoints/{endpoint}", body),
        ("DELETE", f"/webhook-endpoints/{endpoint}", None),
        ("POST", f"/webhook-endpoints/{endpoint}/rotate-secret", None),
        ("POST", f"/webhook-endpoints/{endpoint}/test", None),
        ("GET", f"/webhook-endpoints/{endpoint}/deliveries", None),
        ("POST", f"/webhook-deliveries/{delivery}/resend", None),
    ):
        response = other.send(method, path, said)
        assert response.status_code == 404, path
        assert response.data["code"] in (
            "webhook-endpoint-not-found",
            "webhook-delivery-not-found",
        )
    assert caller.get(f"/webhook-endpoints/{endpoint}").status_code == 200


def test_without_the_scope_there_are_no_webhooks(caller_of, tomsk):
    scopes = [scope for scope in ALL_SCOPES if scope != Scope.WEBHOOKS_MANAGE]
    response = caller_of(tomsk, scopes=scopes).get("/webhook-endpoints")
    assert response.data["missing_scopes"] == ["webhooks:manage"]


def test_an_endpoint_can_be_changed_switched_off_and_deleted(caller, receiver):
    endpoint = make_endpoint(caller, receiver)
    body = {"url": receiver.url, "types": ["learner.created"], "is_active": False}
    changed = caller.send("PUT", f"/webhook-endpoints/{endpoint}", body).data
    assert (changed["state"], changed["types"]) == ("disabled", ["learner.created"])
    UserFactory()
    deliver_events()
    assert receiver.requests == []
    assert caller.send("DELETE", f"/webhook-endpoints/{endpoint}").status_code == 204
    assert caller.get(f"/webhook-endpoints/{endpoint}").status_code == 404


def test_a_client_has_a_limited_number_of_endpoints(caller):
    for number in range(MOST_ENDPOINTS):
        body = {"url": f"https://example.org/{number}"}
        assert caller.send("POST", "/webhook-endpoints", body).status_code == 201
    response = caller.send("POST", "/webhook-endpoints", {"url": "https://example.org/more"})
    assert (response.status_code, response.data["code"]) == (409, "too-many-webhook-endpoints")


def test_the_log_is_forgotten_after_a_while(caller, receiver, settings):
    make_endpoint(caller, receiver)
    UserFactory()
    deliver_events()
    assert forget_old_deliveries() == 0
    past = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS, hours=1)
    WebhookDelivery.objects.update(finished_at=past)
    assert forget_old_deliveries() == 1


# --- where webhooks must not go -----------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/hooks",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https://",
        "https://user:password@example.org/",
        "https://example.org/#part",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\r\nX-Injected: 1",
        "https://" + "a" * 300 + ".org/",
    ],
)
def test_what_is_no_address_is_refused_when_it_is_given(caller, url):
    response = caller.send("POST", "/webhook-endpoints", {"url": url})
    assert (response.status_code, response.data["code"]) == (422, "validation-failed")
    assert response.data["errors"][0]["pointer"] == "/url"


FORBIDDEN = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "fd00:ec2::254",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
]


def tried(caller, monkeypatch, *addresses: str, url: str = "https://hooks.example.org/") -> str:
    """The error of a test message to a name that stands for ``addresses``."""

    def answer(host, port, *args, **kwargs):
        family = socket.AF_INET6 if ":" in addresses[0] else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    made = caller.send("POST", "/webhook-endpoints", {"url": url}).data["endpoint"]["id"]
    delivery = caller.send("POST", f"/webhook-endpoints/{made}/test").data
    caller.send("DELETE", f"/webhook-endpoints/{made}")
    return delivery["attempts"][0]["error"]


@pytest.fixture
def no_connections(monkeypatch):
    """Fail where anything connects at all."""

    def connect(*args, **kwargs):
        raise AssertionError(f"connected to {args}")

    monkeypatch.setattr(posting, "post", connect)


def test_names_that_lead_into_a_network_of_ones_own_are_refused(
    caller, monkeypatch, no_connections
):
    found = {address: tried(caller, monkeypatch, address) for address in FORBIDDEN}
    assert found == dict.fromkeys(FORBIDDEN, "address-forbidden")


def test_one_forbidden_address_among_good_ones_is_enough(caller, monkeypatch, no_connections):
    assert tried(caller, monkeypatch, "93.184.216.34", "10.0.0.1") == "address-forbidden"


def test_plain_http_is_for_the_operators_networks_only(caller, monkeypatch, no_connections):
    url = "http://hooks.example.org/"
    assert tried(caller, monkeypatch, "93.184.216.34", url=url) == "not-https"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "017700000001", "localhost", "127.1"])
def test_other_spellings_of_loopback_are_refused(caller, no_connections, host):
    made = caller.send("POST", "/webhook-endpoints", {"url": f"https://{host}/"}).data["endpoint"]
    delivery = caller.send("POST", f"/webhook-endpoints/{made['id']}/test").data
    assert delivery["attempts"][0]["error"] in ("address-forbidden", "name-not-found")


def test_it_connects_to_the_address_that_was_judged(caller, monkeypatch):
    """A name that stands for another address the second time it is asked."""
    connected, asked = [], []

    def answer(host, port, *args, **kwargs):
        asked.append(host)
        address = "93.184.216.34" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(target, **kwargs):
        connected.append((target.ip, target.host))
        return posting.Answer(204, "", "", 1)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    monkeypatch.setattr(posting, "post", connect)
    body = {"url": "https://hooks.example.org/"}
    made = caller.send("POST", "/webhook-endpoints", body).data["endpoint"]["id"]
    caller.send("POST", f"/webhook-endpoints/{made}/test")
    assert connected == [("93.184.216.34", "hooks.example.org")]
    assert asked == ["hooks.example.org"]


def test_names_in_russian_letters_are_understood():
    assert parsed("https://пример.рф/hook").host == "xn--e1afmkfd.xn--p1ai"


# --- receivers that behave badly ----------------------------------------------------------------


def odd_server(behaviour) -> tuple[Target, threading.Thread, socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            connection, _address = listener.accept()
            with connection:
                connection.recv(65_536)
                behaviour(connection)
        except OSError:
            pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    target = Target("127.0.0.1", "127.0.0.1", listener.getsockname()[1], False, "/")
    return target, thread, listener


def send_to(behaviour, *, seconds: float = 30) -> posting.Answer:
    target, thread, listener = odd_server(behaviour)
    answer = posting.post(target, body=b"{}", headers={}, seconds=seconds)
    listener.close()
    thread.join(5)
    return answer


def test_a_server_that_never_answers_is_left():
    hold = threading.Event()
    target, thread, listener = odd_server(lambda connection: hold.wait(60))
    answer = posting.post(target, body=b"{}", headers={}, seconds=0.5)
    assert thread.is_alive(), "it was left, not waited for"
    hold.set()
    listener.close()
    assert (answer.status, answer.error) == (None, "timed-out")


def test_a_server_that_sends_a_byte_now_and_then_is_left():
    def drip(connection) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        pause = threading.Event()
        for _ in range(1_200):  # a minute, unless it is left
            connection.sendall(b"x")
            pause.wait(0.05)

    answer = send_to(drip, seconds=0.5)
    assert (answer.status, answer.error) == (None, "timed-out")


def test_of_an_endless_answer_only_the_beginning_is_read():
    def pour(connection) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2_000):
            connection.sendall(b"x" * 65_536)

    answer = send_to(pour)
    assert (answer.status, len(answer.excerpt)) == (200, 500)


@pytest.mark.parametrize(
    ("raw", "error"), [(b"SSH-2.0-OpenSSH\r\n", "not-http"), (b"", "connection-failed")]
)
def test_a_server_that_speaks_no_http_is_told_from_one_that_is_not_there(raw, error):
    assert send_to(lambda connection: connection.sendall(raw)).error == error


def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    target = Target("127.0.0.1", "127.0.0.1", port, False, "/")
    assert posting.post(target, body=b"", headers={}).error == "connection-failed"


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path):
    def hello(connection) -> None:
        connection.sendall(b"\x15\x03\x01\x00\x02\x02\x28")  # a TLS alert: handshake failure

    target, thread, listener = odd_server(hello)
    secure = Target(target.ip, "hooks.example.org", target.port, True, "/")
    answer = posting.post(secure, body=b"", headers={}, seconds=30)
    listener.close()
    thread.join(5)
    assert answer.error == "tls-failed"
