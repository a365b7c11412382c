"""Passwords of people: Argon2id (RFC 9106), what is asked of a new one, and the same work whether an account exists or not."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from centralita.web.problems import Problem

MIN_LENGTH = 10
MAX_LENGTH = 128
"""Characters. The upper one is a security limit: hashing reads all of it."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one hash; the defaults are between the two that RFC 9106 recommends and cost a small machine some 100 ms."""

    memory_kib: int = 64 * 1024
    passes: int = 2
    lanes: int = 1
    at_once: int = 2
    """Hashes computed at the same time: a crowd that signs in waits, and does not take the memory of the calls."""


class Passwords:
    """Safe to share between threads; every method but :meth:`check_new` blocks for the time of one hash."""

    def __init__(self, cost: Cost | None = None) -> None:
        cost = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._turns = threading.BoundedSemaphore(cost.at_once)
        self._nobody = self._hasher.hash("nobody's")

    def hash(self, password: str) -> str:
        with self._turns:
            return self._hasher.hash(password)

    def verify(self, known: str, password: str) -> bool:
        """Whether the password is that of the hash; where ``known`` is empty it is not, after as much work."""
        try:
            with self._turns:
                self._hasher.verify(known or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(known)

    def outdated(self, known: str) -> bool:
        """Whether a hash was made at another cost than is asked for now."""
        return self._hasher.check_needs_rehash(known)


def check_new(password: str, *, field: str, login: str, name: str = "") -> None:
    """Raises Problem, 422, where a password is too easily guessed. Length is what counts (NIST SP 800-63B 3.1.1)."""
    if len(password) < MIN_LENGTH:
        raise Problem.invalid(
            field, f"A password has {MIN_LENGTH} characters at least", "Four random words are good", "weak"
        )
    if len(password) > MAX_LENGTH:
        raise Problem.invalid(field, f"A password has {MAX_LENGTH} characters at most", code="too-long")
    plain = password.lower()
    own = {login.lower(), login.partition("@")[0].lower(), name.lower(), "centralita"}
    if len(set(plain)) < 5 or any(word and plain.strip("0123456789!.- ") == word for word in own):
        raise Problem.invalid(field, "This password is easily guessed", "Four random words are good", "weak")
    if plain in _COMMON:
        raise Problem.invalid(
            field, "This password is in every list of guesses", "Four random words are good", "weak"
        )


_COMMON = frozenset(
    [
        "1234567890",
        "0123456789",
        "0987654321",
        "12345678910",
        "123456789a",
        "qwertyuiop",
        "qwerty12345",
        "qwerty123456",
        "1q2w3e4r5t",
        "1qaz2wsx3edc",
        "q1w2e3r4t5",
        "password12",
        "password123",
        "password1234",
        "passw0rd123",
        "contraseña",
        "contraseña1",
        "contraseña123",
        "contrasena",
        "contrasena1",
        "contrasena123",
        "administrator",
        "administrador",
        "administrador1",
        "admin12345",
        "admin123456",
        "iloveyou123",
        "teamobebe1",
        "realmadrid",
        "barcelona1",
        "welcome123",
        "bienvenido",
        "letmein123",
        "changeme123",
        "asdfghjkl1",
        "abc1234567",
        "abcd123456",
        "a123456789",
        "asterisk123",
        "telefono123",
        "telefonica",
        "centralita1",
        "secret1234",
    ]
)
