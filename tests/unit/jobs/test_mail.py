"""Mail of a voicemail message: what it says, that it goes out once, and what happens when it cannot."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from centralita.jobs.mail import (
    Mailer,
    MailPace,
    MailRefused,
    MailServerDown,
    MailSettings,
    Recipient,
    SmtpSender,
)
from centralita.jobs.mailtext import BadAddress, VoicemailNotice, clean, compose
from centralita.pbx.vocabulary import TenantId
from centralita.ports import StoredMessage, StoreUnavailable, WaitingMail

AUDIO = b"RIFF" + bytes(range(256)) * 8
NOON = 1735732800.0  # 2025-01-01 12:00 UTC
DEMO = TenantId("demo")
NOTICE = VoicemailNotice(
    message="1735732800000-ab12cd34",
    tenant="demo",
    user="ana",
    at=NOON,
    duration=65.4,
    caller="+34911234567",
    caller_name="José Pérez",
    language="es",
    zone="Europe/Madrid",
    name="Ana Núñez",
    address="ana@example.com",
)


def parsed(mail: EmailMessage) -> EmailMessage:
    """The mail as its reader gets it."""
    found = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


# --- what it says -------------------------------------------------------------------------------------------------


def test_a_spanish_mail() -> None:
    mail = parsed(compose(NOTICE, AUDIO, "pbx@example.com", NOON + 60))
    assert mail["Subject"] == "Mensaje de voz de José Pérez (+34911234567) (1:05)"
    assert mail["To"] == "Ana Núñez <ana@example.com>"
    assert mail["From"] == "Centralita <pbx@example.com>"
    assert mail["Date"] == "Wed, 01 Jan 2025 12:01:00 +0000"
    assert mail["Message-ID"] == "<1735732800000-ab12cd34.ana.demo@example.com>"
    text = text_of(mail)
    assert "1 de enero de 2025 a las 13:00" in text, "in the clock of the user's site"
    assert "1:05" in text
    assert "buzón" in text
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content_type() == "audio/wav"
    assert attachment.get_filename() == "mensaje-2025-01-01-1300.wav"
    assert attachment.get_content() == AUDIO


def test_an_english_mail_that_takes_the_message_out_of_the_mailbox() -> None:
    notice = replace(NOTICE, language="en", zone="Atlantic/Canary", caller_name="", stays=False)
    mail = parsed(compose(notice, AUDIO, "pbx@example.com", NOON))
    assert mail["Subject"] == "Voicemail from +34911234567 (1:05)"
    text = text_of(mail)
    assert "1 January 2025 at 12:00" in text
    assert "no longer in your voicemail" in text


def test_a_withheld_number_has_a_name() -> None:
    mail = parsed(compose(replace(NOTICE, caller="", caller_name=""), AUDIO, "pbx@example.com", NOON))
    assert mail["Subject"] == "Mensaje de voz de número oculto (1:05)"


@pytest.mark.parametrize(
    "name",
    [
        "Ana\r\nBcc: all@example.com",
        "Ana\nSubject: changed",
        "Ana\r\n\r\n<script>",
        "Ana\x00\x1b[31m",
        "Ana\u2028Bcc: x",
        "Ana\u202egpj.exe",
        "Ana\x85Bcc: x",
        "A" * 5000,
        "=?utf-8?q?=0aBcc:=20x?=",
        "{name.__class__}",
        "Ana\udcff",
    ],
)
def test_a_callers_name_is_one_line_of_text_whatever_it_is(name: str) -> None:
    notice = replace(NOTICE, caller_name=name, caller=name)
    raw = compose(notice, AUDIO, "pbx@example.com", NOON).as_bytes()
    plain = compose(NOTICE, AUDIO, "pbx@example.com", NOON)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert mail.keys() == plain.keys()
    assert mail["To"] == "Ana Núñez <ana@example.com>"
    subject = mail["Subject"]
    assert subject.startswith("Mensaje de voz de ")
    assert len(subject) < 180
    assert not any(ord(char) < 32 or char in "\u2028\u2029\u202e\x85" for char in subject)


def test_clean_text_is_left_as_it_is() -> None:
    assert clean("José  Pérez, S.A. «ñ» 日本") == "José Pérez, S.A. «ñ» 日本"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@",
        "@b",
        "a b@c.es",
        "a@b\r\nBcc: c@d",
        "a@b, c@d",
        "<a@b>",
        "a@b;c@d",
        'a"@b.es',
        "ñ@b.es",
        "a..b@c.es",
        ".a@b.es",
        "a@b..es",
    ],
)
def test_what_is_no_address_gets_no_mail(address: str) -> None:
    with pytest.raises(BadAddress):
        compose(replace(NOTICE, address=address), AUDIO, "pbx@example.com", NOON)


# --- what goes out ------------------------------------------------------------------------------------------------


class Outbox:
    """The rows in memory, with the rules of the real one."""

    def __init__(self, *mails: WaitingMail) -> None:
        self.rows: dict[str, dict[str, Any]] = {
            mail.message: {"mail": mail, "state": "waiting", "next_at": mail.left_at, "reason": ""}
            for mail in mails
        }
        self.away = False

    def _check(self) -> None:
        if self.away:
            raise StoreUnavailable("away")

    def due(self, now: float, limit: int = 20) -> list[WaitingMail]:
        self._check()
        return [
            row["mail"] for row in self.rows.values() if row["state"] == "waiting" and row["next_at"] <= now
        ][:limit]

    def next_at(self) -> float | None:
        self._check()
        return min((row["next_at"] for row in self.rows.values() if row["state"] == "waiting"), default=None)

    def waiting(self) -> int:
        return sum(row["state"] == "waiting" for row in self.rows.values())

    def claim(self, mail: WaitingMail, now: float, until: float) -> bool:
        self._check()
        row = self.rows[mail.message]
        if row["mail"].attempts != mail.attempts or row["next_at"] > now:
            return False
        row.update(mail=replace(mail, attempts=mail.attempts + 1), next_at=until)
        return True

    def _own(self, mail: WaitingMail) -> dict[str, Any]:
        self._check()
        row = self.rows[mail.message]
        assert row["mail"].attempts == mail.attempts + 1
        return row

    def retry(self, mail: WaitingMail, next_at: float, reason: str) -> None:
        self._own(mail).update(next_at=next_at, reason=reason)

    def finish(self, mail: WaitingMail, at: float, state: str, reason: str = "") -> None:
        self._own(mail).update(state=state, reason=reason)

    def state(self, message: str = "m1") -> tuple[str, str]:
        return self.rows[message]["state"], self.rows[message]["reason"]


class Disk:
    """The voicemail: one message, until it is deleted."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "message.wav"
        self.path.write_bytes(AUDIO)
        self.deleted: list[str] = []

    def find(self, tenant: TenantId, user: str, message: str) -> StoredMessage | None:
        if message in self.deleted:
            return None
        return StoredMessage(message, NOON, 5.0, "+34911234567", "", self.path, heard=False)

    def delete(self, tenant: TenantId, user: str, message: str) -> None:
        self.deleted.append(message)


