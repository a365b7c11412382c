"""Sends the mails that voicemail messages ask for: works off the outbox, one mail at a time, by SMTP.

A mail is sent once. The one exception cannot be avoided: a process killed after the mail server took the mail and before
that was written down sends it again at the next start, with the same Message-ID.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Literal, Protocol

from centralita.jobs.backoff import BackOff, delay
from centralita.jobs.mailtext import BadAddress, VoicemailNotice, clean, compose
from centralita.pbx.vocabulary import TenantId
from centralita.ports import StoredMessage, WaitingMail


class Outbox(Protocol):
    """The mails to send. Every method raises StoreUnavailable."""

    def due(self, now: float, limit: int = 20) -> Sequence[WaitingMail]: ...

    def next_at(self) -> float | None: ...

    def waiting(self) -> int: ...

    def claim(self, mail: WaitingMail, now: float, until: float) -> bool: ...

    def retry(self, mail: WaitingMail, next_at: float, reason: str) -> None: ...

    def finish(self, mail: WaitingMail, at: float, state: str, reason: str = "") -> None: ...


class Voicemail(Protocol):
    """The messages on disk."""

    def find(self, tenant: TenantId, user: str, message: str) -> StoredMessage | None: ...

    def delete(self, tenant: TenantId, user: str, message: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who a mailbox belongs to, as far as mail goes."""

    name: str
    address: str
    """Empty: no mail is wanted."""
    language: str
    zone: str
    delete_after_mail: bool = False


class Recipients(Protocol):
    def find(self, tenant: TenantId, user: str) -> Recipient | None:
        """None where the user is gone. Raises StoreUnavailable."""


@dataclass(frozen=True, slots=True)
class MailSettings:
    host: str
    """Empty: no mail is sent."""
    port: int = 25
    security: Literal["none", "starttls", "tls"] = "none"
    user: str = ""
    password: str = ""
    sender: str = "centralita@localhost"
    timeout: float = 30.0
    """Seconds for each answer of the mail server."""
    check_certificate: bool = True


@dataclass(frozen=True, slots=True)
class MailPace:
    """Seconds."""

    claim: float = 600.0
    """How long a mail that is being sent is nobody else's."""
    first_retry: float = 60.0
    longest_retry: float = 3600.0
    give_up: float = 3 * 86400.0
    """After the message was left."""
    idle: float = 60.0
    """Between two looks at an empty outbox, besides the wake-up by the projector."""
    first_pause: float = 5.0
    """After the mail server could not be reached, for all mails; doubles up to ``longest_pause``."""
    longest_pause: float = 300.0


class MailServerDown(Exception):
    """The mail server cannot be used by anybody now: not reached, or it refuses us and not one mail."""


class MailRefused(Exception):
    """The mail server will not take this mail: ``for_good`` or for now."""

    def __init__(self, reason: str, *, for_good: bool) -> None:
        super().__init__(reason)
        self.for_good = for_good


