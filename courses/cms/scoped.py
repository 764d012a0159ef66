"""A model in the CMS whose objects are not everyone's: the policy decides in every view.

Wagtail's generic views ask the policy about the model only. These ask about the object too, and
whatever a person may not see is as good as not there.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404
from wagtail.admin.views import generic
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permissions import policy_registry


class Scoped:
    """A view of one object that the person must be allowed to see, and to do ``action`` with."""

    action = "view"

    def get_object(self, *arguments, **named):
        found = super().get_object(*arguments, **named)
        policy, user = policy_registry.get_by_type(self.model), self.request.user
        if not policy.user_has_permission_for_instance(user, "view", found):
            raise Http404
        if not policy.user_has_permission_for_instance(user, self.action, found):
            raise PermissionDenied
        return found


class ScopedIndex(generic.IndexView):
    def get_base_queryset(self):
        policy = policy_registry.get_by_type(self.model)
        return policy.instances_user_has_any_permission_for(self.request.user, ["view"])


class ScopedEdit(Scoped, generic.EditView):
    action = "change"


class ScopedDelete(Scoped, generic.DeleteView):
    action = "delete"


class ScopedHistory(Scoped, ModelViewSet.history_view_class):
    pass


class ScopedUsage(Scoped, ModelViewSet.usage_view_class):
    pass


class ScopedViewSet(ModelViewSet):
    copy_view_enabled = False
    inspect_view_enabled = False
    index_view_class = ScopedIndex
    edit_view_class = ScopedEdit
    delete_view_class = ScopedDelete
    history_view_class = ScopedHistory
    usage_view_class = ScopedUsage
