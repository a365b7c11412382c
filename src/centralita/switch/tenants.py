"""What each tenant's calls have in common, live: kept across reloads, written down, and its call centre's floor kept going.

After everything that happened, :meth:`Tenants.settle` hands the floor's news to the callers they are for and its facts to the
journal, in the same turn. What somebody is about to be told (a log-in, a pause, an override) is on disk before.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
import structlog

from centralita.pbx.acd.facts import (
    AcdFact,
    AgentLoggedIn,
    AgentLoggedOut,
    AgentPaused,
    AgentResumed,
    CallbackRequested,
    CallerFact,
)
from centralita.pbx.acd.floor import Floor
from centralita.pbx.acd.news import CallBack, FloorNews, Reason, Release, Withdrawn
from centralita.pbx.acd.records import FloorError
from centralita.pbx.callcontrol import Place
from centralita.pbx.model.flow import ShareNode
from centralita.pbx.model.queue import AgentProfile, Queue
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.state import TenantState
from centralita.pbx.vocabulary import TenantId
from centralita.ports import TenantStates, Timer
from centralita.switch.originate import CallingBack
from centralita.switch.queues import LivePlace

if TYPE_CHECKING:
    from centralita.switch.call import Call
    from centralita.switch.exchange import Exchange

log = structlog.get_logger("tenants")

SAVE_SECONDS = 2.0
"""Between two savings of what is only counted."""
SAVED_AT_ONCE = 4
"""Tenants whose figures are gathered in one turn: some 2 ms for one with a thousand agents."""
SAVE_PAUSE = 0.05
_TOLD = (AgentLoggedIn, AgentLoggedOut, AgentPaused, AgentResumed, CallbackRequested)
"""Facts that somebody is told of, and will rely on."""
_BY_PHONE = "phone"
"""Agents who are logged in whenever their telephone is there: known from the registrations after a restart."""


@dataclass(slots=True)
class TenantDesk:
    """One tenant, as the switch keeps it."""

    tenants: Tenants
    snapshot: Snapshot
    state: TenantState
    agents: frozenset[str] = frozenset()
    """Users who are in a queue."""
    places: dict[str, LivePlace] = field(default_factory=dict)
    """By journey."""
    callbacks: dict[str, CallingBack] = field(default_factory=dict)
    """By the journey in which the callback was asked for."""
    timer: Timer | None = None
    timer_at: float = 0.0
    midnight: float = 0.0
    """When the tenant's day ends, in seconds since the epoch."""
    unsaved: bool = False
    urgent: bool = False
    """Somebody is about to be told of what is not written down yet."""
    generation: int = 0
    """Counts urgent savings: what the background took before one is out of date."""

    @property
    def tenant(self) -> TenantId:
        return self.snapshot.tenant

    def awake(self) -> Floor:
        """The floor, for somebody who is going to change it."""
        self.tenants.wake(self.tenant)
        return self.state.floor


_Batch = list[tuple[TenantDesk, int, dict[str, Any], dict[str, Any]]]
"""What the background is to save: of each tenant its parts as of a generation, and the entries that changed."""


