"""The switch itself, without an event loop: what all calls share, and how what happened reaches the call it belongs to.

The shell (:mod:`centralita.switch.service`, or a simulator) hands in bytes and calls :meth:`Exchange.turn`; the journal is
written before anything is sent.
"""

from __future__ import annotations

import ipaddress
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from centralita.fetch import Network as AddressRange
from centralita.pbx.callcontrol import Reachability
from centralita.pbx.model.device import Device
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import Personal, User
from centralita.pbx.vocabulary import CallEvent, Direction, JourneyId, Outcome, TenantId
from centralita.ports import (
    Clock,
    Configs,
    Geography,
    Ids,
    Journal,
    JournalUnavailable,
    Locations,
    Mailboxes,
    Media,
    Network,
    PromptRecorder,
    Prompts,
    Resolver,
    Salvaged,
    TenantStates,
    Timer,
)
from centralita.sip.auth import Authenticator
from centralita.sip.endpoint import Endpoint, EndpointSettings
from centralita.sip.events import (
    CallAnswered,
    CallCancelled,
    CallConfirmed,
    CallFailed,
    CallProgressed,
    CallReceived,
    InfoReceived,
    OfferAnswered,
    OfferConfirmed,
    OfferReceived,
    OfferRefused,
    OfferWithdrawn,
    Open,
    RequestFailed,
    RequestReceived,
    Resolve,
    ResponseReceived,
    Send,
    SessionEnded,
)
from centralita.sip.flow import Flow, Target
from centralita.sip.registrar import ContactBinding, ExpiryBounds, Registrar
from centralita.switch import holding
from centralita.switch.arrivals import Arrivals
from centralita.switch.call import Call
from centralita.switch.capacity import Capacity
from centralita.switch.gate import Gate
from centralita.switch.leg import Leg, LegState
from centralita.switch.lookup import Lookups
from centralita.switch.mailbox import message_left
from centralita.switch.registrations import Registrations
from centralita.switch.tenants import Tenants
from centralita.switch.trunks import Trunks
from centralita.throttle import SlidingWindow, Throttle, ThrottleLimits

log = structlog.get_logger("switch")

FLUSH_SECONDS = 0.05
"""How long events wait for the journal at most when nothing that is sent depends on them."""
SALVAGE_SECONDS = 60.0
"""Between two looks for drafts: one that a media worker was still recording at the start is found later."""

Background = Callable[[Callable[[], Any], Callable[[Any, BaseException | None], None]], None]
"""Runs a function that blocks somewhere else, and then calls back with its result or its error."""


@dataclass(frozen=True, slots=True)
class ExchangeSettings:
    """What the switch is told once and for all."""

    advertise: str
    """Address that phones and trunks reach us at, in Via, Contact and SDP."""
    sip_port: int
    realm: str
    secret: bytes
    """Seeds the nonces; the same after a restart, so that phones need not be challenged again."""
    data: Path
    """The data folder; recordings go below it."""
    endpoint: EndpointSettings
    registration: ExpiryBounds
    digest_algorithms: tuple[str, ...] = ("MD5", "SHA-256")
    """Offered to phones in this order."""
    throttle: ThrottleLimits = field(default_factory=ThrottleLimits)
    pin_failures: int = 10
    """Wrong voicemail PINs of one mailbox within ``pin_window`` seconds."""
    pin_window: float = 900.0
    lookup_allow: tuple[AddressRange, ...] = ()
    """Networks that flows may ask although they are not public."""


@dataclass(frozen=True, slots=True)
class Doors:
    """The ports that the switch works through."""

    clock: Clock
    ids: Ids
    network: Network
    resolver: Resolver
    media: Media
    journal: Journal
    locations: Locations
    mailboxes: Mailboxes
    prompts: Prompts
    configs: Configs
    geography: Geography
    background: Background
    tenant_states: TenantStates
    prompt_recorder: PromptRecorder


