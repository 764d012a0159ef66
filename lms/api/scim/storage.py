"""Our database as the storage of the SCIM server: one region's people and organisations."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from django.db import transaction
from django.db.models import Q
from scim2_models import (
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
)
from scim2_models.path import CompareOperator, Comparison
from scim2_server.storage import ScimStorage, SearchPage

from lms.api.scim import organisations, people
from lms.api.scim.resources import Group, User
from lms.people.models import Organisation, Region
from lms.people.models import User as Person


class RegionStorage(ScimStorage):
    """``seen`` gathers the people whose data was given out, for the log of access."""

    def __init__(self, region: Region):
        self.region = region
        self.seen: set[int] = set()

    def operation(self) -> AbstractContextManager[None]:
        return transaction.atomic()

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        if resource_type.name == "User":
            return self._user(people.find(self.region, resource_id))
        return organisations.shown(organisations.find(self.region, resource_id))

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        """Users first, then groups; each in the order in which they came."""
        names = {kind.name for kind in resource_types}
        narrowed = narrowing(search_request.filter)
        found: list[Resource[Any]] = []
        first = search_request.start_index_0 or 0
        last = None if search_request.count is None else first + search_request.count
        if search_request.filter is None and names == {"User"}:
            everybody = people.people_of(self.region)
            page = [self._user(person) for person in everybody[first:last]]
            return SearchPage(everybody.count(), page)
        if "User" in names:
            everybody = people.people_of(self.region).filter(narrowed)
            found += [people.shown(person) for person in everybody]
        if "Group" in names:
            groups = organisations.organisations_of(self.region)
            found += [organisations.shown(organisation) for organisation in groups]
        matching = _matching(search_request.filter, found)
        page = matching[first:last]
        self._note([resource for resource in page if isinstance(resource, User)])
        return SearchPage(len(matching), page)

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if isinstance(resource, User):
            person = people.register(self.region, resource)
            return self._user(people.find(self.region, str(person.uuid)))
        assert isinstance(resource, Group)
        return organisations.shown(
            organisations.write(self.region, Organisation(region=self.region), resource)
        )

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        identifier = resource.id or ""
        if isinstance(resource, User):
            person = people.find(self.region, identifier, lock=True)
            _check(people.shown(person), expected_version)
            people.write(self.region, person, resource)
            return self._user(people.find(self.region, identifier))
        assert isinstance(resource, Group)
        organisation = organisations.find(self.region, identifier)
        _check(organisations.shown(organisation), expected_version)
        return organisations.shown(organisations.write(self.region, organisation, resource))

    def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        if resource_type.name == "User":
            person = people.find(self.region, resource_id, lock=True)
            _check(people.shown(person), expected_version)
            people.let_go(self.region, person)
            return
        organisation = organisations.find(self.region, resource_id)
        _check(organisations.shown(organisation), expected_version)
        organisations.dissolve(self.region, organisation)

    def _user(self, person: Person) -> User:
        self.seen.add(person.pk)
        return people.shown(person)

    def _note(self, users: list[User]) -> None:
        ids = [user.id for user in users]
        self.seen |= set(Person.objects.filter(uuid__in=ids).values_list("pk", flat=True))


def _check(stored: Resource[Any], expected_version: str | None) -> None:
    if stored.meta is None:
        raise NotFoundException
    if expected_version is not None and stored.meta.version != expected_version:
        raise PreconditionFailedException


def _matching(
    scim_filter: ScimFilter[Any] | None, resources: list[Resource[Any]]
) -> list[Resource[Any]]:
    if scim_filter is None:
        return resources
    return [resource for resource in resources if _matches(scim_filter, resource)]


def _matches(scim_filter: ScimFilter[Any], resource: Resource[Any]) -> bool:
    if scim_filter.models and type(resource) not in scim_filter.models:
        return False
    bound = scim_filter if scim_filter.models else ScimFilter[type(resource)](str(scim_filter))  # type: ignore
    return bool(bound.match(resource))


def narrowing(scim_filter: ScimFilter[Any] | None) -> Q:
    """What the database can tell beforehand of a filter: HR systems ask «userName eq "…"» or
    «externalId eq "…"» all the time. Everything else is matched one by one."""
    node = scim_filter.ast if scim_filter is not None else None
    is_equality = isinstance(node, Comparison) and node.op == CompareOperator.eq
    if not is_equality or not isinstance(node.value, str):  # type: ignore[union-attr]
        return Q()
    value = node.value  # type: ignore[union-attr]
    name = str(node.attr_path).rsplit(":", 1)[-1].lower()  # type: ignore[union-attr]
    if name == "username":
        return Q(scim__user_name__iexact=value) | Q(scim=None)
    if name == "externalid":
        return Q(scim__external_id__iexact=value)
    return Q()
