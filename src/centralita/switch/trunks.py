"""The ways to the outside: registration with providers, their health, and which trunk takes a call."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from centralita.pbx import numbering
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.vocabulary import TenantId
from centralita.ports import Timer
from centralita.sip.credentials import Credentials
from centralita.sip.events import FailureCause
from centralita.sip.flow import Flow, Target
from centralita.sip.message import Response
from centralita.sip.requests import ClientRequest

if TYPE_CHECKING:
    from centralita.switch.exchange import Exchange

log = structlog.get_logger("trunk")

RESOLVE_SECONDS = 300.0
FIRST_RETRY = 5.0
LAST_RETRY = 600.0
"""Seconds between two tries to register, doubled from the first to the last: a provider that is back is not stormed."""
LOST_PINGS = 2
"""OPTIONS in a row without an answer that make a trunk down."""


@dataclass(slots=True)
class TrunkState:
    """What is known of one trunk at present."""

    tenant: TenantId
    trunk: Trunk
    state: str = "unknown"
    """up, down, unknown, registering, registered or refused."""
    detail: str = ""
    since: float = 0.0
    """Seconds since the epoch."""
    addresses: tuple[str, ...] = ()
    """What the host's name resolves to."""
    calls: int = 0
    call_id: str = ""
    cseq: int = 0
    retry: float = FIRST_RETRY
    lost_pings: int = 0
    timers: dict[str, Timer] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether a call may be tried. A trunk that nobody has asked yet is."""
        return self.state in ("up", "registered", "unknown")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Owner of a request of ours: which trunk it was about. A state that was replaced meanwhile hears no answer."""

    state: TrunkState
    purpose: str


