"""Whose a mailbox is, for mail: read from the published configuration and the personal settings on top of it."""

from __future__ import annotations

import time
from collections.abc import Callable

from centralita.jobs.mail import Recipient
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.vocabulary import TenantId
from centralita.ports import Configs


class ConfiguredRecipients:
    """Fulfils :class:`centralita.jobs.mail.Recipients`. What was read is used for some seconds: mails come in bursts."""

    def __init__(
        self, configs: Configs, keep_seconds: float = 15.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._configs = configs
        self._keep_seconds = keep_seconds
        self._monotonic = monotonic
        self._read_at: float | None = None
        self._snapshots: dict[TenantId, Snapshot] = {}

    def find(self, tenant: TenantId, user: str) -> Recipient | None:
        """None where the user is gone. Raises what the configuration raises when it cannot be read."""
        now = self._monotonic()
        if self._read_at is None or now - self._read_at > self._keep_seconds:
            self._snapshots = {each.tenant: each for each in self._configs.snapshots()}
            self._read_at = now
        snapshot = self._snapshots.get(tenant)
        if snapshot is None or user not in snapshot.users:
            return None
        owner = snapshot.users[user]
        options = snapshot.personal[user].voicemail
        return Recipient(
            name=owner.name,
            address=owner.mail if options.mail else "",
            language=snapshot.language_of(owner),
            zone=snapshot.site_of(owner).time_zone,
            delete_after_mail=options.delete_after_mail,
        )
