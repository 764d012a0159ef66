from datetime import datetime

from celery import shared_task

from lms.api.events.numbering import forget_old_events, number_events
from lms.api.oauth.tokens import forget_old_tokens
from lms.api.personal_data import forget_old_accesses
from lms.api.request_log.recording import forget_old_requests
from lms.api.webhooks import delivering


@shared_task(name="api.deliver_events")
def deliver_events() -> int:
    """Number what happened and hand what is due to the workers, each endpoint's by itself."""
    number_events()
    lanes = delivering.take_due_deliveries()
    for lane in lanes:
        send_deliveries.apply_async(
            (lane.deliveries, lane.taken_until.isoformat()),
            expires=delivering.TAKEN_FOR.total_seconds(),
        )
    return sum(len(lane.deliveries) for lane in lanes)


@shared_task(name="api.send_deliveries")
def send_deliveries(delivery_ids: list[int], taken_until: str) -> None:
    """Goes through a queue of its own: whoever waits for an endpoint lets nobody else wait."""
    delivering.send_lane(delivering.Lane(delivery_ids, datetime.fromisoformat(taken_until)))


@shared_task(name="api.forget_old_events")
def forget_old() -> int:
    return (
        delivering.forget_old_deliveries()
        + forget_old_events()
        + forget_old_tokens()
        + forget_old_accesses()
        + forget_old_requests()
    )
