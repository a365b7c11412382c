"""Tenants' wishes are looked at when something was published; reading every tenant for nothing costs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from centralita.jobs.calendar_feeds import CalendarFeeds
from centralita.jobs.own_prompts import OwnPrompts
from centralita.jobs.tenant_work import LOOKS_A_FEED, TenantWork
from centralita.pbx.vocabulary import TenantId
from centralita.ports import Feed

TENANT = TenantId("clinic")


class Configs:
    def __init__(self) -> None:
        self.version = 1
        self.read = 0

    def current_versions(self) -> Mapping[TenantId, object]:
        return {TENANT: self.version}

    def objects(self, tenant: str) -> Mapping[Any, Any]:
        self.read += 1
        return {}


class Shelf:
    looked = 0

    def feeds(self) -> list[Feed]:
        self.looked += 1
        return []

    def save(self, feed: Feed, text: str, at: float) -> None: ...

    def save_error(self, feed: Feed, error: str, at: float) -> None: ...


class NoSounds:
    def has(self, tenant: TenantId, digest: str) -> bool:
        return False

    def put(self, tenant: TenantId, digest: str, pcm: bytes) -> None: ...


def test_what_did_not_change_is_left_alone() -> None:
    configs, shelf = Configs(), Shelf()
    work = TenantWork(configs, OwnPrompts(NoSounds()), CalendarFeeds(shelf, lambda _: "", lambda: 0.0))
    for _ in range(LOOKS_A_FEED):
        work.step()
    assert (configs.read, shelf.looked) == (1, 1)
    work.step()
    assert (configs.read, shelf.looked) == (1, 2), "what becomes due by itself is found now and then"
    configs.version = 2
    work.step()
    assert (configs.read, shelf.looked) == (2, 3), "a published change is looked at by the next step"
