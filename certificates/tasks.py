from celery import shared_task

from certificates import issuing
from certificates.frdo.sheets import erase_unneeded_details


@shared_task(name="certificates.request_missing")
def request_missing() -> int:
    return issuing.request_missing()


@shared_task(name="certificates.erase_register_details")
def erase_register_details() -> int:
    return erase_unneeded_details()
