"""Secrets at rest, and the key they are sealed with."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from centralita.store.secrets import (
    PASSWORD_ALPHABET,
    SecretBox,
    SecretsUnavailable,
    create_key,
    derive,
    load_key,
    make_password,
)


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    key = create_key(path)
    assert len(key) == 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert create_key(path) == key == load_key(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


def test_many_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(create_key(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", [b"", b"short", b"not base64 at all!!", b"YWJj\n"])
def test_a_damaged_key_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "secret.key"
    path.write_bytes(content)
    with pytest.raises(SecretsUnavailable, match="no key") as caught:
        create_key(path)
    assert caught.value.mend


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    with pytest.raises(SecretsUnavailable, match="cannot be read"):
        load_key(tmp_path / "secret.key")


def test_sealing_hides_and_opening_tells() -> None:
    box = SecretBox(b"k" * 32)
    sealed = box.seal("contraseña", "demo/device/ana")
    assert "contrase" not in sealed
    assert box.seal("contraseña", "demo/device/ana") != sealed
    assert box.open(sealed, "demo/device/ana") == "contraseña"


def test_a_sealed_secret_cannot_be_moved_altered_or_opened_with_another_key() -> None:
    box = SecretBox(b"k" * 32)
    sealed = box.seal("secret", "demo/device/ana")
    with pytest.raises(SecretsUnavailable):
        box.open(sealed, "demo/device/luis")
    with pytest.raises(SecretsUnavailable):
        SecretBox(b"x" * 32).open(sealed, "demo/device/ana")
    altered = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(SecretsUnavailable):
        box.open(altered, "demo/device/ana")
    with pytest.raises(SecretsUnavailable):
        box.open("plain text", "demo/device/ana")


def test_keys_for_different_purposes_differ() -> None:
    assert derive(b"k" * 32, "nonces") != derive(b"k" * 32, "secrets")


def test_made_passwords_are_strong_and_legible() -> None:
    made = {make_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) >= 20
        assert set(password) <= set(PASSWORD_ALPHABET)
    assert not set("0O1lI") & set(PASSWORD_ALPHABET)