class SmtpSender:
    """Hands one mail to the mail server. Blocks."""

    def __init__(self, settings: MailSettings) -> None:
        self._settings = settings

    def send(self, mail: EmailMessage) -> None:
        """Raises MailServerDown or MailRefused."""
        try:
            with self._connect() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise MailRefused(_reason(code, text), for_good=code >= 500) from error
        except smtplib.SMTPDataError as error:
            raise MailRefused(
                _reason(error.smtp_code, error.smtp_error), for_good=error.smtp_code >= 500
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise MailServerDown(f"the mail server lacks what the settings ask for: {error}") from error
        except (
            smtplib.SMTPResponseException
        ) as error:  # greeting, authentication, our own address as the sender
            raise MailServerDown(_reason(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailServerDown(
                f"the mail server {self._settings.host} cannot be reached: {error}"
            ) from error

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        tls = ssl.create_default_context()
        if not settings.check_certificate:
            tls.check_hostname = False
            tls.verify_mode = ssl.CERT_NONE
        if settings.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                settings.host, settings.port, timeout=settings.timeout, context=tls
            )
        else:
            server = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout)
        try:
            if settings.security == "starttls":
                server.starttls(context=tls)
            if settings.user:
                server.login(settings.user, settings.password)
        except BaseException:
            server.close()
            raise
        return server


class Sender(Protocol):
    def send(self, mail: EmailMessage) -> None: ...


class Mailer:
    """``step`` sends what is due and says when to come back; the loop, and the thread, are the worker's."""

    def __init__(
        self,
        settings: MailSettings,
        outbox: Outbox,
        recipients: Recipients,
        voicemail: Voicemail,
        *,
        sender: Sender | None = None,
        pace: MailPace | None = None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._outbox = outbox
        self._recipients = recipients
        self._voicemail = voicemail
        self._sender: Sender = sender or SmtpSender(settings)
        self._pace = pace or MailPace()
        self._wall = wall
        self._pause = BackOff(self._pace.first_pause, self._pace.longest_pause)
        self.sent = 0
        """Since the start."""
        self.waiting = 0
        self.error = ""
        """Why no mail can be sent; empty when the last one could."""
        self._done: list[tuple[WaitingMail, float, str, str]] = []
        """Mails that are done with, until the database knows it: it may go away while one is sent."""

    def step(self, stopping: Callable[[], bool] = lambda: False) -> float:
        """Send what is due. Seconds until there is more to do. Raises StoreUnavailable."""
        self._write_down()
        for mail in self._outbox.due(self._wall()):
            if stopping():
                return 0.0
            now = self._wall()
            if not self._outbox.claim(mail, now, now + self._pace.claim):
                continue
            try:
                self._deliver(mail)
            except MailServerDown as error:
                self.error = str(error)
                pause = self._pause.failed()
                self._try_again(mail, str(error), pause)
                self.waiting = self._outbox.waiting()
                return pause
        self.waiting = self._outbox.waiting()
        due = self._outbox.next_at()
        return self._pace.idle if due is None else min(self._pace.idle, max(0.0, due - self._wall()))

    def _deliver(self, mail: WaitingMail) -> None:
        if not self._settings.host:
            self._finish(mail, "skipped", "no mail server is set")
            return
        recipient = self._recipients.find(mail.tenant, mail.user)
        if recipient is None or not recipient.address:
            self._finish(
                mail, "skipped", "the user is gone" if recipient is None else "the user wants no mail"
            )
            return
        stored = self._voicemail.find(mail.tenant, mail.user, mail.message)
        try:
            audio = None if stored is None else stored.path.read_bytes()
        except FileNotFoundError:  # heard just now, and so moved: it is found at its new place, or gone
            stored = self._voicemail.find(mail.tenant, mail.user, mail.message)
            audio = None if stored is None else stored.path.read_bytes()
        if stored is None or audio is None:
            self._finish(mail, "skipped", "the message was deleted before")
            return
        try:
            self._sender.send(
                compose(_notice(mail, recipient, stored.at), audio, self._settings.sender, self._wall())
            )
        except BadAddress as error:
            self._finish(mail, "failed", str(error))
            return
        except MailRefused as error:
            if error.for_good:
                self._finish(mail, "failed", str(error))
            else:
                self._try_again(mail, str(error), self._pace.first_retry)
            return
        self._finish(mail, "sent")
        self.sent += 1
        self.error = ""
        self._pause.succeeded()
        if recipient.delete_after_mail:
            # Only now: a process killed in between leaves one message too many, never one too few.
            self._voicemail.delete(mail.tenant, mail.user, mail.message)

    def _try_again(self, mail: WaitingMail, reason: str, first: float) -> None:
        now = self._wall()
        if now - mail.left_at > self._pace.give_up:
            self._finish(mail, "failed", f"given up: {reason}")
            return
        wait = delay(mail.attempts + 1, first, self._pace.longest_retry)
        self._outbox.retry(mail, now + wait, reason)

    def _finish(self, mail: WaitingMail, state: str, reason: str = "") -> None:
        self._done.append((mail, self._wall(), state, reason))
        self._write_down()

    def _write_down(self) -> None:
        while self._done:
            self._outbox.finish(*self._done[0])
            del self._done[0]


def _notice(mail: WaitingMail, recipient: Recipient, at: float) -> VoicemailNotice:
    """``at``: when the message was left, which of one salvaged after a crash is before the exchange knew it."""
    return VoicemailNotice(
        message=mail.message,
        tenant=mail.tenant,
        user=mail.user,
        at=at,
        duration=mail.duration,
        caller=mail.caller,
        caller_name=mail.caller_name,
        language=recipient.language,
        zone=recipient.zone,
        name=recipient.name,
        address=recipient.address,
        stays=not recipient.delete_after_mail,
    )


def _reason(code: int, text: bytes | str) -> str:
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {clean(said, 200)}"
