"""The second factor: codes of an authenticator program (TOTP, RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import hashlib
import secrets

import pyotp

from centralita.accounts import SecondFactor
from centralita.web.parts import Accounts

RECOVERY_CODES = 10
STEP_SECONDS = 30
CODE_DIGITS = 6
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of recovery codes: what nobody takes for one another on paper. 16 of 31 are 79 bits."""


def new_secret() -> str:
    """160 bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32()


def uri(secret: str, login: str, issuer: str = "Centralita") -> str:
    """What the QR code holds that authenticator programs read."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, now: float) -> int | None:
    """The time step that a code is of: this one, the one before or the next, for clocks that differ; None: it is wrong."""
    totp = pyotp.TOTP(secret)
    this = int(now) // STEP_SECONDS
    found = None
    for step in (this, this - 1, this + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """To be shown once: ``abcd-efgh-jkmn-pqrs``."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(account: str, code: str) -> str:
    """What is kept of one, however it was typed."""
    plain = "".join(character for character in code.lower() if character in _ALPHABET)
    return hashlib.sha256(f"{account} {plain}".encode()).hexdigest()


def take(accounts: Accounts, account: str, factor: SecondFactor, code: str, now: float) -> bool:
    """Take a code of either sort; it is good for nothing afterwards."""
    typed = code.replace(" ", "")
    if len(typed) == CODE_DIGITS and typed.isascii() and typed.isdigit():
        step = step_of(factor.secret, typed, now)
        return step is not None and accounts.use_step(account, step)
    return accounts.use_recovery_code(account, recovery_hash(account, code))
