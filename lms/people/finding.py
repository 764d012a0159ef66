"""Finding a person by what is known of them: words of the name, an address, an id."""

from __future__ import annotations

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from lms.people.models import User


def find_people(words: str) -> QuerySet[User]:
    """Entries that are still people, where every word is in the name, the e-mail, or an id."""
    people = (
        User.objects.filter(erasure=None, merge=None)
        .select_related("region", "organisation")
        .prefetch_related("external_ids")
    )
    name = Concat("family_name", Value(" "), "given_name", Value(" "), "patronymic")
    people = people.annotate(whole_name=name)
    for word in words.split():
        match = Q(whole_name__icontains=word) | Q(whole_name__icontains=word.capitalize())
        match |= Q(email__icontains=word) | Q(external_ids__value=word)
        people = people.filter(match)
    return people.distinct()
