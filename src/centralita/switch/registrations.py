"""Where our devices are: REGISTER answered, bindings kept over a restart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from centralita.pbx.model.device import Device
from centralita.ports import Binding, Locations
from centralita.sip.errors import ParseError
from centralita.sip.events import RequestReceived
from centralita.sip.flow import Flow
from centralita.sip.message import Request
from centralita.sip.registrar import ContactBinding, Registrar
from centralita.sip.uri import Uri
from centralita.switch.gate import Barred, Challenged, FromDevice

if TYPE_CHECKING:
    from centralita.switch.exchange import Exchange

SWEEP_SECONDS = 5.0


class Registrations:
    """The registrar of the exchange. The address of record of a device is its SIP user name."""

    def __init__(self, exchange: Exchange, registrar: Registrar, locations: Locations) -> None:
        self._exchange = exchange
        self._registrar = registrar
        self._locations = locations

    def restore(self) -> int:
        """Take up the bindings of before the restart; the number of those that have not expired.

        A stream does not outlive the process, so its bindings go.
        """
        now = self._exchange.clock.wall()
        by_device: dict[str, list[ContactBinding]] = {}
        for binding in self._locations.load():
            if binding.expires_at > now and binding.flow.transport == "UDP":
                by_device.setdefault(binding.device, []).append(_restored(binding))
        for device, bindings in by_device.items():
            self._registrar.restore(device, bindings)
        return sum(map(len, by_device.values()))

    def bindings(self, device: Device) -> Iterable[ContactBinding]:
        """Where a device can be reached now, the preferred contact first."""
        if device.username is None:
            return ()
        return self._registrar.lookup(device.username, self._exchange.clock.wall())

    def all(self) -> Iterator[tuple[str, ContactBinding]]:
        """Every binding that has not expired, by SIP user name."""
        now = self._exchange.clock.wall()
        for username, bindings in self._registrar.all():
            for binding in bindings:
                if binding.expires_at > now:
                    yield username, binding

    def count(self) -> int:
        """Bindings, those included that expired since the last sweep."""
        return sum(len(bindings) for _, bindings in self._registrar.all())

    def on_register(self, event: RequestReceived) -> None:
        exchange = self._exchange
        now = exchange.clock.now()
        visitor = exchange.gate.authenticate(event.request, event.flow)
        match visitor:
            case FromDevice(device=device):
                self._register(event, device)
            case Challenged(headers=challenge):
                exchange.endpoint.respond(event.transaction, 401, headers=challenge, now=now)
            case Barred():
                exchange.endpoint.respond(event.transaction, 403, now=now)

    def _register(self, event: RequestReceived, device: Device) -> None:
        exchange = self._exchange
        now = exchange.clock.now()
        username = device.username
        assert username is not None, "a device that authenticated has a user name"
        if _address_of_record(event.request) != username:
            # Nobody registers another's address, whoever they are (RFC 3261 §10.3 step 4).
            exchange.endpoint.respond(event.transaction, 403, now=now)
            return
        outcome = self._registrar.register(
            username, event.request, event.flow, exchange.clock.wall(), device.max_contacts
        )
        if outcome.changed:
            self._locations.save(username, [_kept(username, binding) for binding in outcome.bindings])
            exchange.phones_changed(username)
        exchange.endpoint.respond(event.transaction, outcome.status, outcome.reason, outcome.headers, now=now)

    def sweep(self) -> None:
        """Drop what has expired, and come back."""
        clock = self._exchange.clock
        for username in self._registrar.expire(clock.wall()):
            self._save(username)
        clock.call_at(clock.now() + SWEEP_SECONDS, self.sweep)

    def flow_closed(self, flow: Flow) -> None:
        """A connection is gone, and with it the way to whoever registered over it."""
        for username in self._registrar.forget_flow(flow):
            self._save(username)

    def forget(self, username: str) -> None:
        """The device is no longer configured."""
        self._registrar.restore(username, ())
        self._locations.save(username, ())

    def _save(self, username: str) -> None:
        bindings = self._registrar.lookup(username, self._exchange.clock.wall())
        self._locations.save(username, [_kept(username, binding) for binding in bindings])
        self._exchange.phones_changed(username)


def _address_of_record(request: Request) -> str:
    text = request.headers.get("to") or ""
    text = text[text.find("<") + 1 : text.find(">")] if "<" in text else text.partition(";")[0]
    try:
        return (Uri.parse(text.strip()).user or "").lower()
    except ParseError:
        return ""


def _kept(username: str, binding: ContactBinding) -> Binding:
    return Binding(
        device=username,
        contact=binding.contact,
        flow=binding.flow,
        path=tuple(binding.path),
        expires_at=binding.expires_at,
        call_id=binding.call_id,
        cseq=binding.cseq,
        instance=binding.instance,
        user_agent=binding.user_agent,
        since=binding.since,
    )


def _restored(binding: Binding) -> ContactBinding:
    return ContactBinding(
        contact=binding.contact,
        flow=binding.flow,
        path=binding.path,
        expires_at=binding.expires_at,
        call_id=binding.call_id,
        cseq=binding.cseq,
        q=1.0,
        instance=binding.instance,
        user_agent=binding.user_agent,
        since=binding.since,
    )