class People:
    def __init__(self, recipient: Recipient | None) -> None:
        self.recipient = recipient

    def find(self, tenant: TenantId, user: str) -> Recipient | None:
        return self.recipient


class Server:
    """A mail server that fails as it is told, and otherwise keeps what it gets."""

    def __init__(self) -> None:
        self.failures: list[Exception] = []
        self.mails: list[EmailMessage] = []

    def send(self, mail: EmailMessage) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.mails.append(mail)


class Bench:
    """A mailer with everything around it in memory, and a clock that stands still until it is moved."""

    def __init__(
        self, folder: Path, recipient: Recipient | None, *mails: WaitingMail, host: str = "mail"
    ) -> None:
        self.now = NOON
        self.outbox = Outbox(*mails)
        self.disk = Disk(folder)
        self.server = Server()
        self.mailer = Mailer(
            MailSettings(host=host, sender="pbx@example.com"),
            self.outbox,
            People(recipient),
            self.disk,
            sender=self.server,
            pace=MailPace(),
            wall=lambda: self.now,
        )


ANA = Recipient(name="Ana", address="ana@example.com", language="es", zone="Europe/Madrid")


def waiting(name: str = "m1") -> WaitingMail:
    return WaitingMail(DEMO, "ana", name, NOON, 5.0, "+34911234567", "", 0)


