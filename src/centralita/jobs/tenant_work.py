"""What published configurations ask to be made ready beside the calls: prompts to be spoken, calendars to be fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from centralita.jobs.calendar_feeds import CalendarFeeds
from centralita.jobs.own_prompts import OwnPrompts
from centralita.jobs.synthesiser import SpeechUnavailable
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.vocabulary import TenantId

LOOK_SECONDS = 2.0
"""Between two looks whether something was published."""
LOOKS_A_FEED = 30
"""Looks between two at the calendars: what is due is due within hours, and reading all tenants for it costs."""


class PublishedConfigs(Protocol):
    """Fulfilled by :class:`centralita.store.configs.ConfigStore`."""

    def current_versions(self) -> Mapping[TenantId, object]:
        """By tenant, what compares unequal once something was published."""

    def objects(self, tenant: str) -> Mapping[Key, AnyObject]: ...


class TenantWork:
    """One step after the other, for ever; each does what became due since the last."""

    def __init__(self, configs: PublishedConfigs, prompts: OwnPrompts, feeds: CalendarFeeds) -> None:
        self._configs = configs
        self._prompts = prompts
        self._feeds = feeds
        self._seen: dict[TenantId, object] = {}
        self._looks = 0
        """Until the calendars are looked at again."""
        self.error = ""
        """Why prompts are not spoken, a sentence; empty while they are."""

    def step(self) -> float:
        """Seconds until the next step. Raises StoreUnavailable."""
        for tenant, version in self._configs.current_versions().items():
            if self._seen.get(tenant) != version:
                self._speak(tenant)
                self._seen[tenant] = version
                self._looks = 0  # perhaps with another address
        if self._looks == 0:
            self._looks = LOOKS_A_FEED
            self._feeds.step()
        self._looks -= 1
        return LOOK_SECONDS

    def _speak(self, tenant: TenantId) -> None:
        prompts = [item for item in self._configs.objects(tenant).values() if isinstance(item, Prompt)]
        try:
            self._prompts.make(tenant, prompts)
            self.error = ""
        except SpeechUnavailable as error:
            self.error = str(error)
        except OSError as error:
            self.error = f"prompts cannot be written: {error.strerror or error}"
