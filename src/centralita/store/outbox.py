"""The mails to send, as rows of the database that the projector writes and the mailer works off.

A row is claimed by a conditional update, which moves the instant of the next try beyond the time that a try takes: so two
processes never send the same mail, and one that is killed while it sends leaves it to be tried again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from centralita.ports import WaitingMail
from centralita.store.database import Database
from centralita.store.records import outbox

WAITING = "waiting"


class MailOutbox:
    """Instants are seconds since the epoch. Every method raises DatabaseUnavailable while the database cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: float, limit: int = 20) -> Sequence[WaitingMail]:
        """Those to be tried now, those that wait longest first."""
        column = outbox.c
        query = (
            sa.select(
                column.tenant,
                column.user_id,
                column.message,
                column.left_at,
                column.duration,
                column.caller,
                column.caller_name,
                column.attempts,
            )
            .where(column.state == WAITING, column.next_at <= now)
            .order_by(column.next_at)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [WaitingMail(*row) for row in connection.execute(query)]

    def next_at(self) -> float | None:
        """When the next one is to be tried; None where none waits."""
        query = sa.select(sa.func.min(outbox.c.next_at)).where(outbox.c.state == WAITING)
        with self._database.read() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else float(found)

    def waiting(self) -> int:
        query = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == WAITING)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def claim(self, mail: WaitingMail, now: float, until: float) -> bool:
        """Take a mail to send it; it is given to nobody else before ``until``. False: another was quicker."""
        return self._change(mail, mail.attempts, {"attempts": mail.attempts + 1, "next_at": until}, due=now)

    def retry(self, mail: WaitingMail, next_at: float, reason: str) -> None:
        """A claimed mail could not be sent: try it again at that instant."""
        self._change(mail, mail.attempts + 1, {"next_at": next_at, "detail": reason})

    def finish(self, mail: WaitingMail, at: float, state: str, reason: str = "") -> None:
        """A claimed mail is done with: ``sent``, ``skipped`` or ``failed``."""
        self._change(mail, mail.attempts + 1, {"state": state, "done_at": at, "detail": reason})

    def _change(
        self, mail: WaitingMail, attempts: int, values: dict[str, Any], due: float | None = None
    ) -> bool:
        column = outbox.c
        change = (
            sa.update(outbox)
            .where(
                column.tenant == mail.tenant,
                column.user_id == mail.user,
                column.message == mail.message,
                column.state == WAITING,
                column.attempts == attempts,
            )
            .values(**values)
        )
        if due is not None:
            change = change.where(column.next_at <= due)
        with self._database.write() as connection:
            return connection.execute(change).rowcount == 1
