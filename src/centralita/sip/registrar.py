"""The binding table (RFC 3261 §10.3, RFC 3327): which contacts an address of record has, and for how long.

Who may register what has been decided before; where bindings outlive the process, and what a device is, is left to the
switch. Nothing here reads a clock: ``now`` is seconds since the epoch.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from sys import intern

from centralita.sip.address import NameAddress
from centralita.sip.errors import ParseError
from centralita.sip.flow import Flow
from centralita.sip.grammar import quote
from centralita.sip.message import Request
from centralita.sip.uri import Uri

# What one binding may hold, in characters: memory is bounded by the number of bindings.
_LONGEST_CONTACT = 512
_LONGEST_CALL_ID = 255
_LONGEST_PATH = 1024
_LONGEST_INSTANCE = 128
_LONGEST_USER_AGENT = 128
_MOST_CONTACTS_NAMED = 20


@dataclass(frozen=True, slots=True)
class ExpiryBounds:
    """Seconds that a binding lasts: the least that is granted, what one gets without asking, and the most."""

    min: int = 60
    default: int = 300
    max: int = 3600


@dataclass(frozen=True, slots=True)
class ContactBinding:
    """One contact of one address of record."""

    contact: str
    """The URI as registered."""
    flow: Flow
    """Whence the REGISTER came."""
    path: tuple[str, ...]
    """Path values, topmost first."""
    expires_at: float
    call_id: str
    cseq: int
    q: float = 1.0
    instance: str = ""
    """``+sip.instance`` without its quotes, or empty."""
    user_agent: str = ""
    since: float = 0.0
    """When this contact came; what refreshes it leaves that. 0: it is not known."""


@dataclass(frozen=True, slots=True)
class RegisterOutcome:
    """What to answer, and what became of the bindings."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    """Contact, Path, Supported, Min-Expires: canonical names, to be added to the response."""
    changed: bool
    """Whether ``bindings`` differ from before, be it in their expiry: they have to be saved."""
    bindings: tuple[ContactBinding, ...]
    """Those of the address of record now, best first."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One Contact value of a REGISTER."""

    contact: str
    uri: Uri
    expires: int
    q: float
    instance: str


class _Refused(Exception):
    def __init__(self, status: int, reason: str, *headers: tuple[str, str]) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers


