"""The API as tests meet it: the real application on real stores in a SQLite file, with people of every role who have signed in."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from centralita.accounts import Account, Role, Session, new_id, new_secret, secret_hash
from centralita.app.web import web_parts
from centralita.pbx.configuration.entries import Entry
from centralita.settings import Settings
from centralita.store.database import Database
from centralita.store.secrets import create_key
from centralita.web.application import create
from centralita.web.parts import WebParts
from centralita.web.passwords import Cost, Passwords

CHEAP = Passwords(Cost(memory_kib=8, passes=1))
"""Hashes that cost nothing: what is tested is who may come in, not how long guessing takes."""
PASSWORD = "four random words"
OFFICE: list[dict[str, Any]] = [
    {"kind": "tenant", "id": "demo", "name": "Demo"},
    {"kind": "site", "id": "m"},
    {"kind": "user", "id": "ana", "name": "Ana", "site": "m", "extension": "101"},
    {"kind": "user", "id": "luis", "name": "Luis", "site": "m", "extension": "102"},
    {"kind": "queue", "id": "sales", "agents": [{"user": "ana"}]},
    {"kind": "queue", "id": "support", "agents": [{"user": "luis"}]},
]
OTHER: list[dict[str, Any]] = [
    {"kind": "tenant", "id": "other", "name": "Other"},
    {"kind": "site", "id": "m"},
    {"kind": "user", "id": "eva", "name": "Eva", "site": "m", "extension": "101"},
]


class Letters:
    """A post that keeps what it should have sent: address, subject, text."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, str]] = []
        self.works = True
        self.there = True

    def ready(self) -> bool:
        return self.there

    def send(self, address: str, subject: str, text: str) -> bool:
        if self.works:
            self.sent.append((address, subject, text))
        return self.works


@dataclass
class Clock:
    """Wall time that stands still until it is moved."""

    at: float = field(default_factory=lambda: float(int(time.time())))

    def __call__(self) -> float:
        return self.at


@dataclass
class World:
    app: FastAPI
    parts: WebParts
    settings: Settings
    clock: Clock
    letters: Letters
    clients: list[TestClient] = field(default_factory=list)

    def stranger(self, **headers: str) -> TestClient:
        """Nobody who has signed in, as a browser of our own page."""
        client = TestClient(
            self.app,
            headers={"Sec-Fetch-Site": "same-origin"} | headers,
            client=("192.0.2.7", 50000),
            raise_server_exceptions=False,
        )
        self.clients.append(client)
        return client

    def account(self, role: Role, tenant: str = "demo", **fields: Any) -> Account:
        """A new account, with the password of all."""
        account = Account(
            id=new_id(),
            login=fields.pop("login", f"{role}-{new_id()}@example.com"),
            name=fields.pop("name", role.value.title()),
            role=role,
            tenant="" if role is Role.PLATFORM else tenant,
            created_at=self.clock(),
            **fields,
        )
        self.parts.accounts.add(account)
        self.parts.accounts.set_password(account.id, CHEAP.hash(PASSWORD))
        return replace(account, has_password=True)

    def signed_in(self, account: Account) -> TestClient:
        """A browser with a session of this account."""
        client = self.stranger()
        secret, now = new_secret(), self.clock()
        self.parts.sessions.add(
            Session(
                hash=secret_hash(secret),
                account=account.id,
                created_at=now,
                seen_at=now,
                expires_at=now + 7 * 86400,
                source="192.0.2.7",
            )
        )
        client.cookies.set("centralita", secret)
        return client

    def client(self, role: Role, tenant: str = "demo", **fields: Any) -> TestClient:
        """A browser that somebody new of this role has signed in with."""
        return self.signed_in(self.account(role, tenant, **fields))


@cache
def _template() -> TemporaryDirectory[str]:
    """A data folder with two companies, made once in a process, and gone with it."""
    kept = TemporaryDirectory(prefix="centralita-web-")
    folder = Path(kept.name)
    settings = Settings(data=folder)
    create_key(settings.secret_key_file)
    database = Database(settings.database)
    database.migrate()
    parts = web_parts(settings)
    for objects in (OFFICE, OTHER):
        parts.configs.apply([Entry(fields) for fields in objects], tenant=objects[0]["id"])
    database.close()
    return kept


@contextmanager
def web_world(folder: Path, **settings: Any) -> Iterator[World]:
    """``folder``: an empty one, for the data. Tenants ``demo`` (:data:`OFFICE`) and ``other``."""
    shutil.copytree(_template().name, folder, dirs_exist_ok=True)
    given = Settings(data=folder, **settings)
    given.run_folder.mkdir(exist_ok=True)
    clock, letters = Clock(), Letters()
    parts = replace(web_parts(given), wall=clock, post=letters)
    from centralita.app.web import door_settings

    world = World(create(given, parts, door_settings(given), CHEAP), parts, given, clock, letters)
    try:
        yield world
    finally:
        for client in world.clients:
            client.close()
        world.app.state.signing_in.close()
