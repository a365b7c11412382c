"""Webhooks as values: what a company is told of at an address of its own, how a message is named and signed (Standard Webhooks 1.0).

How they are kept is :mod:`centralita.store.webhooks`, how they are sent :mod:`centralita.jobs.deliverer`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SECRET_PREFIX = "whsec_"  # noqa: S105  (what a secret begins with, so that people and scanners know one)
SECRET_BYTES = 32
KEPT_SECONDS = 86_400.0
"""How long a message is tried, and how long an older secret signs beside a new one."""
LOG_SECONDS = 7 * 86_400.0
"""How long the log keeps what is done with."""
LOG_ROWS = 10_000
"""Of one webhook at most."""
MAX_WAITING = 10_000
"""Messages that wait for one webhook; more are dropped, and counted."""
MAX_WEBHOOKS = 20
"""Of one tenant."""


class TooMany(Exception):
    """There are as many webhooks, or messages that wait for one, as there may be; nothing was kept."""


class HookEvent(StrEnum):
    CALL_STARTED = "call.started"
    CALL_ANSWERED = "call.answered"
    """By the first person; an announcement or a voicemail is nobody."""
    CALL_ENDED = "call.ended"
    """With the record. Told once all is known of it, audio quality included."""
    CALL_MISSED = "call.missed"
    """A call from outside that no person answered, and that we did not turn away: also where a voicemail took it."""
    QUEUE_ABANDONED = "queue.abandoned"
    """A caller hung up while they waited."""
    VOICEMAIL_LEFT = "voicemail.left"
    RECORDING_READY = "recording.ready"
    TEST = "webhook.test"
    """Sent when somebody asks for it, to whatever webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """Instants are seconds since the epoch. Its secret is not in here."""

    id: str
    tenant: str
    url: str
    events: tuple[HookEvent, ...]
    name: str = ""
    enabled: bool = True
    created_at: float = 0.0
    revision: int = 1
    """Counts up with each change by people."""
    failing_since: float | None = None
    """The first failure since the last success."""
    error: str = ""
    """Why the last try failed."""
    delivered_at: float | None = None
    dropped: int = 0
    """Messages that were not kept because too many waited."""


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    """Given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message to one webhook, and how it went."""

    id: str
    """``webhook-id``: the same at every try, so that who gets it twice can tell."""
    webhook: str
    event: HookEvent
    state: DeliveryState
    attempts: int
    created_at: float
    next_at: float | None
    """When it is tried again; None: it is done with."""
    expires_at: float
    """Until when it is tried."""
    done_at: float | None
    status: int
    """Of the last answer; 0: there was none."""
    seconds: float | None
    """How long the last try took."""
    error: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that webhooks may be told of."""

    event: HookEvent
    tenant: str
    key: str
    """What happened, once: a second notice of the same key is the same."""
    at: float
    body: str
    """JSON."""


def new_hook_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def message_id(webhook: str, key: str) -> str:
    """The id of a message: made of what it tells, so that folding the journal again makes no second one."""
    return f"msg_{hashlib.sha256(f'{webhook}/{key}'.encode()).hexdigest()[:32]}"


def signed_headers(message: str, at: float, body: bytes, keys: Iterable[str]) -> dict[str, str]:
    """The three headers of Standard Webhooks; one signature for each secret that is good now."""
    timestamp = str(int(at))
    content = f"{message}.{timestamp}.".encode() + body
    signatures = []
    for key in keys:
        raw = base64.b64decode(key.removeprefix(SECRET_PREFIX))
        digest = hmac.new(raw, content, hashlib.sha256).digest()
        signatures.append(f"v1,{base64.b64encode(digest).decode()}")
    return {
        "webhook-id": message,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }
