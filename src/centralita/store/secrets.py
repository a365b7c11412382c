"""Secrets at rest: passwords and PINs are in the database only as AES-256-GCM, under a key that is a file beside it.

A sealed secret is bound to the place it was sealed for, so that it cannot be moved to another device or tenant.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
from pathlib import Path

KEY_BYTES = 32
NONCE_BYTES = 12
PREFIX = "sealed:1:"
PASSWORD_LENGTH = 24
#: Letters and digits that nobody takes for one another when a password is read from a screen or a sheet.
PASSWORD_ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # noqa: S105


class SecretsUnavailable(Exception):
    """The key is missing, damaged, or not the one that the secrets were sealed with."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


def create_key(path: Path) -> bytes:
    """Make the key file (mode 0600) unless it is there, and return the key. Two programs that start at once get the same."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)  # unlike a rename, leaves alone what another program made meanwhile
        finally:
            draft.unlink()
    return load_key(path)


def load_key(path: Path) -> bytes:
    """The key of this installation, 32 bytes. Raises SecretsUnavailable."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SecretsUnavailable(
            f"The key {path} cannot be read: {error.strerror}",
            "Restore it from a backup: without it no password in the database can be read",
        ) from error
    try:
        key = base64.b64decode(content.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SecretsUnavailable(f"{path} is no key of Centralita", "Restore it from a backup")
    return key


def derive(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose (``nonces``, ``secrets``), 32 bytes: one never tells of another."""
    return hmac.new(key, f"centralita {purpose}".encode(), hashlib.sha256).digest()


def setup_code(key: bytes) -> str:
    """What proves that who makes the first administrator can read what this machine prints: 128 bits, the same at every start.

    It opens nothing once there is an account.
    """
    return base64.urlsafe_b64encode(derive(key, "setup")[:16]).decode().rstrip("=")


def make_password() -> str:
    """A strong password: 24 of 57 characters, 139 bits, none easily taken for another."""
    count = len(PASSWORD_ALPHABET)
    even = 256 - 256 % count  # bytes beyond would make some characters likelier than others
    chosen = ""
    while len(chosen) < PASSWORD_LENGTH:
        drawn = secrets.token_bytes(2 * PASSWORD_LENGTH)
        chosen += "".join(PASSWORD_ALPHABET[byte % count] for byte in drawn if byte < even)
    return chosen[:PASSWORD_LENGTH]


class SecretBox:
    """Seals and opens secrets with the key of the installation."""

    def __init__(self, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(derive(key, "secrets"))

    def seal(self, secret: str, place: str) -> str:
        """Encrypt; ``place`` names where it belongs (tenant, kind, id, field) and is needed to open it."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, secret.encode(), place.encode())
        return PREFIX + base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, place: str) -> str:
        """Decrypt what was sealed for this place. Raises SecretsUnavailable."""
        from cryptography.exceptions import InvalidTag

        try:
            if not sealed.startswith(PREFIX):
                raise ValueError("not sealed")
            content = base64.b64decode(sealed[len(PREFIX) :], validate=True)
            return self._cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError):
            raise SecretsUnavailable(
                f"The secret of {place} cannot be opened with this secret.key",
                "Restore the secret.key that belongs to this database; where it is lost, make new passwords with"
                " `centralita apply --replace-secrets`",
            ) from None
