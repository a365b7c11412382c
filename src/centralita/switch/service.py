"""The switch as a process: its sockets, its timers and its event loop around the exchange, which knows none of them."""

from __future__ import annotations

import asyncio
import gc
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

from centralita.control import MediaStatus
from centralita.pbx import numbering
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.vocabulary import CallEvent
from centralita.ports import (
    Clock,
    Configs,
    Geography,
    Journal,
    Locations,
    Mailboxes,
    Media,
    PromptRecorder,
    Prompts,
    TenantStates,
)
from centralita.sip.flow import Flow
from centralita.switch.clock import LoopClock, RandomIds
from centralita.switch.control import ControlServer
from centralita.switch.exchange import Doors, Exchange, ExchangeSettings
from centralita.switch.net import LoopResolver, Sockets

log = structlog.get_logger("switch")

TIMER_GRAIN = 0.02
"""Seconds by which a SIP timer may be late: those of many transactions then run in one turn."""
RELOAD_SECONDS = 2.0
"""Between two looks whether something was published; whoever publishes also says so at once."""
FREEZE_AFTER = 2.0
"""Seconds after the start when what exists is taken out of the garbage collector's sight: it will stay."""


class VersionedConfigs(Configs, Protocol):
    def current_versions(self) -> object:
        """Anything that compares unequal once a version or a personal setting has changed. Blocks."""


class WorkerState(Protocol):
    """How one media worker is."""

    @property
    def name(self) -> str: ...
    @property
    def up(self) -> bool: ...
    @property
    def legs(self) -> int: ...
    @property
    def free(self) -> int: ...


class MediaLink(Media, Protocol):
    """Media that a loop can drive."""

    def start(self) -> None:
        """Connect to the workers; reads what they say from then on."""

    def stop(self) -> None: ...

    def health(self) -> Sequence[WorkerState]: ...


