import threading

import pytest
from django.db import connection, transaction

from lms.people.models import Organisation, User
from tests.factories import OrganisationFactory


@pytest.mark.django_db(transaction=True)
def test_many_writers_take_turns_without_a_lock_error():
    """Reads before writes in one transaction: what fails at once under SQLite's own default."""
    pk = OrganisationFactory(name="0").pk
    errors = []

    def add_ones():
        try:
            for _ in range(25):
                with transaction.atomic():
                    organisation = Organisation.objects.select_for_update().get(pk=pk)
                    organisation.name = str(int(organisation.name) + 1)
                    organisation.save()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=add_ones) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    assert Organisation.objects.get(pk=pk).name == "200"


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_fails_lets_the_next_writer_in():
    def fail_after_writing():
        with transaction.atomic():
            User.objects.create_user("a@example.org")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    done = threading.Event()

    def write():
        User.objects.create_user("b@example.org")
        connection.close()
        done.set()

    threading.Thread(target=write).start()
    assert done.wait(timeout=60)
    assert set(User.objects.values_list("email", flat=True)) == {"b@example.org"}