class Registrar:
    """All bindings of all addresses of record."""

    def __init__(self, bounds: ExpiryBounds | None = None) -> None:
        self.bounds = bounds or ExpiryBounds()
        self.count = 0
        """Bindings in the table, those included that expired since the last ``expire``."""
        self._bindings: dict[str, tuple[ContactBinding, ...]] = {}
        #: Address of record → when its first binding expires, as it is queued in the heap; older entries are void.
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        #: Connection → addresses of record that have a binding over it.
        self._over: dict[Flow, set[str]] = {}

    def register(
        self, aor: str, request: Request, flow: Flow, now_wall: float, max_contacts: int
    ) -> RegisterOutcome:
        """Take a REGISTER, all of it or nothing (§10.3). Status 200, 400, 403 (too many contacts), 423 or 500."""
        before = self._bindings.get(aor, ())
        alive = [binding for binding in before if binding.expires_at > now_wall]
        try:
            after, headers = self._apply(alive, request, flow, now_wall, max_contacts)
        except ParseError as error:
            return RegisterOutcome(400, f"Bad Request ({error.reason})", (), False, tuple(alive))
        except _Refused as refused:
            return RegisterOutcome(refused.status, refused.reason, refused.headers, False, tuple(alive))
        changed = after != before
        if changed:
            self._put(aor, after)
        listed = tuple(("contact", _listed(binding, now_wall)) for binding in after)
        return RegisterOutcome(200, "OK", listed + headers, changed, after)

    def lookup(self, aor: str, now: float) -> tuple[ContactBinding, ...]:
        """The bindings that have not expired, highest q first, the most recent first among equals."""
        bindings = self._bindings.get(aor, ())
        for binding in bindings:
            if binding.expires_at <= now:
                return tuple(binding for binding in bindings if binding.expires_at > now)
        return bindings

    def restore(self, aor: str, bindings: Iterable[ContactBinding]) -> None:
        """Put back what was saved, in place of what there is."""
        self._put(aor, tuple(bindings))

    def expire(self, now: float) -> list[str]:
        """Drop what has expired. Gives the addresses of record that have lost a binding; call it every few seconds."""
        lost: list[str] = []
        while self._heap and self._heap[0][0] <= now:
            when, aor = heapq.heappop(self._heap)
            if self._due.get(aor) != when:
                continue
            del self._due[aor]
            bindings = self._bindings[aor]
            alive = tuple(binding for binding in bindings if binding.expires_at > now)
            if alive != bindings:
                lost.append(aor)
            self._put(aor, alive)
        return lost

    def forget_flow(self, flow: Flow) -> list[str]:
        """A connection was closed: nobody is reached over it any more. Gives the addresses that have lost a binding."""
        lost = sorted(self._over.get(flow, ()))
        for aor in lost:
            self._put(aor, tuple(binding for binding in self._bindings[aor] if binding.flow != flow))
        return lost

    def all(self) -> Iterator[tuple[str, tuple[ContactBinding, ...]]]:
        """Every address of record with its bindings, those included that expired since the last ``expire``."""
        return iter(self._bindings.items())

    def __len__(self) -> int:
        """Addresses of record that have a binding."""
        return len(self._bindings)

    def _apply(
        self,
        bindings: list[ContactBinding],
        request: Request,
        flow: Flow,
        now: float,
        max_contacts: int,
    ) -> tuple[tuple[ContactBinding, ...], tuple[tuple[str, str], ...]]:
        """The bindings after this request and the header fields of its answer but for Contact."""
        values = request.headers.values("contact")
        call_id = request.headers.get("call-id") or ""
        cseq = _cseq(request)
        if len(call_id) > _LONGEST_CALL_ID:
            raise ParseError("Call-ID too long")
        path = _path(request)
        headers = _path_headers(request, path)
        if values == ["*"]:
            if (request.headers.get("expires") or "").strip() != "0":
                raise ParseError("Contact: * needs Expires: 0")
            for binding in bindings:
                _check_order(binding, call_id, cseq)
            return (), headers
        if "*" in values:
            raise ParseError("Contact: * stands alone")
        if len(values) > _MOST_CONTACTS_NAMED:
            raise ParseError("too many contacts named")
        asked = [self._asked(value, request) for value in values]
        # One text for all phones of a make.
        user_agent = intern((request.headers.get("user-agent") or "")[:_LONGEST_USER_AGENT])
        after = list(bindings)
        fresh: list[ContactBinding] = []
        for contact in asked:
            known = _find(after, contact) or _find(fresh, contact)
            if known is not None:
                if known in after:
                    _check_order(known, call_id, cseq)
                    after.remove(known)
                else:
                    fresh.remove(known)
            if contact.expires:
                fresh.append(
                    ContactBinding(
                        contact.contact,
                        flow,
                        path,
                        now + contact.expires,
                        call_id,
                        cseq,
                        contact.q,
                        contact.instance,
                        user_agent,
                        known.since if known is not None else now,
                    )
                )
        if fresh and len(after) + len(fresh) > max_contacts:
            raise _Refused(403, "Too many contacts")
        return tuple(sorted(fresh + after, key=lambda binding: -binding.q)), headers

    def _asked(self, value: str, request: Request) -> _Asked:
        """Read one Contact value. Raises ParseError, or _Refused for an interval too brief."""
        address = NameAddress.parse(value)
        contact = str(address.uri)
        if address.uri.scheme not in ("sip", "sips"):
            raise ParseError("the contact is no SIP URI")
        if len(contact) > _LONGEST_CONTACT:
            raise ParseError("the contact is too long")
        expires = self._expires(address.parameter("expires"), request.headers.get("expires"))
        instance = address.parameter("+sip.instance") or ""
        if len(instance) > _LONGEST_INSTANCE:
            raise ParseError("the instance is too long")
        return _Asked(contact, address.uri, expires, _q(address.parameter("q")), instance)

    def _expires(self, parameter: str | None, header: str | None) -> int:
        """Seconds granted, 0 for a removal. What cannot be read is as if it were not there (§20.19 says 3600)."""
        bounds = self.bounds
        wanted = _seconds(parameter)
        if wanted is None:
            wanted = _seconds(header)
        if wanted is None:
            wanted = bounds.default
        if 0 < wanted < bounds.min:
            raise _Refused(423, "Interval Too Brief", ("min-expires", str(bounds.min)))
        return min(wanted, bounds.max)

    def _put(self, aor: str, bindings: tuple[ContactBinding, ...]) -> None:
        """Replace the bindings of an address of record, and what is remembered of them elsewhere."""
        before = self._bindings.get(aor, ())
        self.count += len(bindings) - len(before)
        for binding in before:
            users = self._over.get(binding.flow)
            if users is not None:
                users.discard(aor)
                if not users:
                    del self._over[binding.flow]
        if not bindings:
            self._bindings.pop(aor, None)
            self._due.pop(aor, None)
            return
        self._bindings[aor] = bindings
        for binding in bindings:
            if binding.flow.reliable:
                self._over.setdefault(binding.flow, set()).add(aor)
        # One entry in the heap per address: where the expiry moves on, the entry comes up and is put back.
        first = min(binding.expires_at for binding in bindings)
        if self._due.get(aor, first + 1) > first:
            self._due[aor] = first
            heapq.heappush(self._heap, (first, aor))


