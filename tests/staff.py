"""The clinic's staff as tests play them: a mail server and a webhook on this machine."""

from __future__ import annotations

import email
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from bot.processes import HOST
from tests.platforms import Api, serving
from tests.ports import free_ports

ADDRESS = "desk@clinic.example"
OK = "250 OK"
LETTERS = str.maketrans("0123456789", "ghijklmnop")


def new_name(first: str) -> str:
    """A name that nobody else has, without digits: seven in a row would be read as a phone number."""
    return f"{first} {uuid.uuid4().hex[:8].translate(LETTERS)}"


@dataclass
class Mailbox:
    """What a mail server has taken, and what it answers instead of taking a mail."""

    mails: list[EmailMessage] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusals:
            return self.refusals.pop(0)
        assert envelope.rcpt_tos == [ADDRESS] and isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return OK


@dataclass
class Staff:
    """What the staff get."""

    mailbox: Mailbox
    webhook: Api
    smtp_url: str

    @property
    def settings(self) -> dict[str, Any]:
        """What the environment says of them."""
        return {"staff_email": ADDRESS, "smtp_url": self.smtp_url, "staff_webhook": f"{self.webhook.base}/staff"}

    def mails(self, words: str) -> list[str]:
        """The subject and text of each mail that holds the words."""
        texts = [f"{mail['Subject']}\n{mail.get_content()}" for mail in list(self.mailbox.mails)]
        return [it for it in texts if words in it]

    def posts(self, words: str) -> list[str]:
        """The text of each request to the webhook that holds the words, refused ones too."""
        return [it["text"] for it in self.webhook.sent("staff") if words in it["text"]]


@contextmanager
def staff() -> Iterator[Staff]:
    """Staff for the time of the block."""
    (port,) = free_ports(1)
    mailbox = Mailbox()
    server = Controller(mailbox, hostname=HOST, port=port)
    server.start()
    try:
        with serving() as webhook:
            yield Staff(mailbox, webhook, f"smtp://{HOST}:{port}")
    finally:
        server.stop()
