"""Hands the web's letters to the mail server that voicemail is mailed by. At once and once: who waits for a link asks again."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from centralita.jobs.mail import MailRefused, MailServerDown, MailSettings, Sender, SmtpSender

log = logging.getLogger(__name__)


class SmtpPost:
    """Implements ``Post`` of the web. Blocks while the mail server takes a letter."""

    def __init__(self, settings: MailSettings, sender: Sender | None = None) -> None:
        self._settings = settings
        self._sender = sender or SmtpSender(settings)

    def ready(self) -> bool:
        return bool(self._settings.host)

    def send(self, address: str, subject: str, text: str) -> bool:
        """False where it cannot be sent now, or not to that address; the log says why, without the text."""
        try:
            letter = EmailMessage(policy=SMTP)
            letter["From"] = self._settings.sender
            letter["To"] = address
            letter["Subject"] = subject
            letter["Date"] = format_datetime(datetime.now(UTC))
            letter["Message-ID"] = make_msgid(domain=self._settings.sender.rpartition("@")[2] or None)
            letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday notice answers it
            letter.set_content(text)
            self._sender.send(letter)
        except (MailServerDown, MailRefused, MessageError, ValueError) as error:
            log.warning("a letter about an account cannot be sent: %s", error)
            return False
        return True
