"""A user's voicemail as a flow sees it: the files of the store, and the facts that others wait for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from centralita.pbx.callcontrol import MailboxMessage, Take
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import MessageLeft

if TYPE_CHECKING:
    from centralita.switch.call import Call


class LiveMailbox:
    """Fulfils :class:`centralita.pbx.callcontrol.Mailbox`."""

    __slots__ = ("_call", "_store", "_tenant", "_user")

    def __init__(self, call: Call, user: User) -> None:
        self._call = call
        self._user = user
        self._tenant = call.snapshot.tenant
        self._store = call.exchange.mailboxes

    def draft(self) -> Path:
        return self._store.draft(self._tenant, self._user.id)

    def keep_message(self, take: Take) -> None:
        call = self._call
        at = call.exchange.clock.wall()
        stored = self._store.keep(
            self._tenant,
            self._user.id,
            take.path,
            at=at,
            duration=take.duration,
            caller=call.caller.number,
            caller_name=call.caller.name,
        )
        call.write(
            MessageLeft(
                journey=call.id,
                at=at,
                tenant=self._tenant,
                user=self._user.id,
                message=stored.id,
                path=call.exchange.relative(stored.path),
                duration=take.duration,
                caller=call.caller.number,
                caller_name=call.caller.name,
            )
        )

    def messages(self) -> Sequence[MailboxMessage]:
        zone = ZoneInfo(self._call.snapshot.site_of(self._user).time_zone)
        return [
            MailboxMessage(
                stored.id,
                datetime.fromtimestamp(stored.at, UTC).astimezone(zone),
                stored.duration,
                stored.caller,
                stored.path,
                stored.heard,
            )
            for stored in self._store.messages(self._tenant, self._user.id)
        ]

    def mark_heard(self, message: MailboxMessage) -> None:
        self._store.mark_heard(self._tenant, self._user.id, message.id)

    def delete(self, message: MailboxMessage) -> None:
        self._store.delete(self._tenant, self._user.id, message.id)

    def greeting(self) -> Path | None:
        return self._store.greeting(self._tenant, self._user.id)

    def set_greeting(self, take: Take | None) -> None:
        self._store.set_greeting(self._tenant, self._user.id, take.path if take else None)

    def pin_attempt_allowed(self) -> bool:
        return not self._call.exchange.pins.wait(self._key, self._call.exchange.clock.now())

    def pin_failed(self) -> None:
        self._call.exchange.pins.add(self._key, self._call.exchange.clock.now())

    @property
    def _key(self) -> str:
        return f"{self._tenant}/{self._user.id}"