class Tenants:
    """All tenants of this exchange."""

    def __init__(self, exchange: Exchange, rng: random.Random, store: TenantStates) -> None:
        self._exchange = exchange
        self._random = rng
        self._store = store
        self._desks: dict[TenantId, TenantDesk] = {}
        self._kept: dict[TenantId, Mapping[str, Any]] = dict(store.load())
        self._saving = threading.Lock()
        self._save_due = False
        self._trouble = False
        self.awake: dict[TenantId, None] = {}
        """Tenants whose state somebody has had in hand since it was last looked at."""

    # --- what the switch asks -----------------------------------------------------------------------------------------

    def state(self, tenant: TenantId) -> TenantState:
        self.awake[tenant] = None
        return self._desks[tenant].state

    def wake(self, tenant: TenantId) -> None:
        self.awake[tenant] = None

    def all(self) -> Iterable[TenantDesk]:
        return self._desks.values()

    def desk(self, tenant: TenantId) -> TenantDesk:
        """Raises KeyError."""
        return self._desks[tenant]

    def configure(self, snapshots: Sequence[Snapshot]) -> None:
        """Take up published versions: state that is there stays, callers wait on."""
        now = self._exchange.clock.wall()
        for snapshot in snapshots:
            agents = frozenset(member.user for queue in snapshot.queues.values() for member in queue.agents)
            profiles = {user: snapshot.users[user].agent for user in agents if user in snapshot.users}
            desk = self._desks.get(snapshot.tenant)
            if desk is None:
                desk = self._desks[snapshot.tenant] = self._begin(snapshot, profiles, now)
            elif desk.snapshot is not snapshot:
                desk.snapshot = snapshot
                desk.state.floor.configure(snapshot.queues, now, profiles)
                desk.state.shares.keep_only(_shares(snapshot))
            else:
                continue
            desk.agents = agents
            self._begin_day(desk, now)
            self._look_around(desk, now)

    def look_around(self) -> None:
        """Tell all floors where their agents can be reached: once the registrations of before are there again."""
        for desk in self._desks.values():
            self._look_around(desk, self._exchange.clock.wall())

    def _look_around(self, desk: TenantDesk, now: float) -> None:
        for user in desk.agents:
            self._tell_phones(desk, user, now)
            desk.state.floor.occupied(user, self._exchange.occupied(desk.tenant, user), now)
        self.wake(desk.tenant)

    def _begin(self, snapshot: Snapshot, profiles: Mapping[str, AgentProfile], now: float) -> TenantDesk:
        state = TenantState(random.Random(self._random.getrandbits(64)), snapshot.tenant)  # noqa: S311 - shares calls out, guards nothing
        kept = self._kept.pop(snapshot.tenant, {})
        try:
            state.restore(kept, snapshot.queues, now, tenant=snapshot.tenant, profiles=profiles)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            # Written by another version in a form that this one cannot read: calls matter more than counters.
            log.error("what was kept of a tenant cannot be read", tenant=snapshot.tenant, error=repr(error))
            kept = {}
            state = TenantState(state.random, snapshot.tenant)
        if "floor" not in kept:
            state.floor.configure(snapshot.queues, now, profiles)
        desk = TenantDesk(self, snapshot, state)

        def changed() -> None:
            desk.urgent = True
            self.wake(snapshot.tenant)

        state.overrides.on_change = changed
        return desk

    def enter_queue(
        self, call: Call, queue: Queue, *, priority: int, skills: Mapping[str, int], last_agent: str
    ) -> Place:
        """Give the caller a place in a queue."""
        desk = self._desks[call.snapshot.tenant]
        place = LivePlace(call, desk, queue)
        call.place = place
        desk.places[call.id] = place
        try:
            desk.awake().join(
                call.id,
                queue.id,
                self._exchange.clock.wall(),
                priority=priority,
                skills=skills,
                caller_number=call.caller.number,
                last_agent=last_agent,
            )
        except FloorError:
            # The call began under a version that had this queue.
            place.tell(Release(call.id, Reason.REMOVED))
        return place

    def phones_changed(self, snapshot: Snapshot, user: str) -> None:
        """A device of theirs registered, or is gone, or they want to be left in peace, or no longer."""
        desk = self._desks.get(snapshot.tenant)
        if desk is not None and user in desk.agents:
            self._tell_phones(desk, user, self._exchange.clock.wall())
            self.wake(snapshot.tenant)

    def _tell_phones(self, desk: TenantDesk, user: str, now: float) -> None:
        snapshot = desk.snapshot
        known = snapshot.users.get(user)
        # Who does not want to be disturbed is not, by no queue either.
        there = (
            known is not None
            and not snapshot.personal[user].do_not_disturb
            and self._exchange.reachability(snapshot, known).contacts > 0
        )
        desk.state.floor.reachable(user, there, now)

    def calls_changed(self, tenant: TenantId, user: str) -> None:
        """A call of theirs began or is over, which the floor may have to know."""
        desk = self._desks.get(tenant)
        if desk is not None and user in desk.agents:
            calls = self._exchange.occupied(tenant, user)
            desk.awake().occupied(user, calls, self._exchange.clock.wall())

    # --- after everything that happened -----------------------------------------------------------------------------

    def settle(self) -> None:
        """Tell callers and the journal what came of it, until nothing more comes; then write down what must be."""
        touched: dict[TenantId, None] = {}
        while self.awake:
            tenant, _ = self.awake.popitem()
            touched[tenant] = None
            desk = self._desks[tenant]
            floor = desk.state.floor
            for fact in floor.facts():
                self._keep(desk, fact)
            for news in floor.news():
                self._deliver(desk, news)
        for tenant in touched:
            desk = self._desks[tenant]
            desk.unsaved = True
            self._arm(desk)
            if desk.urgent:
                self._save_now(desk)
        if touched:
            self._save_soon()

    def _keep(self, desk: TenantDesk, fact: AcdFact) -> None:
        if isinstance(fact, CallerFact):
            fact = msgspec.structs.replace(fact, tenant=desk.tenant)
        if isinstance(fact, _TOLD) and getattr(fact, "by", "") != _BY_PHONE:
            desk.urgent = True
        self._exchange.journal.append(fact)

    def _deliver(self, desk: TenantDesk, news: FloorNews) -> None:
        if isinstance(news, CallBack):
            CallingBack(self._exchange, desk, news).start()
            return
        place = desk.places.get(news.call)
        if place is not None:
            place.tell(news)
        elif isinstance(news, Withdrawn) and (calling := desk.callbacks.get(news.call)) is not None:
            calling.withdraw()

    # --- time -------------------------------------------------------------------------------------------------------

    def _arm(self, desk: TenantDesk) -> None:
        """Come back when the floor has something to do, and when the tenant's day ends."""
        due = desk.state.floor.timer()
        due = desk.midnight if due is None else min(due, desk.midnight)
        if desk.timer is not None:
            if desk.timer_at == due:
                return
            desk.timer.cancel()
        clock = self._exchange.clock
        desk.timer_at = due
        desk.timer = clock.call_at(clock.now() + max(0.0, due - clock.wall()), lambda: self._on_timer(desk))

    def _on_timer(self, desk: TenantDesk) -> None:
        desk.timer = None
        now = self._exchange.clock.wall()
        self._begin_day(desk, now)
        desk.awake().handle_timer(now)

    def _begin_day(self, desk: TenantDesk, now: float) -> None:
        if now < desk.midnight:
            return
        zone = ZoneInfo(desk.snapshot.first_site.time_zone)
        today = datetime.fromtimestamp(now, UTC).astimezone(zone).date()
        desk.state.floor.begin_day(today.isoformat(), now)
        desk.midnight = _end_of(today, zone)

    # --- on disk ------------------------------------------------------------------------------------------------------

    def _save_now(self, desk: TenantDesk) -> None:
        desk.urgent = False
        parts = _parts(desk)
        with self._saving:
            desk.generation += 1
            try:
                self._store.save(desk.tenant, parts)
                self._say(None)
            except OSError as error:
                # It is true in memory, and written as soon as that is possible: calls matter more.
                self._say(error)

    def _save_soon(self, seconds: float = SAVE_SECONDS) -> None:
        if not self._save_due:
            self._save_due = True
            clock = self._exchange.clock
            clock.call_at(clock.now() + seconds, self._save_all)

    def _save_all(self) -> None:
        """Some of those that changed; the others a moment later, so that no call waits for many tenants' figures."""
        self._save_due = False
        changed = [desk for desk in self._desks.values() if desk.unsaved]
        batch: _Batch = []
        for desk in changed[:SAVED_AT_ONCE]:
            desk.unsaved = False
            batch.append((desk, desk.generation, _parts(desk), {"callers": desk.state.callers.changes()}))
        if batch:
            self._exchange.background(
                lambda: self._write(batch), lambda _, error: self._written(batch, error)
            )
        if len(changed) > SAVED_AT_ONCE:
            self._save_soon(SAVE_PAUSE)

    def _write(self, batch: _Batch) -> None:
        """In the background. What was written urgently meanwhile is newer, and stays."""
        for desk, generation, parts, entries in batch:
            with self._saving:
                self._store.save(desk.tenant, parts if desk.generation == generation else {}, entries)
        self._store.tidy()

    def _written(self, batch: _Batch, error: BaseException | None) -> None:
        self._say(error)
        if error is None:
            return
        for desk, _, _, entries in batch:
            desk.unsaved = True
            desk.state.callers.changed(entries["callers"])
        self._save_soon()

    def _say(self, error: BaseException | None) -> None:
        """Once when it begins to fail, and once when it works again."""
        if error is not None and not self._trouble:
            log.error("the state of tenants cannot be written", error=str(error))
        elif error is None and self._trouble:
            log.info("the state of tenants can be written again")
        self._trouble = error is not None

    def save_all(self) -> None:
        """At a clean stop: everything, at once."""
        for desk in self._desks.values():
            desk.generation += 1
            try:
                self._store.save(desk.tenant, _parts(desk), {"callers": desk.state.callers.changes()})
            except OSError as error:
                self._say(error)


def _parts(desk: TenantDesk) -> dict[str, Any]:
    """All but the callers, who are many and written one by one; encoded here, since the background must not see it change."""
    state = desk.state.to_state()
    del state["callers"]
    return {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in state.items()}


def _shares(snapshot: Snapshot) -> list[str]:
    """The share nodes of all flows, as counters name them."""
    return [
        f"{flow.id}/{ident}"
        for flow in snapshot.flows.values()
        for ident, node in flow.nodes.items()
        if isinstance(node, ShareNode)
    ]


def _end_of(day: date, zone: ZoneInfo) -> float:
    """The instant at which the next day begins there; days may have 23 or 25 hours."""
    return datetime.combine(day + timedelta(days=1), time(), zone).timestamp()
