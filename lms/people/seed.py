"""The regions: ISO 3166-2:RU codes, Russian names and the time zone of the regional centre.

Put in place after every migration and idempotent, so that every installation has them.
"""

from __future__ import annotations

from django.apps.registry import Apps

MOSCOW = "Europe/Moscow"

REGIONS: tuple[tuple[str, str, str], ...] = (
    ("RU-AD", "Республика Адыгея", MOSCOW),
    ("RU-AL", "Республика Алтай", "Asia/Barnaul"),
    ("RU-ALT", "Алтайский край", "Asia/Barnaul"),
    ("RU-AMU", "Амурская область", "Asia/Yakutsk"),
    ("RU-ARK", "Архангельская область", MOSCOW),
    ("RU-AST", "Астраханская область", "Europe/Astrakhan"),
    ("RU-BA", "Республика Башкортостан", "Asia/Yekaterinburg"),
    ("RU-BEL", "Белгородская область", MOSCOW),
    ("RU-BRY", "Брянская область", MOSCOW),
    ("RU-BU", "Республика Бурятия", "Asia/Irkutsk"),
    ("RU-CE", "Чеченская Республика", MOSCOW),
    ("RU-CHE", "Челябинская область", "Asia/Yekaterinburg"),
    ("RU-CHU", "Чукотский автономный округ", "Asia/Anadyr"),
    ("RU-CU", "Чувашская Республика", MOSCOW),
    ("RU-DA", "Республика Дагестан", MOSCOW),
    ("RU-IN", "Республика Ингушетия", MOSCOW),
    ("RU-IRK", "Иркутская область", "Asia/Irkutsk"),
    ("RU-IVA", "Ивановская область", MOSCOW),
    ("RU-KAM", "Камчатский край", "Asia/Kamchatka"),
    ("RU-KB", "Кабардино-Балкарская Республика", MOSCOW),
    ("RU-KC", "Карачаево-Черкесская Республика", MOSCOW),
    ("RU-KDA", "Краснодарский край", MOSCOW),
    ("RU-KEM", "Кемеровская область — Кузбасс", "Asia/Novokuznetsk"),
    ("RU-KGD", "Калининградская область", "Europe/Kaliningrad"),
    ("RU-KGN", "Курганская область", "Asia/Yekaterinburg"),
    ("RU-KHA", "Хабаровский край", "Asia/Vladivostok"),
    ("RU-KHM", "Ханты-Мансийский автономный округ — Югра", "Asia/Yekaterinburg"),
    ("RU-KIR", "Кировская область", "Europe/Kirov"),
    ("RU-KK", "Республика Хакасия", "Asia/Krasnoyarsk"),
    ("RU-KL", "Республика Калмыкия", MOSCOW),
    ("RU-KLU", "Калужская область", MOSCOW),
    ("RU-KO", "Республика Коми", MOSCOW),
    ("RU-KOS", "Костромская область", MOSCOW),
    ("RU-KR", "Республика Карелия", MOSCOW),
    ("RU-KRS", "Курская область", MOSCOW),
    ("RU-KYA", "Красноярский край", "Asia/Krasnoyarsk"),
    ("RU-LEN", "Ленинградская область", MOSCOW),
    ("RU-LIP", "Липецкая область", MOSCOW),
    ("RU-MAG", "Магаданская область", "Asia/Magadan"),
    ("RU-ME", "Республика Марий Эл", MOSCOW),
    ("RU-MO", "Республика Мордовия", MOSCOW),
    ("RU-MOS", "Московская область", MOSCOW),
    ("RU-MOW", "Москва", MOSCOW),
    ("RU-MUR", "Мурманская область", MOSCOW),
    ("RU-NEN", "Ненецкий автономный округ", MOSCOW),
    ("RU-NGR", "Новгородская область", MOSCOW),
    ("RU-NIZ", "Нижегородская область", MOSCOW),
    ("RU-NVS", "Новосибирская область", "Asia/Novosibirsk"),
    ("RU-OMS", "Омская область", "Asia/Omsk"),
    ("RU-ORE", "Оренбургская область", "Asia/Yekaterinburg"),
    ("RU-ORL", "Орловская область", MOSCOW),
    ("RU-PER", "Пермский край", "Asia/Yekaterinburg"),
    ("RU-PNZ", "Пензенская область", MOSCOW),
    ("RU-PRI", "Приморский край", "Asia/Vladivostok"),
    ("RU-PSK", "Псковская область", MOSCOW),
    ("RU-ROS", "Ростовская область", MOSCOW),
    ("RU-RYA", "Рязанская область", MOSCOW),
    ("RU-SA", "Республика Саха (Якутия)", "Asia/Yakutsk"),
    ("RU-SAK", "Сахалинская область", "Asia/Sakhalin"),
    ("RU-SAM", "Самарская область", "Europe/Samara"),
    ("RU-SAR", "Саратовская область", "Europe/Saratov"),
    ("RU-SE", "Республика Северная Осетия — Алания", MOSCOW),
    ("RU-SMO", "Смоленская область", MOSCOW),
    ("RU-SPE", "Санкт-Петербург", MOSCOW),
    ("RU-STA", "Ставропольский край", MOSCOW),
    ("RU-SVE", "Свердловская область", "Asia/Yekaterinburg"),
    ("RU-TA", "Республика Татарстан", MOSCOW),
    ("RU-TAM", "Тамбовская область", MOSCOW),
    ("RU-TOM", "Томская область", "Asia/Tomsk"),
    ("RU-TUL", "Тульская область", MOSCOW),
    ("RU-TVE", "Тверская область", MOSCOW),
    ("RU-TY", "Республика Тыва", "Asia/Krasnoyarsk"),
    ("RU-TYU", "Тюменская область", "Asia/Yekaterinburg"),
    ("RU-UD", "Удмуртская Республика", "Europe/Samara"),
    ("RU-ULY", "Ульяновская область", "Europe/Ulyanovsk"),
    ("RU-VGG", "Волгоградская область", "Europe/Volgograd"),
    ("RU-VLA", "Владимирская область", MOSCOW),
    ("RU-VLG", "Вологодская область", MOSCOW),
    ("RU-VOR", "Воронежская область", MOSCOW),
    ("RU-YAN", "Ямало-Ненецкий автономный округ", "Asia/Yekaterinburg"),
    ("RU-YAR", "Ярославская область", MOSCOW),
    ("RU-YEV", "Еврейская автономная область", "Asia/Vladivostok"),
    ("RU-ZAB", "Забайкальский край", "Asia/Chita"),
)


def seed_regions(*, apps: Apps | None = None, using: str = "default", **_signal) -> None:
    """Create missing regions; those that exist keep what an administrator made of them."""
    from lms.people.models import Region

    known = set(Region.objects.using(using).values_list("code", flat=True))
    Region.objects.using(using).bulk_create(
        Region(code=code, name=name, timezone=zone)
        for code, name, zone in REGIONS
        if code not in known
    )
