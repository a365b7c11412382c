"""Passwords of people: Argon2id (RFC 9106), what is asked of a new one, and the same work whether an account exists or not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    waiting: int = 12
    """More than so many that wait would hold the threads that everybody else is served by."""


class Passwords:
    """Safe to share between threads. Hashing blocks for a tenth of a second; raises Problem, 503, where too many wait for it."""

    def __init__(self, cost: Cost | None = None) -> None:
        cost = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes
        )
        self._turns = threading.BoundedSemaphore(cost.at_once)
        self._places = threading.BoundedSemaphore(cost.at_once + cost.waiting)
        self._nobody = self._hasher.hash("nobody's")

    def hash(self, password: str) -> str:
        with self._turn():
            return self._hasher.hash(password)

    def verify(self, known: str, password: str) -> bool:
        """Whether the password is that of the hash; where ``known`` is empty it is not, after as much work."""
        try:
            with self._turn():
                self._hasher.verify(known or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(known)

    def outdated(self, known: str) -> bool:
        """Whether a hash was made at another cost than is asked for now."""
        return self._hasher.check_needs_rehash(known)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Problem(
                503, "busy", "Too many are signing in at once", mend="Try again", headers={"Retry-After": "2"}
            )
        try:
            with self._turns:
                yield
        finally:
            self._places.release()


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