class Exchange:
    """The switch: its configuration, its calls, its SIP endpoint."""

    def __init__(self, settings: ExchangeSettings, doors: Doors, rng: random.Random) -> None:
        self.settings = settings
        self.advertise = settings.advertise
        self.sip_port = settings.sip_port
        self.clock = doors.clock
        self.ids = doors.ids
        self.network = doors.network
        self.resolver = doors.resolver
        self.media = doors.media
        self.journal = doors.journal
        self.mailboxes = doors.mailboxes
        self.prompts = doors.prompts
        self.prompt_recorder = doors.prompt_recorder
        self._configs = doors.configs
        self.geography = doors.geography
        self.background = doors.background
        self._random = rng
        self.endpoint = Endpoint(settings.endpoint, doors.ids.token, rng)
        self.snapshots: dict[TenantId, Snapshot] = {}
        self.calls: dict[JourneyId, Call] = {}
        self.ended: Counter[tuple[str, str]] = Counter()
        self.journal_trouble = ""
        """Why the journal cannot be written, empty while it can: no new call is taken until then."""
        self._flush_due = False
        self._flush_timer: Timer | None = None
        self._legs_of: dict[tuple[TenantId, str], Counter[JourneyId]] = {}
        """Legs of each user, by call."""
        self._queue_calls: dict[tuple[TenantId, str], set[JourneyId]] = {}
        """Those of their calls that a queue has given them, which counts them itself."""
        self._missing_prompts: set[tuple[str, str]] = set()
        self.capacity = Capacity()
        self.gate = Gate(
            settings.realm,
            Authenticator(
                settings.realm,
                settings.secret,
                not_before=doors.clock.wall(),
                algorithms=settings.digest_algorithms,
            ),
            Throttle(settings.throttle),
            doors.clock.wall,
        )
        self.pins = SlidingWindow(settings.pin_failures, settings.pin_window)
        self.registrations = Registrations(self, Registrar(settings.registration), doors.locations)
        self.trunks = Trunks(self)
        self.tenants = Tenants(self, rng, doors.tenant_states)
        self.lookups = Lookups(doors.clock, doors.background, settings.lookup_allow)
        self._arrivals = Arrivals(self)
        self._handlers: dict[type, Callable[[Any], None]] = {
            CallReceived: self._arrivals.on_call,
            CallProgressed: self._on_progress,
            CallAnswered: self._on_answer,
            CallConfirmed: self._on_confirmed,
            CallFailed: self._on_failed,
            CallCancelled: self._on_cancelled,
            SessionEnded: self._on_ended,
            OfferReceived: self._on_offer,
            OfferConfirmed: self._on_confirmed,
            OfferAnswered: self._on_offer_answered,
            OfferRefused: _ignore,
            OfferWithdrawn: _ignore,
            InfoReceived: self._on_info,
            RequestReceived: self.registrations.on_register,
            ResponseReceived: self._on_response,
            RequestFailed: self._on_request_failed,
        }

    def start(self, unfinished: Iterable[CallEvent]) -> None:
        """Begin to serve: first what was left unfinished when the last process was killed, messages before their calls."""
        for each in self.mailboxes.recover():
            self.journal.append(message_left(self, each.tenant, each.user, each.journey, each.message))
        for event in unfinished:
            self.journal.append(event)
        restored = self.registrations.restore()
        log.info("bindings restored", contacts=restored)
        self.tenants.look_around()
        self.registrations.sweep()
        self.clock.call_at(self.clock.now() + SALVAGE_SECONDS, self._salvage)
        self.turn()

    def _salvage(self) -> None:
        """Make messages of what media workers were still recording at the start."""

        def found(salvaged: Sequence[Salvaged] | None, error: BaseException | None) -> None:
            if error is not None:
                log.error("drafts of voicemail cannot be read", error=str(error))
            for each in salvaged or ():
                self.journal.append(message_left(self, each.tenant, each.user, each.journey, each.message))
            self.clock.call_at(self.clock.now() + SALVAGE_SECONDS, self._salvage)

        self.background(self.mailboxes.recover, found)

    # --- configuration --------------------------------------------------------------------------------------------

    def configure(self, snapshots: Sequence[Snapshot]) -> None:
        """Take up published versions, each whole. Calls that go on keep the version that they began with."""
        before = _devices(self.snapshots.values())
        self.snapshots = {snapshot.tenant: snapshot for snapshot in snapshots}
        after = _devices(snapshots)
        for username, device in before.items():
            now = after.get(username)
            # Who knows only the old password is rung no more: it may be why there is a new one.
            if now is None or (now is not device and now.password != device.password):
                self.registrations.forget(username)
        self.trunks.configure(snapshots)
        self.addresses_changed()
        self.tenants.configure(snapshots)

    def addresses_changed(self) -> None:
        self.gate.configure(self.snapshots.values(), self.trunks.resolved())

    def set_personal(
        self, tenant: TenantId, user: str, changes: dict[str, object], done: Callable[[bool], None]
    ) -> None:
        """Store a change of personal settings, and use it at once when it is stored."""

        def stored(result: object, error: BaseException | None) -> None:
            if error is not None:
                log.error("personal settings not stored", tenant=tenant, user=user, error=str(error))
                done(False)
                return
            snapshot = self.snapshots.get(tenant)
            if snapshot is not None and user in snapshot.personal:
                current = snapshot.personal[user].model_dump()
                snapshot.personal[user] = Personal.model_validate({**current, **changes})
                self.tenants.phones_changed(snapshot, user)
            done(True)

        self.background(lambda: self._configs.set_personal(tenant, user, changes), stored)

    # --- what calls ask -------------------------------------------------------------------------------------------

    def bindings(self, device: Device) -> Iterable[ContactBinding]:
        return self.registrations.bindings(device)

    def reachability(self, snapshot: Snapshot, user: User) -> Reachability:
        contacts = sum(
            1 for device in snapshot.devices_of[user.id] for _ in self.registrations.bindings(device)
        )
        return Reachability(contacts, len(self._legs_of.get((snapshot.tenant, user.id), ())))

    def occupied(self, tenant: TenantId, user: str) -> int:
        """Calls of a user that no queue has given them."""
        key = (tenant, user)
        return len(self._legs_of.get(key, ())) - len(self._queue_calls.get(key, ()))

    def phones_changed(self, username: str) -> None:
        """A device registered, or does no longer."""
        known = self.gate.device(username)
        if known is not None:
            self.tenants.phones_changed(known[0], known[1].user)

    def jitter(self) -> float:
        """A factor around one, so that what failed together does not come back together."""
        return self._random.uniform(0.8, 1.2)

    def recording_path(self, tenant: TenantId, journey: JourneyId) -> Path | None:
        """Where the recording of a call goes; None where the folder cannot be made."""
        day = datetime.fromtimestamp(self.clock.wall(), UTC)
        folder = self.settings.data / "recordings" / tenant / f"{day:%Y/%m/%d}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.error("no recording", folder=str(folder), error=str(error))
            return None
        return folder / f"{journey}.wav"

    def relative(self, path: Path) -> str:
        return (
            str(path.relative_to(self.settings.data))
            if path.is_relative_to(self.settings.data)
            else str(path)
        )

    def missing_prompt(self, language: str, key: str) -> None:
        if (language, key) not in self._missing_prompts:
            self._missing_prompts.add((language, key))
            log.error("prompt missing: run `centralita doctor`", language=language, prompt=key)

    def enter(self, call: Call, leg: Leg) -> None:
        """Count a leg towards what its user and its trunk have in hand."""
        if leg.user is not None:
            tenant, user = call.snapshot.tenant, leg.user.id
            self._legs_of.setdefault((tenant, user), Counter())[call.id] += 1
            if call.by_floor or (call.place is not None and leg is not call.a):
                self._queue_calls.setdefault((tenant, user), set()).add(call.id)
            else:
                self.tenants.calls_changed(tenant, user)
        elif leg.target.startswith("trunk:"):
            self.trunks.enter(call.snapshot.tenant, leg.target[6:], 1)

    def leave(self, call: Call, leg: Leg) -> None:
        if leg.user is not None:
            tenant, user = call.snapshot.tenant, leg.user.id
            calls = self._legs_of[tenant, user]
            calls[call.id] -= 1
            if not calls[call.id]:
                del calls[call.id]
                self._queue_calls.get((tenant, user), set()).discard(call.id)
            if not calls:
                del self._legs_of[tenant, user]
                self._queue_calls.pop((tenant, user), None)
            self.tenants.calls_changed(tenant, user)
        elif leg.target.startswith("trunk:"):
            self.trunks.enter(call.snapshot.tenant, leg.target[6:], -1)

    def count(self, direction: Direction, outcome: Outcome) -> None:
        self.ended[direction.value, outcome.value] += 1

    def forget(self, call: Call) -> None:
        del self.calls[call.id]

    # --- the pump -------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, flow: Flow) -> None:
        """Bytes from the network; ``turn`` is to follow, once for all that came together."""
        self.endpoint.receive(data, flow, self.clock.now())

    def flow_closed(self, flow: Flow) -> None:
        self.endpoint.flow_closed(flow, self.clock.now())
        self.registrations.flow_closed(flow)

    def turn(self) -> None:
        """Handle what happened, write it down, and only then send what follows from it."""
        endpoint, handlers = self.endpoint, self._handlers
        tenants = self.tenants
        while (events := endpoint.events()) or tenants.awake:
            for event in events:
                handlers[type(event)](event)
            if tenants.awake:
                tenants.settle()
        outputs = endpoint.outputs()
        if outputs or self._flush_due:
            self._write_journal()
        elif self._flush_timer is None:
            # Nothing leaves that depends on what was written (figures of a call that is over): it may wait for the next.
            self._flush_timer = self.clock.call_at(self.clock.now() + FLUSH_SECONDS, self._flush_now)
        network = self.network
        for output in outputs:
            if isinstance(output, Send):
                network.send(output.data, output.flow)
            elif isinstance(output, Open):
                network.open(output.flow)
            elif isinstance(output, Resolve):
                self._resolve(output.target)
            else:
                network.close(output.flow)
        self.media.flush()

    def _write_journal(self) -> None:
        self._flush_due = False
        try:
            self.journal.flush()
            if self.journal_trouble:
                log.info("the journal can be written again")
                self.journal_trouble = ""
        except JournalUnavailable as error:
            # Calls that are up go on and their events wait in memory; new ones are refused until the disk is back.
            if not self.journal_trouble:
                log.error("the journal cannot be written: no new calls are taken", error=str(error))
            self.journal_trouble = str(error) or "it cannot be written"

    def _flush_now(self) -> None:
        """A turn follows every timer, and writes."""
        self._flush_timer = None
        self._flush_due = True

    def _resolve(self, target: Target) -> None:
        def done(flows: Sequence[Flow]) -> None:
            self.endpoint.resolved(target, flows, self.clock.now())

        self.resolver.resolve(target, done)

    # --- what happened, brought to the call it belongs to ---------------------------------------------------------

    def _on_progress(self, event: CallProgressed) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg) and leg.dial is not None and leg.state is not LegState.ENDED:
            leg.dial.on_progress(leg, event.response)

    def _on_answer(self, event: CallAnswered) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg) and leg.dial is not None and leg.state is not LegState.ENDED:
            leg.dial.on_answer(leg, event.response)

    def _on_failed(self, event: CallFailed) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg) and leg.dial is not None and leg.state is not LegState.ENDED:
            leg.dial.on_failed(leg, event.status, event.response)

    def _on_confirmed(self, event: CallConfirmed | OfferConfirmed) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg) and event.request.body:
            holding.on_answer(leg, event.request.body)

    def _on_cancelled(self, event: CallCancelled) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg):
            leg.call.caller_gone()

    def _on_ended(self, event: SessionEnded) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg) and leg.state is not LegState.ENDED:
            leg.call.party_ended(leg, "" if event.cause.value == "bye" else event.cause.value)

    def _on_offer(self, event: OfferReceived) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg):
            holding.on_offer(leg, event.request)

    def _on_offer_answered(self, event: OfferAnswered) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg):
            holding.on_answer(leg, event.response.body)

    def _on_info(self, event: InfoReceived) -> None:
        leg = event.session.owner
        if isinstance(leg, Leg):
            self._arrivals.on_info(leg, event.request)

    def _on_response(self, event: ResponseReceived) -> None:
        self.trunks.on_answer(event.transaction, event.response)

    def _on_request_failed(self, event: RequestFailed) -> None:
        self.trunks.on_failure(event.transaction, event.cause)

    # --- the end --------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """A clean stop: every call is hung up and written, every provider told."""
        for call in list(self.calls.values()):
            call.shut_down()
        self.trunks.stop_all()
        self._flush_due = True
        self.turn()
        self.tenants.save_all()


def _ignore(event: object) -> None:
    """What the switch has nothing to do for."""


def is_address(host: str) -> bool:
    """Whether this is an IP address and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _devices(snapshots: Iterable[Snapshot]) -> dict[str, Device]:
    """All devices by their SIP user name."""
    return {
        username: device
        for snapshot in snapshots
        for username, device in snapshot.devices_by_username.items()
    }
