from celery import shared_task

from certificates import issuing


@shared_task(name="certificates.request_missing")
def request_missing() -> int:
    return issuing.request_missing()
