"""The control socket's server: answers what :mod:`centralita.control` asks, from the memory of the switch."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from centralita import __version__
from centralita.control import (
    MAX_REQUEST,
    AskCalls,
    AskHealth,
    AskOccupancy,
    AskRegistrations,
    AskReload,
    AskSecurity,
    AskTrunks,
    CallList,
    Health,
    JournalStatus,
    LiftBlock,
    Lifted,
    LiveCall,
    MediaStatus,
    Occupancy,
    Refusal,
    Registration,
    RegistrationList,
    Reloaded,
    Reply,
    TrunkList,
    TrunkStatus,
    decode_request,
    encode,
)
from centralita.switch import guesses
from centralita.switch.supervision import Supervision

if TYPE_CHECKING:
    from centralita.switch.call import Call
    from centralita.switch.exchange import Exchange


class ControlServer:
    """Serves one Unix socket."""

    def __init__(
        self,
        exchange: Exchange,
        media: Callable[[], list[MediaStatus]],
        connections: Callable[[], int],
        reload: Callable[[], Awaitable[None]],
        turn: Callable[[], None],
    ) -> None:
        self._supervision = Supervision(exchange)
        self._turn = turn
        self._exchange = exchange
        self._media = media
        self._connections = connections
        self._reload = reload
        self._started = exchange.clock.now()
        self._server: asyncio.Server | None = None

    async def listen(self, path: Path) -> None:
        """Take the place of a socket that a killed switch left. Raises OSError."""
        path.unlink(missing_ok=True)  # noqa: ASYNC240 - at the start, before anybody waits
        mask = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._serve, path=str(path), limit=MAX_REQUEST)
        finally:
            os.umask(mask)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(encode(await self._answer(line)))
                await writer.drain()
        except (ValueError, ConnectionError):
            pass  # an endless line, or a client that has gone
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> Reply:
        try:
            request = decode_request(line)
        except ValueError as error:
            return Refusal(str(error))
        match request:
            case AskCalls(tenant=tenant):
                return CallList(self._calls(tenant))
            case AskRegistrations(tenant=tenant):
                return RegistrationList(self._registrations(tenant))
            case AskTrunks(tenant=tenant):
                return TrunkList(self._trunks(tenant))
            case AskHealth():
                return self._health()
            case AskReload():
                try:
                    await self._reload()
                except Exception as error:  # noqa: BLE001 - whoever asked is told
                    return Refusal(f"the configuration could not be loaded: {error}")
                return Reloaded(self._versions())
            case AskOccupancy():
                return self._occupancy()
            case AskSecurity(tenant=tenant):
                return guesses.report(self._exchange.gate, tenant, self._exchange.clock.wall())
            case LiftBlock():
                try:
                    return Lifted(guesses.lift(self._exchange.gate, request))
                except guesses.NotTheirs as error:
                    return Refusal(str(error))
            case _:
                reply = self._supervision.answer(request)
                # What was changed is written down and sent on its way before whoever asked for it hears so.
                self._turn()
                return reply

    def _versions(self) -> dict[str, int]:
        return {tenant: snapshot.version for tenant, snapshot in self._exchange.snapshots.items()}

    def _calls(self, tenant: str) -> list[LiveCall]:
        now = self._exchange.clock.wall()
        calls = [
            call for call in self._exchange.calls.values() if not tenant or call.snapshot.tenant == tenant
        ]
        return [_live(call, now) for call in sorted(calls, key=lambda call: call.started_at)]

    def _registrations(self, tenant: str) -> list[Registration]:
        now = self._exchange.clock.wall()
        found = []
        for username, binding in self._exchange.registrations.all():
            known = self._exchange.gate.device(username)
            if known is None or (tenant and known[0].tenant != tenant):
                continue
            snapshot, device = known
            found.append(
                Registration(
                    device=username,
                    user=device.user,
                    tenant=snapshot.tenant,
                    contact=binding.contact,
                    address=":".join(map(str, binding.flow[:3])),
                    user_agent=binding.user_agent,
                    expires_in=round(binding.expires_at - now, 1),
                    since=binding.since,
                )
            )
        return sorted(found, key=lambda entry: (entry.tenant, entry.device))

    def _trunks(self, tenant: str) -> list[TrunkStatus]:
        return [
            TrunkStatus(
                id=state.trunk.id,
                tenant=state.tenant,
                state=state.state,
                detail=state.detail,
                since=state.since,
                calls=state.calls,
            )
            for state in self._exchange.trunks.all()
            if not tenant or state.tenant == tenant
        ]

    def _health(self) -> Health:
        exchange = self._exchange
        media = self._media()
        busy = exchange.endpoint.busy()
        ended: dict[str, dict[str, int]] = {}
        for (direction, outcome), count in exchange.ended.items():
            ended.setdefault(direction, {})[outcome] = count
        return Health(
            ok=not exchange.journal_trouble and any(worker.up for worker in media),
            version=__version__,
            uptime=round(exchange.clock.now() - self._started, 3),
            calls=len(exchange.calls),
            sessions=busy.sessions,
            transactions=busy.transactions,
            registrations=exchange.registrations.count(),
            media=media,
            journal=JournalStatus(ok=not exchange.journal_trouble, detail=exchange.journal_trouble),
            tenants=self._versions(),
            ended=ended,
            pid=os.getpid(),
        )

    def _occupancy(self) -> Occupancy:
        exchange = self._exchange
        busy = exchange.endpoint.busy()
        return Occupancy(
            calls=len(exchange.calls),
            sessions=busy.sessions,
            transactions=busy.transactions,
            timers=busy.timers,
            connections=self._connections(),
            ports=exchange.media.in_use(),
        )


def _live(call: Call, now: float) -> LiveCall:
    if call.place is not None and call.place.waiting:
        state = "queue"
    elif call.dial is not None:
        state = "ringing"
    elif call.answered_at is None:
        state = "routing"
    elif call.service:
        state = "voicemail" if call.service.startswith("voicemail") else "service"
    elif call.a.held or (call.b is not None and call.b.held):
        state = "held"
    else:
        state = "talking" if call.b is not None else "ending"
    answered_by = call.answered_by
    if call.b is not None and call.b.user is not None:
        answered_by = f"user:{call.b.user.id}"
    return LiveCall(
        journey=call.id,
        tenant=call.snapshot.tenant,
        direction=call.direction.value,
        caller=call.caller.number,
        caller_name=call.caller.name,
        user=call.caller.user.id if call.caller.user is not None else "",
        dialled=call.dialled,
        state=state,
        since=call.started_at,
        answered_at=call.answered_at,
        answered_by=answered_by,
        seconds=round(now - call.started_at, 3),
        node=call.node,
        queue=call.place.queue.id if call.place is not None else "",
        mos=_mos(call),
    )


def _mos(call: Call) -> float | None:
    """The worst of both parties and directions, up to now."""
    scores: list[float] = []
    for leg in (call.a, call.b):
        heard = leg.media.heard() if leg is not None and leg.media is not None else None
        if heard is not None:
            scores += [mos for mos in (heard.mos_in, heard.mos_out) if mos is not None]
    return min(scores, default=None)
