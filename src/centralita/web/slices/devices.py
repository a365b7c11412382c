"""``/tenants/{tenant}/users/{id}/devices``: a user's telephones, where they are now, and what one needs to be set up.

One's own, or for administrators anybody's; a password is shown once. ``/provisioning/{code}`` is where a telephone that has read
the QR code fetches its settings, once and within minutes.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from centralita.accounts import AuditEntry, new_secret, secret_hash
from centralita.control import Registration, RequestRefused, SwitchUnavailable
from centralita.pbx.configuration.difference import HIDDEN
from centralita.pbx.configuration.editing import Edit, How
from centralita.pbx.model.device import Device
from centralita.pbx.model.user import User
from centralita.web.desk import AtDesk, Desk, parts_of
from centralita.web.doorman import source_of
from centralita.web.own import UserId, reach_of, require_user
from centralita.web.problems import Problem
from centralita.web.softphones import SipAccount, linphone

if TYPE_CHECKING:
    from centralita.web.parts import WebParts

router = APIRouter(prefix="/tenants/{tenant}/users/{id}/devices", tags=["users"])
fetching = APIRouter(prefix="/provisioning", tags=["users"])

LINK_SECONDS = 600.0
DeviceName = Annotated[str, Path(max_length=63, description="The device's id.")]
_XML: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/xml": {"schema": {"type": "string"}}}, "description": "Its settings"}
}


class ContactBody(BaseModel):
    """Where a telephone has registered."""

    address: str
    """``UDP:192.0.2.1:5060``."""
    user_agent: str
    """Make, model and version, as the telephone says."""
    since: datetime | None
    expires_at: datetime


class OwnDevice(BaseModel):
    id: str
    name: str
    username: str
    registered: bool | None
    """None: the switch does not answer."""
    contacts: list[ContactBody]


class DeviceSetup(BaseModel):
    """What a telephone is set up by: one's hands, or a QR code."""

    device: str
    name: str
    """Of its user."""
    extension: str
    server: str
    port: int
    transport: str
    """udp; TCP is understood, too."""
    realm: str
    username: str
    password: Annotated[str, Field(repr=False)]
    """Shown this once; empty where it is the one that was made before."""
    url: str
    """Where the telephone fetches all of this, once (remote provisioning of Linphone, XML)."""
    qr: str
    """What the QR code has to hold."""
    expires_at: datetime
    """Until when."""


@router.get("", operation_id="list_user_devices")
def list_devices(desk: AtDesk, user: UserId) -> list[OwnDevice]:
    """With whether each is registered, and where."""
    parts = reach_of(desk, user, write=False)
    require_user(parts, desk, user)
    lines: list[Registration] | None = None
    with suppress(SwitchUnavailable, RequestRefused):
        lines = parts.switch.registrations(desk.tenant)
    return [_shown(device, lines, desk.now) for device in _devices(parts, desk, user)]


@router.post("/{device}/password", operation_id="renew_device_password")
def renew_password(desk: AtDesk, user: UserId, device: DeviceName, request: Request) -> DeviceSetup:
    """Give it a new password. Telephones that know the old one are rung no more; this is in force at once, in no draft."""
    parts = reach_of(desk, user, write=True)
    owner, found = _find(parts, desk, user, device)
    password = parts.make_password()
    with desk.together():
        parts.configs.edit(
            desk.tenant,
            [Edit(How.PATCH, "device", found.id, {"password": password})],
            author=desk.author,
            comment=f"new password of device {found.id}",
            as_draft=False,
            skip_tests=True,
        )
        desk.note("device.password", f"device/{found.id}", {"password": (HIDDEN, HIDDEN)})
    with suppress(SwitchUnavailable, RequestRefused):  # it finds it by itself, a little later
        parts.switch.reload(desk.tenant)
    return _setup(parts, desk, owner, found, request, password)


@router.post("/{device}/setup", operation_id="set_up_device")
def set_up(desk: AtDesk, user: UserId, device: DeviceName, request: Request) -> DeviceSetup:
    """A link by which a telephone sets itself up with the password that the device has. Links made before are good for nothing."""
    parts = reach_of(desk, user, write=True)
    owner, found = _find(parts, desk, user, device)
    desk.note("device.setup", f"device/{found.id}")
    return _setup(parts, desk, owner, found, request, "")


@fetching.get("/{code}", operation_id="fetch_device_settings", response_class=Response, responses=_XML)
def fetch(code: Annotated[str, Path(min_length=20, max_length=100)], request: Request) -> Response:
    """For the telephone: its settings, once."""
    parts = parts_of(request)
    link = parts.setup_links.take(secret_hash(code), parts.wall())
    device: Device | None = None
    if link is not None and link[0] in parts.configs.tenants():
        snapshot = parts.configs.snapshot(link[0])
        device = snapshot.devices.get(link[1])
    if link is None or device is None or device.password is None or device.username is None:
        raise Problem(404, "link-invalid", "This link was used, or is too old", mend="Ask for another one")
    parts.audit.add(
        AuditEntry(
            at=parts.wall(),
            tenant=link[0],
            account="",
            who="",
            source=source_of(request),
            via="link",
            action="device.fetch",
            target=f"device/{device.id}",
        )
    )
    sip = parts.sip
    account = SipAccount(
        snapshot.users[device.user].name,
        device.username,
        device.password.get_secret_value(),
        sip.host,
        sip.port,
        sip.realm,
    )
    return Response(linphone(account), media_type="application/xml")


def _devices(parts: WebParts, desk: Desk, user: str) -> list[Device]:
    return [
        item
        for item in parts.configs.objects(desk.tenant).values()
        if isinstance(item, Device) and item.user == user
    ]


def _find(parts: WebParts, desk: Desk, user: str, device: str) -> tuple[User, Device]:
    owner = require_user(parts, desk, user)
    found = next((item for item in _devices(parts, desk, user) if item.id == device), None)
    if found is None:
        raise Problem.not_found(f"{user} has no device {device}")
    return owner, found


def _shown(device: Device, lines: list[Registration] | None, now: float) -> OwnDevice:
    mine = [line for line in lines or () if line.device == device.username]
    return OwnDevice(
        id=device.id,
        name=device.name,
        username=device.username or "",
        registered=None if lines is None else bool(mine),
        contacts=[
            ContactBody(
                address=line.address,
                user_agent=line.user_agent,
                since=datetime.fromtimestamp(line.since, UTC) if line.since else None,
                expires_at=datetime.fromtimestamp(round(now + line.expires_in), UTC),
            )
            for line in mine
        ],
    )


def _setup(
    parts: WebParts, desk: Desk, owner: User, device: Device, request: Request, password: str
) -> DeviceSetup:
    secret, expires_at = new_secret(), desk.now + LINK_SECONDS
    parts.setup_links.add(secret_hash(secret), desk.tenant, device.id, desk.now, expires_at)
    origin = request.app.state.doorman.settings.origin or str(request.base_url).rstrip("/")
    url = f"{origin}/api/v1/provisioning/{secret}"
    return DeviceSetup(
        device=device.id,
        name=owner.name,
        extension=owner.extension or "",
        server=parts.sip.host,
        port=parts.sip.port,
        transport="udp",
        realm=parts.sip.realm,
        username=device.username or "",
        password=password,
        url=url,
        qr=url,
        expires_at=datetime.fromtimestamp(expires_at, UTC),
    )
