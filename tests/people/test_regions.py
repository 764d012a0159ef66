import re
import zoneinfo

import pytest

from lms.people.models import Region
from lms.people.seed import REGIONS, seed_regions


def test_every_region_has_an_iso_code_and_a_known_time_zone():
    zones = zoneinfo.available_timezones()
    assert len({code for code, _, _ in REGIONS}) == len(REGIONS) == 83
    for code, name, zone in REGIONS:
        assert re.fullmatch(r"RU-[A-Z]{2,3}", code)
        assert name
        assert zone in zones


@pytest.mark.django_db
def test_seeding_again_keeps_what_an_administrator_changed():
    Region.objects.filter(code="RU-TOM").update(name="Томская область (пилот)")
    Region.objects.filter(code="RU-AD").delete()
    seed_regions()
    assert Region.objects.count() == len(REGIONS)
    assert Region.objects.get(code="RU-TOM").name == "Томская область (пилот)"
