"""A voicemail box in which nothing is: messages are taken, none is kept beyond the call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from centralita.pbx.callcontrol import MailboxMessage, Take
from centralita.pbx.model.user import User

if TYPE_CHECKING:
    from centralita.pbx.simulator.call import SimulatedCall


class SimulatedMailbox:
    """Fulfils :class:`centralita.pbx.callcontrol.Mailbox`."""

    __slots__ = ("_call", "_user")

    def __init__(self, call: SimulatedCall, user: User) -> None:
        self._call = call
        self._user = user

    def message_draft(self) -> Path:
        return Path("message.wav")

    def greeting_draft(self) -> Path:
        return Path("greeting.wav")

    async def keep_message(self, take: Take) -> bool:
        self._call.tell(f"a message of {take.duration:g} s for {self._user.name} is kept")
        return True

    def discard(self, take: Take) -> None:
        self._call.tell("what was recorded is thrown away")

    def messages(self) -> Sequence[MailboxMessage]:
        return ()

    def mark_heard(self, message: MailboxMessage) -> None:
        """There is none."""

    def delete(self, message: MailboxMessage) -> None:
        """There is none."""

    def greeting(self) -> Path | None:
        return None

    def set_greeting(self, take: Take | None) -> None:
        self._call.tell("the greeting is changed")

    def pin_attempt_allowed(self) -> bool:
        return True

    def pin_failed(self) -> None:
        self._call.tell("a wrong PIN")