def test_a_waiting_mail_is_sent_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting())
    assert bench.mailer.step() == MailPace().idle
    assert bench.mailer.step() == MailPace().idle
    assert len(bench.server.mails) == 1
    assert bench.outbox.state() == ("sent", "")
    assert (bench.mailer.sent, bench.mailer.waiting, bench.disk.deleted) == (1, 0, [])


def test_the_message_is_deleted_after_the_mail_where_that_is_wanted(tmp_path: Path) -> None:
    bench = Bench(tmp_path, replace(ANA, delete_after_mail=True), waiting())
    bench.server.failures = [MailServerDown("no")]
    bench.mailer.step()
    assert bench.disk.deleted == []
    bench.now += 10
    bench.mailer.step()
    assert bench.disk.deleted == ["m1"]


@pytest.mark.parametrize(
    ("recipient", "host", "reason"),
    [
        (None, "mail", "the user is gone"),
        (replace(ANA, address=""), "mail", "the user wants no mail"),
        (ANA, "", "no mail server is set"),
    ],
)
def test_where_no_mail_is_to_be_sent_none_is(
    tmp_path: Path, recipient: Recipient | None, host: str, reason: str
) -> None:
    bench = Bench(tmp_path, recipient, waiting(), host=host)
    bench.mailer.step()
    assert bench.server.mails == []
    assert bench.outbox.state() == ("skipped", reason)


def test_a_message_that_was_deleted_before_is_not_mailed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting())
    bench.disk.deleted = ["m1"]
    bench.mailer.step()
    assert bench.outbox.state() == ("skipped", "the message was deleted before")


def test_a_bad_address_holds_up_nobody(tmp_path: Path) -> None:
    bench = Bench(tmp_path, replace(ANA, address="nonsense"), waiting(), waiting("m2"))
    bench.mailer.step()
    assert bench.outbox.state()[0] == bench.outbox.state("m2")[0] == "failed"


def test_a_server_that_is_down_stops_the_round_and_is_tried_later_and_later(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting(), waiting("m2"))
    bench.server.failures = [MailServerDown("no route")] * 3
    pauses = []
    for _ in range(3):
        pauses.append(bench.mailer.step())
        bench.now += 3000
    assert pauses == [5.0, 10.0, 20.0]
    assert bench.mailer.error == "no route"
    bench.mailer.step()
    assert len(bench.server.mails) == 2
    assert bench.mailer.error == ""


def test_a_mail_refused_for_now_waits_and_the_next_one_goes(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting(), waiting("m2"))
    bench.server.failures = [MailRefused("450 greylisted", for_good=False)]
    assert bench.mailer.step() == 60.0
    assert bench.outbox.state() == ("waiting", "450 greylisted")
    assert bench.outbox.state("m2")[0] == "sent"
    bench.now += 61
    bench.mailer.step()
    assert bench.outbox.state()[0] == "sent"


def test_a_mail_refused_for_good_is_given_up(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting())
    bench.server.failures = [MailRefused("550 no such user", for_good=True)]
    bench.mailer.step()
    assert bench.outbox.state() == ("failed", "550 no such user")


def test_it_gives_up_after_three_days(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting())
    bench.server.failures = [MailServerDown("no route")] * 1000
    tries = 0
    while bench.outbox.state()[0] == "waiting":
        bench.mailer.step()
        bench.now = max(bench.now + 1, bench.outbox.next_at() or 0)
        tries += 1
    assert bench.outbox.state() == ("failed", "given up: no route")
    assert 3 * 86400 < bench.now - NOON < 3 * 86400 + 7200
    assert 50 < tries < 100


def test_a_database_that_goes_away_while_a_mail_is_sent_sends_it_once(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting())
    keep = bench.server.send

    def send(mail: EmailMessage) -> None:
        keep(mail)
        bench.outbox.away = True

    bench.server.send = send  # type: ignore[method-assign]  # the server takes it, then the database is gone
    with pytest.raises(StoreUnavailable):
        bench.mailer.step()
    bench.now += 10_000
    bench.outbox.away = False
    bench.mailer.step()
    assert bench.outbox.state() == ("sent", "")
    assert len(bench.server.mails) == 1


