from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lms.api.models import ApiClient


class ApiRequest(models.Model):
    """One request of a client and how it ended; kept for ``API_REQUESTS_KEPT_DAYS``.

    ``route`` is the address as the description writes it: no ids, so no personnel numbers.
    A log: its reference is not looked up by the database at every row.
    """

    client = models.ForeignKey(
        ApiClient,
        on_delete=models.CASCADE,
        related_name="requests",
        verbose_name=_("client"),
        db_index=False,  # the first of an index
        db_constraint=False,
    )
    request_id = models.UUIDField(_("request id"))
    method = models.CharField(_("method"), max_length=7)
    route = models.CharField(_("address"), max_length=200)
    status = models.PositiveSmallIntegerField(_("status"))
    code = models.CharField(_("code of the problem"), max_length=40, blank=True)
    duration_ms = models.PositiveIntegerField(_("took (ms)"))
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("request of a client")
        verbose_name_plural = _("requests of clients")
        indexes = [models.Index(fields=["client", "at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.client} · {self.request} · {self.status}"

    @property
    def request(self) -> str:
        return f"{self.method} {self.route}"
