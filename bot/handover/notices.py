"""Tells the staff of requests, by e-mail and by a webhook: until each has been taken."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timezone
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import requests
from pydantic import StrictStr
from sqlalchemy.exc import SQLAlchemyError

from bot.settings import LOOPBACK, Clinic, Settings
from bot.store.handovers import Handover, HandoverStore, Notice
from bot.wording import DATA, Checked, KnowledgeError, read_checked, wrong_places

logger = logging.getLogger(__name__)

EMAIL, WEBHOOK = "email", "webhook"
# For a mail server or a webhook to answer, in seconds.
LONGEST_WAIT = 20
PORTS = {"smtp": 587, "smtps": 465}
# What a person told, and what the texts can name besides.
TOLD = ("name", "phone", "email", "best_time", "question")
NOT_PERSONAL = ("number", "channel", "asked", "due", "warning")
NAMED = (*TOLD, *NOT_PERSONAL)


class _Email(Checked):
    subject: StrictStr
    body: StrictStr


class StaffTexts(Checked):
    """The texts of ``data/handover/staff.yml``."""

    email: _Email
    webhook: StrictStr
    warning: StrictStr
    not_given: StrictStr


class NotTold(Exception):
    """A notice was not taken; the message says why and holds nothing personal."""


def load_staff_texts(data: Path = DATA) -> StaffTexts:
    """Reads the texts.

    Raises:
        KnowledgeError: naming the file and every wrong field, or a placeholder that nothing fills.
    """
    file = data / "handover" / "staff.yml"
    texts: StaffTexts = read_checked(file, StaffTexts)
    places = {"email: subject": texts.email.subject, "email: body": texts.email.body}
    problems = [f"{file}: {place}: {it}" for place, text in places.items() for it in wrong_places(text, NAMED)]
    problems += [f"{file}: webhook: {it}" for it in wrong_places(texts.webhook, NOT_PERSONAL)]
    problems += [f"{file}: warning: {it}" for it in wrong_places(texts.warning, ("tier",))]
    if problems:
        raise KnowledgeError("\n".join(problems))
    return texts


def ways(settings: Settings) -> list[str]:
    """In which ways the staff are told."""
    given = {EMAIL: settings.staff_email, WEBHOOK: settings.staff_webhook}
    return [way for way, target in given.items() if target]


class StaffNotices:
    """Sends what is due."""

    def __init__(self, store: HandoverStore, settings: Settings, clinic: Clinic) -> None:
        """Reads the texts.

        Raises:
            KnowledgeError: if they are wrong.
        """
        self._store = store
        self._settings = settings
        self._clinic = clinic
        self._texts = load_staff_texts()
        self._taken: list[Notice] = []
        self._senders: dict[str, Callable[[Notice], None]] = {EMAIL: self._mail, WEBHOOK: self._post}

    def send_due(self) -> None:
        """Sends every notice that is due; one that is not taken comes again later, and holds up no other."""
        try:
            self._note_taken()
            while notice := self._store.claim():
                self._send(notice)
        except SQLAlchemyError as error:
            logger.warning("The notices to the staff wait for the database: %s", type(error).__name__)

    def _send(self, notice: Notice) -> None:
        try:
            self._senders[notice.way](notice)
        except (NotTold, ValueError) as error:  # such as a password that the mail server's protocol cannot carry
            wait = self._store.failed(notice)
            logger.warning(
                "Request %d: %s not delivered (%s), next try in %d seconds",
                notice.handover.id,
                notice.way,
                error if isinstance(error, NotTold) else type(error).__name__,
                wait.total_seconds(),
            )
        else:
            self._taken.append(notice)
            self._note_taken()

    def _note_taken(self) -> None:
        # Kept in memory until the database is back: nothing is sent twice because of it.
        while self._taken:
            self._store.sent(self._taken[-1])
            self._taken.pop()

    def _mail(self, notice: Notice) -> None:
        address, url = str(self._settings.staff_email), urlsplit(str(self._settings.smtp_url))
        message = EmailMessage()
        values = self._values(notice.handover)
        message["Subject"] = self._texts.email.subject.format_map(values)
        message["From"] = message["To"] = address
        message["Date"] = format_datetime(datetime.now(timezone.utc))
        # The same when it is sent again: a mail program shows it once.
        message["Message-ID"] = f"<{notice.key}@{address.rpartition('@')[2]}>"
        if notice.handover.email:
            message["Reply-To"] = notice.handover.email
        message.set_content(self._texts.email.body.format_map(values))
        port = url.port or PORTS[url.scheme]
        try:
            server = _connected(url.scheme, str(url.hostname), port)
            try:
                if url.username:
                    server.login(unquote(url.username), unquote(url.password or ""))
                server.send_message(message)
                with suppress(OSError, smtplib.SMTPException):
                    server.quit()  # the message has been taken by then, whatever the answer
            finally:
                server.close()
        except smtplib.SMTPResponseException as error:
            raise NotTold(f"the mail server says {error.smtp_code}") from error
        except (OSError, smtplib.SMTPException) as error:
            raise NotTold(type(error).__name__) from error

    def _post(self, notice: Notice) -> None:
        text = self._texts.webhook.format_map(self._values(notice.handover))
        try:
            response = requests.post(
                str(self._settings.staff_webhook),
                json={"text": text},
                headers={"Idempotency-Key": notice.key},
                timeout=LONGEST_WAIT,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise NotTold(type(error).__name__) from error
        if response.status_code >= 300:
            raise NotTold(f"HTTP {response.status_code}")

    def _values(self, handover: Handover) -> dict[str, str]:
        """What the texts name; a line break in what a person wrote does not look like a line of ours."""
        told = {name: getattr(handover, name) for name in TOLD}
        tier = (handover.tier or "").replace("_", " ")
        return {
            **{name: " ".join((value or self._texts.not_given).split()) for name, value in told.items()},
            "number": str(handover.id),
            "channel": handover.channel,
            "asked": in_clinic_time(handover.asked_at, self._clinic),
            "due": in_clinic_time(handover.due_at, self._clinic),
            "warning": f" {self._texts.warning.format(tier=tier)}\n".rstrip(" ") if tier else "",
        }


def in_clinic_time(moment: datetime | None, clinic: Clinic) -> str:
    """A moment in UTC as the clinic's clock shows it, with the date; empty if there is none."""
    if moment is None:
        return ""
    local = moment.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(clinic.time_zone))
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def _connected(scheme: str, host: str, port: int) -> smtplib.SMTP:
    """A connection to a mail server that nobody can listen to, unless it is on this machine.

    Raises:
        OSError, smtplib.SMTPException: if it cannot be made.
    """
    secure = ssl.create_default_context()
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=LONGEST_WAIT, context=secure)
    server = smtplib.SMTP(host, port, timeout=LONGEST_WAIT)
    if host not in LOOPBACK:
        server.starttls(context=secure)
    return server