def test_another_that_was_quicker_sends_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, ANA, waiting())
    (mail,) = bench.outbox.due(NOON)
    bench.outbox.claim(mail, NOON, NOON + 600)
    bench.outbox.due = lambda now, limit=20: [mail]  # type: ignore[method-assign]  # seen before the claim
    bench.mailer.step()
    assert bench.server.mails == []


# --- a real server ------------------------------------------------------------------------------------------------


class Inbox:
    """Handler of a real SMTP server: keeps what it gets, refuses whom it is told to."""

    def __init__(self) -> None:
        self.received: list[tuple[str, list[str], EmailMessage]] = []
        self.refuse: dict[str, str] = {}
        self.answer = "250 OK"

    async def handle_RCPT(  # noqa: N802  (the name that the library calls)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        if self.answer.startswith("250"):
            self.received.append((envelope.mail_from, envelope.rcpt_tos, mail))
        return self.answer


class AnyPort(Controller):
    """On whatever port is free: the library connects to itself once, by the port that it was given."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def smtp(inbox: Inbox) -> Iterator[MailSettings]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login, data.password) == (b"pbx", b"secret")
        return AuthResult(success=known, handled=known)

    controller = AnyPort(
        inbox, hostname="127.0.0.1", port=0, authenticator=check, auth_require_tls=False, ready_timeout=20
    )
    controller.start()
    yield MailSettings(host="127.0.0.1", port=controller.port, sender="pbx@example.com", timeout=10)
    controller.stop()


def test_the_recording_arrives_as_it_was(smtp: MailSettings, inbox: Inbox) -> None:
    SmtpSender(smtp).send(compose(NOTICE, AUDIO, smtp.sender, NOON))
    ((sender, recipients, mail),) = inbox.received
    assert (sender, recipients) == ("pbx@example.com", ["ana@example.com"])
    assert mail["Subject"] == "Mensaje de voz de José Pérez (+34911234567) (1:05)"
    (attachment,) = mail.iter_attachments()
    assert attachment.get_content() == AUDIO


def test_it_signs_in_where_a_user_is_set(smtp: MailSettings, inbox: Inbox) -> None:
    SmtpSender(replace(smtp, user="pbx", password="secret")).send(compose(NOTICE, AUDIO, smtp.sender, NOON))
    assert len(inbox.received) == 1
    with pytest.raises(MailServerDown, match="535"):
        SmtpSender(replace(smtp, user="pbx", password="wrong")).send(
            compose(NOTICE, AUDIO, smtp.sender, NOON)
        )


@pytest.mark.parametrize(("answer", "for_good"), [("550 no such user", True), ("450 try later", False)])
def test_a_recipient_that_is_refused(smtp: MailSettings, inbox: Inbox, answer: str, for_good: bool) -> None:
    inbox.refuse["ana@example.com"] = answer
    with pytest.raises(MailRefused, match=answer[:3]) as refused:
        SmtpSender(smtp).send(compose(NOTICE, AUDIO, smtp.sender, NOON))
    assert refused.value.for_good is for_good


def test_a_mail_that_is_too_large(smtp: MailSettings, inbox: Inbox) -> None:
    inbox.answer = "552 too large"
    with pytest.raises(MailRefused, match="552 too large") as refused:
        SmtpSender(smtp).send(compose(NOTICE, AUDIO, smtp.sender, NOON))
    assert refused.value.for_good


def test_a_server_that_is_not_there(smtp: MailSettings) -> None:
    with pytest.raises(MailServerDown, match="cannot be reached"):
        SmtpSender(replace(smtp, port=1)).send(compose(NOTICE, AUDIO, smtp.sender, NOON))


def test_a_server_without_the_encryption_that_is_asked_for_gets_nothing(
    smtp: MailSettings, inbox: Inbox
) -> None:
    with pytest.raises(MailServerDown, match="lacks"):
        SmtpSender(replace(smtp, security="starttls")).send(compose(NOTICE, AUDIO, smtp.sender, NOON))
    assert inbox.received == []
