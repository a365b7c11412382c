"""The mail that tells of a voicemail message, in Spanish and English: headers, text, and the recording attached.

What a stranger chose (the caller's number and name) is made one line of printable text first, so that it can neither add a
header nor turn the text around. How it is sent is :mod:`centralita.jobs.mail`'s.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

#: Longer ones are cut: a name on a display is shorter, and a subject should be read at a glance.
MAX_TEXT = 64
#: Dot-atoms on both sides (RFC 5322 §3.4.1); quoted names and address literals are nobody's here.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)


class BadAddress(ValueError):
    """Nothing that mail can be sent to."""


@dataclass(frozen=True, slots=True)
class VoicemailNotice:
    """What the mail says. ``at`` is seconds since the epoch, ``duration`` seconds, ``zone`` an IANA name."""

    message: str
    tenant: str
    user: str
    at: float
    duration: float
    caller: str
    caller_name: str
    language: str
    zone: str
    name: str
    """The owner of the mailbox."""
    address: str
    stays: bool = True
    """False: the message is removed from the mailbox once the mail is sent."""


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    greeting: str
    text: str
    unknown: str
    stays: str
    removed: str
    file_name: str
    when: str


_WORDS = {
    "es": _Words(
        subject="Mensaje de voz de {caller} ({duration})",
        greeting="Hola, {name}:",
        text="Tienes un mensaje de voz de {caller}, recibido el {when}. Dura {duration} y va adjunto.",
        unknown="número oculto",
        stays="Puedes escucharlo también en tu buzón de voz.",
        removed="Ya no está en tu buzón de voz: solo en este correo.",
        file_name="mensaje-{stamp}.wav",
        when="{day} de {month} de {year} a las {time}",
    ),
    "en": _Words(
        subject="Voicemail from {caller} ({duration})",
        greeting="Hello {name},",
        text="You have a voicemail message from {caller}, left on {when}. It lasts {duration} and is attached.",
        unknown="a withheld number",
        stays="You can also listen to it in your voicemail.",
        removed="It is no longer in your voicemail, only in this mail.",
        file_name="message-{stamp}.wav",
        when="{day} {month} {year} at {time}",
    ),
}
_MONTHS = {
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """One line of printable text: controls, line breaks and signs that change the direction of writing become spaces.

    >>> clean("Ana\\r\\nBcc: all@example.com")
    'Ana Bcc: all@example.com'
    """
    text = text.replace(
        "=?", "="
    )  # would be read as the beginning of an encoded word (RFC 2047), and decoded
    printable = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    return " ".join(printable.split())[:limit].rstrip()


def clock(seconds: float) -> str:
    """Minutes and seconds: ``1:05``."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def compose(notice: VoicemailNotice, audio: bytes, sender: str, now: float) -> EmailMessage:
    """The mail, ready to be sent. Raises BadAddress where the recipient or the sender is none."""
    language = notice.language if notice.language in _WORDS else "en"
    words = _WORDS[language]
    local = datetime.fromtimestamp(notice.at, ZoneInfo(notice.zone))
    number, name = clean(notice.caller), clean(notice.caller_name)
    caller = (
        (f"{name} ({number})" if number else name) if name and name != number else number or words.unknown
    )
    facts = {
        "caller": caller,
        "duration": clock(notice.duration),
        "name": clean(notice.name),
        "when": words.when.format(
            day=local.day, month=_MONTHS[language][local.month - 1], year=local.year, time=f"{local:%H:%M}"
        ),
    }
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = words.subject.format(**facts)
    mail["From"] = _address("Centralita", sender)
    mail["To"] = _address(clean(notice.name), notice.address)
    mail["Date"] = format_datetime(datetime.fromtimestamp(now, UTC))
    # The same for every try, so that a mail server or reader can tell a repetition (RFC 5322 §3.6.4).
    mail["Message-ID"] = f"<{notice.message}.{notice.user}.{notice.tenant}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply, please
    lines = [
        words.greeting.format(**facts),
        "",
        words.text.format(**facts),
        words.stays if notice.stays else words.removed,
        "",
        "Centralita",
    ]
    mail.set_content("\n".join(lines) + "\n")
    mail.add_attachment(
        audio,
        maintype="audio",
        subtype="wav",
        filename=words.file_name.format(stamp=f"{local:%Y-%m-%d-%H%M}"),
    )
    return mail


def _address(name: str, address: str) -> Address:
    if not _ADDRESS.fullmatch(address):
        raise BadAddress(f"{clean(address)!r} is no mail address")
    try:
        return Address(name, addr_spec=address)
    except (ValueError, MessageError) as error:  # dots at the wrong places
        raise BadAddress(f"{clean(address)!r} is no mail address") from error
