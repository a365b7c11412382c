"""How callers are presented, and that nothing of theirs breaks out of a header field."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from centralita.pbx.callcontrol import Attempt, Caller
from centralita.pbx.model.number import Number
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.trunk import Trunk
from centralita.pbx.model.user import User
from centralita.pbx.vocabulary import TenantId
from centralita.switch.identity import clean_name, towards_phone, towards_trunk


def office(user_number: str = "", site_number: str = "") -> Snapshot:
    return Snapshot(
        TenantId("office"),
        1,
        [
            Site(id="hq", number=site_number),
            User(id="ana", name="Ana Núñez", site="hq", extension="101", number=user_number),
            Trunk.model_validate(
                {
                    "id": "t",
                    "host": "sip.example.com",
                    "username": "acc",
                    "password": "pw",
                    "number_format": "e164",
                }
            ),
            Number(id="n", number="+34910000001", destination="user:ana"),
        ],
        {},
    )


def attempt(snapshot: Snapshot, on_behalf_of: User | None = None) -> Attempt:
    number = "+34932000000"
    return Attempt(snapshot.trunks["t"], number, number, "+34910000009", on_behalf_of=on_behalf_of)


def test_a_trunk_is_shown_a_number_as_it_reads_them() -> None:
    snapshot = office("+34910000009")
    user = snapshot.users["ana"]
    caller = Caller("101", user.name, user, "es", "ES")
    identity = towards_trunk(snapshot, attempt(snapshot), caller, "192.0.2.1", hops=69)
    assert identity.from_ == '"Ana Núñez" <sip:34910000009@sip.example.com>'
    assert identity.credentials is not None
    assert "pw" not in repr(identity)


def test_a_forwarded_call_shows_whose_forwarding_it_is() -> None:
    snapshot = office("+34910000009")
    caller = Caller("+34600000001", "", None, "es", "ES")
    identity = towards_trunk(
        snapshot, attempt(snapshot, on_behalf_of=snapshot.users["ana"]), caller, "h", hops=69
    )
    assert "34910000009" in identity.from_
    assert any(name == "diversion" for name, _ in identity.headers)


def test_a_withheld_number_is_not_shown() -> None:
    identity = towards_phone(
        Caller("", "Ana", None, "es", "ES"), "h", name_prefix="Sales", diverted_by="", hops=5
    )
    assert "Ana" not in identity.from_
    assert identity.from_ == '"Sales Anonymous" <sip:anonymous@anonymous.invalid>'


@given(st.text())
def test_a_name_never_breaks_out(name: str) -> None:
    cleaned = clean_name(name)
    assert not set(cleaned) & set('"\\\r\n\0')
    assert len(cleaned) <= 64


def test_a_call_for_help_says_so_and_where() -> None:
    snapshot = office("+34910000009", "+34910000008")
    site = snapshot.sites["hq"].model_copy(update={"location": 'Calle "Mayor" 1,\u00a02º <Madrid>'})
    snapshot.sites["hq"] = site
    user = snapshot.users["ana"]
    help_call = Attempt(snapshot.trunks["t"], "112", "112", "+34910000008", emergency=True)
    identity = towards_trunk(snapshot, help_call, Caller("101", "Ana", user, "es", "ES"), "h", hops=69)
    headers = dict(identity.headers)
    assert headers["priority"] == "emergency"
    assert headers["p-asserted-identity"] == "<sip:34910000008@sip.example.com>"
    address, _, purpose = headers["call-info"].partition(">;")
    assert purpose == "purpose=EmergencyCallData.Comment"
    assert not set(address[1:]) & set('"<> \r\n')
    assert unquote(address).endswith(site.location)


def test_a_stranger_who_is_passed_on_stands_beside_our_own_number() -> None:
    snapshot = office("+34910000009")
    passed_on = replace(attempt(snapshot, on_behalf_of=snapshot.users["ana"]), shown="+34600000001")
    caller = Caller("+34600000001", "", None, "es", "ES")
    identity = towards_trunk(snapshot, passed_on, caller, "h", hops=69)
    headers = dict(identity.headers)
    assert "34600000001" in identity.from_
    assert "34910000009" in headers["p-asserted-identity"]
    assert "34910000009" in headers["diversion"]
