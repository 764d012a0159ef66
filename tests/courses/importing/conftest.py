import pytest

from tests.factories import CohortFactory


@pytest.fixture
def cohort(db):
    return CohortFactory()
