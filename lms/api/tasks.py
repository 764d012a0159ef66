from celery import shared_task

from lms.api.events.numbering import forget_old_events, number_events
from lms.api.webhooks import delivering


@shared_task(name="api.deliver_events")
def deliver_events() -> int:
    """Number what happened and hand what is due to the workers, each delivery by itself."""
    number_events()
    due = delivering.due_deliveries()
    for delivery_id in due:
        send_delivery.delay(delivery_id)
    return len(due)


@shared_task(name="api.send_delivery")
def send_delivery(delivery_id: int) -> None:
    delivering.send_delivery(delivery_id)


@shared_task(name="api.forget_old_events")
def forget_old() -> int:
    return delivering.forget_old_deliveries() + forget_old_events()
