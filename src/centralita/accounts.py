"""Those who sign in, as values: accounts, sessions, API tokens, one-time links, and what the audit log says of what they did.

What a role may do is :mod:`centralita.web.access`, how all this is kept :mod:`centralita.store.accounts` and its neighbours. A
secret (password, token, link) is never in any of these: where it must be known again, its hash is.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

LANGUAGES = ("es", "en")
TOKEN_PREFIX = "ctl_"  # noqa: S105  (what a token begins with, so that people and scanners know one)


class Role(StrEnum):
    PLATFORM = "platform"
    """Administers all tenants."""
    ADMIN = "admin"
    """Administers one tenant."""
    SUPERVISOR = "supervisor"
    """Of given queues of a tenant."""
    USER = "user"
    """Their own extension, calls and voicemail."""
    AUDITOR = "auditor"
    """Reads what an administrator sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who can sign in. Instants are seconds since the epoch."""

    id: str
    login: str
    """An address of mail, in small letters; unique over all tenants."""
    name: str
    role: Role
    tenant: str = ""
    """Empty for platform administrators, and only for them."""
    user: str = ""
    """The tenant's user whose extension and voicemail are theirs; empty: none."""
    queues: tuple[str, ...] = ()
    """Of a supervisor: the queues they see and direct."""
    language: str = "es"
    disabled: bool = False
    has_password: bool = False
    second_factor: bool = False
    created_at: float = 0.0
    signed_in_at: float | None = None
    revision: int = 1
    """Counts up with each change of what an administrator can change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that has signed in."""

    hash: str
    account: str
    created_at: float
    seen_at: float
    expires_at: float
    """Whatever is done with it."""
    source: str
    """The address that it began from."""
    agent: str = ""
    """What the browser calls itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    id: str
    hash: str
    account: str
    name: str
    scopes: tuple[str, ...]
    """Actions; what the account may not do, its token may not either."""
    created_at: float
    expires_at: float | None = None
    used_at: float | None = None


class LinkPurpose(StrEnum):
    INVITE = "invite"
    RESET = "reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that sets a password, once."""

    hash: str
    account: str
    purpose: LinkPurpose
    made_at: float
    expires_at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    secret: str
    """Base32, as authenticator programs take it."""
    confirmed: bool
    last_step: int = 0
    """The time step of the last code that was taken (RFC 6238): none is taken twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change, or one attempt to come in."""

    at: float
    tenant: str
    """Empty: of no tenant in particular."""
    account: str
    """Its identifier; empty where nobody had signed in."""
    who: str
    """Their login as it was then; ``command`` for the command line."""
    source: str
    """The address that it came from."""
    via: str
    """``session``, ``token:NAME``, ``command`` or ``link``."""
    action: str
    """``account.create``, ``config.publish``, ``session.refused``…"""
    target: str = ""
    """``account/ana@example.com``, ``queue/sales``."""
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    """Field → before and after, plain values; of a secret only that it changed."""
    id: int = 0
    """Counts up; given by the store."""


class LoginTaken(Exception):
    """Another account signs in by that name."""


class Outdated(Exception):
    """Somebody else changed it meanwhile, or removed it."""


def new_id() -> str:
    return secrets.token_hex(8)


def new_secret(prefix: str = "") -> str:
    """A secret of 256 bits that goes into URLs and headers as it is."""
    return prefix + secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is kept of a random secret. Quick on purpose: nobody guesses 256 bits, and each request computes it."""
    return hashlib.sha256(secret.encode()).hexdigest()
