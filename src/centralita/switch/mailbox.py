"""A user's voicemail as a flow sees it: the files of the store, and the facts that others wait for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from centralita.pbx.callcontrol import MailboxMessage, Take
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import JourneyId, MessageLeft, TenantId
from centralita.ports import StoredMessage
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    from centralita.switch.call import Call
    from centralita.switch.exchange import Exchange

log = structlog.get_logger("voicemail")


def message_left(
    exchange: Exchange, tenant: TenantId, user: str, journey: JourneyId, stored: StoredMessage
) -> MessageLeft:
    """The fact that a message is complete on disk."""
    return MessageLeft(
        journey=journey,
        at=exchange.clock.wall(),
        tenant=tenant,
        user=user,
        message=stored.id,
        path=exchange.relative(stored.path),
        duration=stored.duration,
        caller=stored.caller,
        caller_name=stored.caller_name,
    )


class LiveMailbox:
    """Fulfils :class:`centralita.pbx.callcontrol.Mailbox`."""

    __slots__ = ("_call", "_store", "_tenant", "_user")

    def __init__(self, call: Call, user: User) -> None:
        self._call = call
        self._user = user
        self._tenant = call.snapshot.tenant
        self._store = call.exchange.mailboxes

    def message_draft(self) -> Path:
        caller = self._call.caller
        return self._store.draft(
            self._tenant, self._user.id, caller=caller.number, caller_name=caller.name, journey=self._call.id
        )

    def greeting_draft(self) -> Path:
        return self._store.draft(self._tenant, self._user.id)

    async def keep_message(self, take: Take) -> bool:
        call, tenant, user = self._call, self._tenant, self._user.id
        at = call.exchange.clock.wall()
        done: Signal[StoredMessage | None] = Signal()

        def keep() -> StoredMessage:
            return self._store.keep(
                tenant,
                user,
                take.path,
                at=at,
                duration=take.duration,
                caller=call.caller.number,
                caller_name=call.caller.name,
            )

        def kept(stored: StoredMessage | None, error: BaseException | None) -> None:
            if error is not None or stored is None:
                log.error("a message was not stored", tenant=tenant, user=user, error=str(error))
            else:
                # Written here and not by the flow, which the caller may have left: a message is told whoever waits.
                call.write(message_left(call.exchange, tenant, user, call.id, stored))
            done.set(stored)

        call.exchange.background(keep, kept)
        return await done is not None

    def discard(self, take: Take) -> None:
        self._store.discard(self._tenant, self._user.id, take.path)

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
