"""Letters about accounts on their way to the mail server."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from centralita.app.post import SmtpPost
from centralita.jobs.mail import MailRefused, MailServerDown, MailSettings

SETTINGS = MailSettings(host="mail.example.com", sender="pbx@example.com")


class Sender:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.sent: list[EmailMessage] = []

    def send(self, mail: EmailMessage) -> None:
        if self.error is not None:
            raise self.error
        self.sent.append(mail)


def test_a_letter_is_handed_to_the_mail_server() -> None:
    sender = Sender()
    assert SmtpPost(SETTINGS, sender).send("ana@example.com", "Una contraseña", "Elígela:\nhttps://x/#y\n")
    (letter,) = sender.sent
    assert (letter["From"], letter["To"], letter["Subject"]) == (
        "pbx@example.com", "ana@example.com", "Una contraseña"
    )  # fmt: skip
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"].endswith("@example.com>")
    assert "https://x/#y" in letter.get_content()


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("ana@example.com", MailServerDown("it is down")),
        ("ana@example.com", MailRefused("550 no such user", for_good=True)),
        ("ana@example.com\nBcc: all@example.com", None),
    ],
)
def test_one_that_cannot_be_sent_is_told_and_its_text_not_logged(
    address: str, error: Exception | None, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Sender(error)
    assert not SmtpPost(SETTINGS, sender).send(address, "A link", "https://x/#secret")
    assert sender.sent == []
    assert "cannot be sent" in caplog.text
    assert "secret" not in caplog.text


def test_without_a_mail_server_it_is_not_ready() -> None:
    assert SmtpPost(SETTINGS, Sender()).ready()
    assert not SmtpPost(MailSettings(host=""), Sender()).ready()