class Readers(Protocol):
    """The event loop, as far as somebody who reads sockets needs it."""

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None: ...

    def remove_reader(self, fd: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Fittings:
    """The adapters that the switch is given by the composition root."""

    media: MediaLink
    journal: Journal
    locations: Locations
    mailboxes: Mailboxes
    prompts: Prompts
    configs: VersionedConfigs
    geography: Geography
    unfinished: Sequence[CallEvent]
    """What the journal lacks of the calls that were up when the last process was killed."""
    tenant_states: TenantStates
    prompt_recorder: PromptRecorder
    close: Callable[[], None]
    """Write what the adapters still hold, at a clean stop."""


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    bind: str
    sip_port: int
    control_socket: Path
    max_connections: int
    max_connections_per_address: int


class SwitchService:
    """Runs one exchange until it is told to stop."""

    def __init__(
        self,
        settings: ServiceSettings,
        exchange: ExchangeSettings,
        fit: Callable[[Clock, Readers], Fittings],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._settings = settings
        self._loop = loop
        self._turning = False
        self._armed: asyncio.TimerHandle | None = None
        self._armed_at = math.inf
        self._versions: object = None
        self._database_trouble = False
        self._stopping = asyncio.Event()
        self.clock = LoopClock(loop, self.wake)
        self.sockets = Sockets(
            loop,
            self._received,
            self._flow_opened,
            self._flow_closed,
            self.turn,
            max_connections=settings.max_connections,
            max_per_address=settings.max_connections_per_address,
        )
        fittings = self._fittings = fit(self.clock, self)
        self.media = fittings.media
        doors = Doors(
            clock=self.clock,
            ids=RandomIds(),
            network=self.sockets,
            resolver=LoopResolver(loop, self.wake),
            media=self.media,
            journal=fittings.journal,
            locations=fittings.locations,
            mailboxes=fittings.mailboxes,
            prompts=fittings.prompts,
            configs=fittings.configs,
            geography=fittings.geography,
            background=self._background,
            tenant_states=fittings.tenant_states,
            prompt_recorder=fittings.prompt_recorder,
        )
        self.exchange = Exchange(exchange, doors, random.Random())  # noqa: S311 - spreads retries, guards nothing
        self.control = ControlServer(
            self.exchange, self._media_status, lambda: self.sockets.connections, self.reload, self.turn
        )

    async def run(self) -> None:
        """Serve until ``stop``. Raises OSError where a port cannot be had."""
        await self.sockets.listen(self._settings.bind, self._settings.sip_port)
        self.media.start()
        await self._reload_or_say()
        self.exchange.start(self._fittings.unfinished)
        await self.control.listen(self._settings.control_socket)
        log.info("serving", bind=self._settings.bind, sip_port=self._settings.sip_port)
        follower = self._loop.create_task(self._follow_configuration())
        self._loop.call_later(FREEZE_AFTER, _freeze)
        await self._stopping.wait()
        follower.cancel()
        self.exchange.stop()
        # What was hung up is told to the phones, and the last figures of the audio come in.
        await asyncio.sleep(0.3)
        self.turn()
        self.control.close()
        self.media.stop()
        await self.sockets.shut()
        self._fittings.close()

    def stop(self) -> None:
        self._stopping.set()

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None:
        """Call back when there is something to read, and take a turn after it."""

        def readable() -> None:
            callback()
            self.wake()

        self._loop.add_reader(fd, readable)

    def remove_reader(self, fd: int) -> None:
        self._loop.remove_reader(fd)

    def _media_status(self) -> list[MediaStatus]:
        return [
            MediaStatus(worker=worker.name, up=worker.up, ports_in_use=worker.legs, ports_free=worker.free)
            for worker in self.media.health()
        ]

    # --- the pump -------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """Let the exchange handle and send, and set the one timer of its SIP core."""
        self._turning = False
        endpoint = self.exchange.endpoint
        now = self.clock.now()
        if self._armed_at <= now:
            # We are awake: what is due need not wake us again.
            endpoint.handle_timer(now)
        self.exchange.turn()
        when = endpoint.timer()
        if when is not None and (self._armed is None or not now < self._armed_at <= when + 0.001):
            # A timer that comes too early is asked again; one that moved away is left: most do, all the time.
            if self._armed is not None:
                self._armed.cancel()
            self._armed_at = when
            self._armed = self._loop.call_later(max(0.0, when - now) + TIMER_GRAIN, self._timer)

    def wake(self) -> None:
        """A turn soon, once for all that happens in this round of the loop."""
        if not self._turning:
            self._turning = True
            self._loop.call_soon(self.turn)

    def _timer(self) -> None:
        self._armed = None
        self.turn()

    def _received(self, data: bytes, flow: Flow) -> None:
        self.exchange.receive(data, flow)

    def _flow_opened(self, wanted: Flow, flow: Flow) -> None:
        self.exchange.endpoint.flow_opened(wanted, flow, self.clock.now())

    def _flow_closed(self, flow: Flow) -> None:
        self.exchange.flow_closed(flow)

    def _background(self, work: Callable[[], Any], done: Callable[[Any, BaseException | None], None]) -> None:
        def finished(future: asyncio.Future[Any]) -> None:
            error = future.exception()
            done(None if error else future.result(), error)
            self.wake()

        self._loop.run_in_executor(None, work).add_done_callback(finished)

    # --- configuration --------------------------------------------------------------------------------------------

    async def reload(self) -> None:
        """Take up what was published. Raises what the store raises."""
        versions, snapshots = await self._loop.run_in_executor(None, self._load)
        self._versions = versions
        self.exchange.configure(snapshots)
        self.turn()
        log.info("configuration", versions={one.tenant: one.version for one in snapshots})

    def _load(self) -> tuple[object, Sequence[Snapshot]]:
        versions = self._fittings.configs.current_versions()
        snapshots = self._fittings.configs.snapshots()
        numbering.warm_up({site.country for snapshot in snapshots for site in snapshot.sites.values()})
        return versions, list(self._ready(snapshots))

    def _ready(self, snapshots: Sequence[Snapshot]) -> Iterator[Snapshot]:
        """Each with its plan, made here in a thread so that no call waits for it. One that cannot be made keeps no other tenant from theirs."""
        year = datetime.fromtimestamp(self.clock.wall(), UTC).year
        for snapshot in snapshots:
            try:
                snapshot.plan.prepare((year, year + 1))
            except Exception:  # the calls of all the others go on
                log.exception("a configuration cannot be used; the last one stays", tenant=snapshot.tenant)
                before = self.exchange.snapshots.get(snapshot.tenant)
                if before is not None:
                    yield before
            else:
                yield snapshot

    async def _reload_or_say(self) -> None:
        try:
            await self.reload()
            self._database_trouble = False
        except Exception as error:  # noqa: BLE001 - the database may be away in any way; calls go on without it
            if not self._database_trouble:
                log.error("the configuration cannot be loaded; the last one stays", error=str(error))
            self._database_trouble = True

    async def _follow_configuration(self) -> None:
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            try:
                versions = await self._loop.run_in_executor(None, self._fittings.configs.current_versions)
            except Exception as error:  # noqa: BLE001 - as above
                if not self._database_trouble:
                    log.error("the database does not answer; the configuration stays", error=str(error))
                self._database_trouble = True
                continue
            if versions != self._versions or self._database_trouble:
                await self._reload_or_say()


def _freeze() -> None:
    """Calls are freed by their reference counts (a test holds that); the search for cycles has next to nothing to find."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 1000)