class Trunks:
    """All trunks of all tenants."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._states: dict[tuple[TenantId, str], TrunkState] = {}

    def configure(self, snapshots: Iterable[Snapshot]) -> None:
        """Begin with new trunks, end with those that are gone; one that did not change keeps its state."""
        wanted = {
            (snapshot.tenant, trunk.id): trunk for snapshot in snapshots for trunk in snapshot.trunks.values()
        }
        for key, state in list(self._states.items()):
            if wanted.get(key) != state.trunk:
                self._stop(state)
                del self._states[key]
        for key, trunk in wanted.items():
            if key not in self._states:
                state = TrunkState(key[0], trunk, since=self._exchange.clock.wall())
                self._states[key] = state
                self._start(state)

    def all(self) -> list[TrunkState]:
        return sorted(self._states.values(), key=lambda state: (state.tenant, state.trunk.id))

    def resolved(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Addresses that calls of a trunk come from, by (tenant, trunk)."""
        return {(tenant, trunk): state.addresses for (tenant, trunk), state in self._states.items()}

    # --- outgoing calls -------------------------------------------------------------------------------------------

    def trouble(self, tenant: TenantId, trunk: Trunk) -> str:
        """Why a trunk cannot take a call now, empty where it can."""
        state = self._states.get((tenant, trunk.id))
        if state is None:
            return "it is not configured any more"
        if not state.usable:
            return f"it is {state.state}" + (f" ({state.detail})" if state.detail else "")
        if state.calls >= trunk.max_calls:
            return f"all of its {trunk.max_calls} lines are taken"
        return ""

    def read(self, snapshot: Snapshot, trunk: Trunk, text: str) -> str:
        """A number as this provider wrote it, in E.164; as it is where it is none."""
        return numbering.normalise(text, _country(snapshot, trunk)) or text

    def target(self, snapshot: Snapshot, trunk: Trunk) -> Flow | Target:
        return _next_hop(trunk)

    def enter(self, tenant: TenantId, trunk: str, change: int) -> None:
        """Count a call on a trunk: +1 when it begins, -1 when it is over."""
        state = self._states.get((tenant, trunk))
        if state is not None:
            state.calls += change

    # --- health and registration ----------------------------------------------------------------------------------

    def on_answer(self, request: ClientRequest, response: Response) -> None:
        asked = request.owner
        if not isinstance(asked, _Asked) or not self._current(asked.state):
            return
        state = asked.state
        if asked.purpose == "options":
            # Any answer shows that somebody is there (RFC 3261 §11.2), also a refusal.
            state.lost_pings = 0
            if not state.trunk.register_with_provider and response.status not in (408, 503):
                self._set(state, "up", f"OPTIONS answered {response.status}")
            self._ping_later(state)
        elif asked.purpose == "register":
            self._registered(state, request, response)

    def on_failure(self, request: ClientRequest, cause: FailureCause) -> None:
        asked = request.owner
        if not isinstance(asked, _Asked) or not self._current(asked.state):
            return
        state = asked.state
        if asked.purpose == "options":
            state.lost_pings += 1
            if state.lost_pings >= LOST_PINGS or state.state == "unknown":
                self._set(state, "down", f"OPTIONS not answered ({cause.value})")
            self._ping_later(state)
        elif asked.purpose == "register":
            state.cseq = request.cseq
            self._set(state, "down", f"REGISTER not answered ({cause.value})")
            self._register_later(state)

    def _start(self, state: TrunkState) -> None:
        self._resolve(state)
        if state.trunk.register_with_provider:
            state.call_id = self._exchange.ids.token()
            self._register(state)
        if state.trunk.options_seconds:
            self._ping(state)

    def _stop(self, state: TrunkState) -> None:
        for timer in state.timers.values():
            timer.cancel()
        if state.state == "registered":
            self._send_register(state, expires=0, purpose="unregister")

    def stop_all(self) -> None:
        """Tell the providers that we go."""
        for state in self._states.values():
            self._stop(state)
        self._states.clear()

    def _resolve(self, state: TrunkState) -> None:
        def done(flows: Sequence[Flow]) -> None:
            if not self._current(state):
                return
            addresses = tuple(dict.fromkeys(flow.host for flow in flows))
            if addresses and addresses != state.addresses:
                state.addresses = addresses
                self._exchange.addresses_changed()
            self._later(state, "resolve", RESOLVE_SECONDS, lambda: self._resolve(state))

        self._exchange.resolver.resolve(
            Target(state.trunk.transport, state.trunk.host, state.trunk.port), done
        )

    def _ping(self, state: TrunkState) -> None:
        trunk, exchange = state.trunk, self._exchange
        exchange.endpoint.request(
            "OPTIONS",
            f"sip:{trunk.host}:{trunk.port}",
            _next_hop(trunk),
            exchange.clock.now(),
            from_=f"<sip:{trunk.username or 'ping'}@{exchange.advertise}>",
            to_=f"<sip:{trunk.host}>",
            headers=(("accept", "application/sdp"),),
            owner=_Asked(state, "options"),
        )

    def _ping_later(self, state: TrunkState) -> None:
        seconds = float(state.trunk.options_seconds)
        self._later(state, "options", seconds, lambda: self._ping(state))

    def _register(self, state: TrunkState) -> None:
        if state.state != "registered":
            self._set(state, "registering", "")
        self._send_register(state, expires=state.trunk.expires, purpose="register")

    def _send_register(self, state: TrunkState, *, expires: int, purpose: str) -> None:
        trunk, exchange = state.trunk, self._exchange
        state.cseq += 1
        address = f"<sip:{trunk.username}@{trunk.host}>"
        transport = ";transport=tcp" if trunk.transport == "TCP" else ""
        password = trunk.password.get_secret_value() if trunk.password else ""
        exchange.endpoint.request(
            "REGISTER",
            f"sip:{trunk.host}",
            _next_hop(trunk),
            exchange.clock.now(),
            from_=address,
            to_=address,
            headers=(
                ("contact", f"<sip:{trunk.username}@{exchange.advertise}:{exchange.sip_port}{transport}>"),
                ("expires", str(expires)),
            ),
            call_id=state.call_id,
            cseq=state.cseq,
            credentials=Credentials(trunk.username, password),
            owner=_Asked(state, purpose),
        )

    def _registered(self, state: TrunkState, request: ClientRequest, response: Response) -> None:
        state.cseq = request.cseq
        if 200 <= response.status < 300:
            granted = _granted(response, state.trunk.username, state.trunk.expires)
            state.retry = FIRST_RETRY
            self._set(state, "registered", f"for {granted} s")
            # Refreshed well before it ends, so that one lost try does not cost the registration.
            refresh = granted / 2 if granted < 120 else granted - 60.0
            self._later(state, "register", refresh, lambda: self._register(state))
            return
        if response.status == 423 and (least := response.headers.get("min-expires")) and least.isdigit():
            state.trunk = state.trunk.model_copy(update={"expires": min(int(least), 7200)})
            self._register(state)
            return
        refused = response.status in (401, 403, 404, 407)
        self._set(state, "refused" if refused else "down", f"REGISTER: {response.status} {response.reason}")
        self._register_later(state)

    def _register_later(self, state: TrunkState) -> None:
        delay = state.retry * self._exchange.jitter()
        state.retry = min(state.retry * 2, LAST_RETRY)
        self._later(state, "register", delay, lambda: self._register(state))

    def _later(self, state: TrunkState, what: str, seconds: float, callback: object) -> None:
        assert callable(callback)
        clock = self._exchange.clock
        if what in state.timers:
            state.timers[what].cancel()
        state.timers[what] = clock.call_at(clock.now() + seconds, callback)

    def _set(self, state: TrunkState, name: str, detail: str) -> None:
        if name != state.state:
            state.since = self._exchange.clock.wall()
            log.info("trunk", tenant=state.tenant, trunk=state.trunk.id, state=name, detail=detail)
        state.state, state.detail = name, detail

    def _current(self, state: TrunkState) -> bool:
        return self._states.get((state.tenant, state.trunk.id)) is state


def _country(snapshot: Snapshot, trunk: Trunk) -> str:
    return trunk.country or next(iter(snapshot.sites.values())).country


def _next_hop(trunk: Trunk) -> Flow | Target:
    try:
        ipaddress.ip_address(trunk.host)
    except ValueError:
        return Target(trunk.transport, trunk.host, trunk.port)
    return Flow(trunk.transport, trunk.host, trunk.port)


def _granted(response: Response, username: str, asked: int) -> int:
    """Seconds that the registrar grants: of our contact, else of the whole response, else what was asked."""
    for value in response.headers.values("contact"):
        if f":{username}@" in value and ";expires=" in value:
            text = value.rpartition(";expires=")[2].partition(";")[0]
            if text.isdigit():
                return max(10, int(text))
    text = response.headers.get("expires") or ""
    return max(10, int(text)) if text.isdigit() else asked