def _find(bindings: Sequence[ContactBinding], asked: _Asked) -> ContactBinding | None:
    """The binding that this contact replaces: the same instance (a phone that came up with another address), or a URI
    that means the same (§10.3 step 7)."""
    for binding in bindings:
        if binding.contact == asked.contact or Uri.parse(binding.contact).matches(asked.uri):
            return binding
    for binding in bindings:
        if asked.instance and binding.instance == asked.instance:
            return binding
    return None


def _check_order(binding: ContactBinding, call_id: str, cseq: int) -> None:
    """§10.3: within one Call-ID, what is not newer than what made the binding must not change it."""
    if binding.call_id == call_id and cseq <= binding.cseq:
        raise _Refused(500, "CSeq out of order")


def _cseq(request: Request) -> int:
    number = (request.headers.get("cseq") or "").partition(" ")[0]
    if not (number.isascii() and number.isdigit()):
        raise ParseError("malformed CSeq")
    return int(number)


def _seconds(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit()):
        return None
    return int(text) if len(text) < 11 else 2**32 - 1


def _q(text: str | None) -> float:
    """0 to 1 with three decimals at most (RFC 3261 §25.1)."""
    if text is None:
        return 1.0
    whole, _, decimals = text.partition(".")
    if whole not in ("0", "1") or len(decimals) > 3 or not (decimals or "0").isdigit() or not text.isascii():
        raise ParseError("malformed q")
    value = float(text)
    if value > 1:
        raise ParseError("malformed q")
    return value


def _path(request: Request) -> tuple[str, ...]:
    path = tuple(str(NameAddress.parse(value)) for value in request.headers.values("path"))
    if sum(map(len, path)) > _LONGEST_PATH:
        raise ParseError("Path too long")
    return path


def _path_headers(request: Request, path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """RFC 3327 §5.3: a UA that understands Path is shown the one that was kept."""
    if not path or not request.headers.has_token("supported", "path"):
        return ()
    return (*(("path", value) for value in path), ("supported", "path"))


def _listed(binding: ContactBinding, now: float) -> str:
    text = f"<{binding.contact}>;expires={max(1, round(binding.expires_at - now))}"
    if binding.q != 1.0:
        text += f";q={binding.q:g}"
    if binding.instance:
        text += f";+sip.instance={quote(binding.instance)}"
    return text
