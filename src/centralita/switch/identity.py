"""What a callee is told of the caller: From, asserted identity, diversion, and credentials for the trunk.

Names come from strangers: control characters and quotes never reach a header field.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from centralita.pbx import numbering
from centralita.pbx.callcontrol import Attempt, Caller
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.outbound.shown import shown_number
from centralita.sip.credentials import Credentials

ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
"""RFC 3323 §4.1.1.3."""


@dataclass(frozen=True, slots=True)
class CallerIdentity:
    """How one outgoing INVITE presents its caller."""

    from_: str
    headers: tuple[tuple[str, str], ...] = ()
    credentials: Credentials | None = None
    contact_user: str = ""


def towards_phone(
    caller: Caller, host: str, *, name_prefix: str, diverted_by: str, hops: int
) -> CallerIdentity:
    """For a phone of ours: the number as known, the name with what tells by which number the call came."""
    headers: list[tuple[str, str]] = [("max-forwards", str(hops))]
    if diverted_by:
        headers.append(("diversion", f"<sip:{diverted_by}@{host}>;reason=unconditional"))
    if not caller.number:
        return CallerIdentity(
            f'"{clean_name(f"{name_prefix} Anonymous".strip())}" <sip:anonymous@anonymous.invalid>',
            tuple(headers),
        )
    name = clean_name(f"{name_prefix} {caller.name}".strip())
    address = f"<sip:{caller.number}@{host}>"
    return CallerIdentity(f'"{name}" {address}' if name else address, tuple(headers))


def towards_trunk(
    snapshot: Snapshot, attempt: Attempt, caller: Caller, host: str, *, hops: int
) -> CallerIdentity:
    """For a provider: the number that the attempt shows, written as the trunk wants it.

    A forwarded call presents a number of the tenant's, or the caller's where the trunk passes that on; the caller's name goes
    with it, P-Asserted-Identity is the tenant's in any case, and Diversion says whose forwarding it is. An emergency call says so, and where help is wanted.
    """
    trunk = attempt.trunk
    user = attempt.on_behalf_of or caller.user
    country = trunk.country or snapshot.first_site.country

    def written(number: str) -> str:
        return numbering.present(number, trunk.number_format, country)

    number = attempt.shown
    own = number if number in snapshot.plan.outbound.owned else shown_number(snapshot, user).number
    name = clean_name(caller.name or (user.name if user else ""))
    headers: list[tuple[str, str]] = [("max-forwards", str(hops))]
    if own:
        headers.append(("p-asserted-identity", f"<sip:{written(own)}@{trunk.host}>"))
        if attempt.on_behalf_of is not None or number != own:
            headers.append(("diversion", f"<sip:{written(own)}@{trunk.host}>;reason=unconditional"))
    shown = written(number) if number else trunk.username or "anonymous"
    if attempt.emergency:
        site = snapshot.site_of(user) if user is not None else snapshot.first_site
        headers += _emergency_headers(site)
    from_ = f'"{name}" <sip:{shown}@{trunk.host}>' if name else f"<sip:{shown}@{trunk.host}>"
    credentials = None
    if trunk.password is not None and trunk.username:
        credentials = Credentials(trunk.username, trunk.password.get_secret_value())
    return CallerIdentity(from_, tuple(headers), credentials, trunk.username or trunk.id)


def _emergency_headers(site: Site) -> list[tuple[str, str]]:
    """Priority (RFC 3261 §20.26), and the postal address as a text by value (RFC 2397) that a provider may hand on.

    Call-Info says what it is for (RFC 7852 §4.5, Comment). A provider that does not know it ignores it (RFC 3261 §20.9).
    """
    headers = [("priority", "emergency")]
    if site.location:
        text = quote(site.location, safe="")
        headers.append(
            ("call-info", f"<data:text/plain;charset=utf-8,{text}>;purpose=EmergencyCallData.Comment")
        )
    return headers


def clean_name(name: str) -> str:
    """A display name safe within quotes: no control characters, quotes or backslashes; 64 characters at most."""
    if name.isalnum():
        return name[:64]
    return "".join(char for char in name if char.isprintable() and char not in '"\\')[:64].strip()
