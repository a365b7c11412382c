"""What people do for themselves: their greeting, their telephones, the calls that they missed."""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import pytest

from centralita import control
from centralita.accounts import Role
from centralita.pbx.configuration.entries import Entry
from centralita.pbx.vocabulary import Outcome
from centralita.store.database import Database
from centralita.store.records import RecordStore
from centralita.web.softphones import NAMESPACE, SipAccount, linphone
from support.switch_double import switch_double
from support.web_calls import journey, message, sound
from support.web_world import World

USERS = "/api/v1/tenants/demo/users"
GREETING = f"{USERS}/ana/greeting"
VOICEMAIL = "/api/v1/tenants/demo/voicemail"
CALLS = "/api/v1/tenants/demo/calls"
WAV = {"Content-Type": "audio/wav"}


def recording(tmp_path: Path, seconds: float = 2.0, rate: int = 16_000) -> bytes:
    return sound(tmp_path / "upload" / "take.wav", seconds, rate).read_bytes()


def test_a_greeting_is_written_anew_and_heard(world: World, tmp_path: Path) -> None:
    ana = world.client(Role.USER, user="ana")
    nothing = ana.get(GREETING)
    assert (nothing.status_code, nothing.json()["code"]) == (404, "default-greeting")
    upload = recording(tmp_path) + b"<script>alert(1)</script>"
    put = ana.put(GREETING, content=upload, headers=WAV)
    assert put.status_code == 200
    assert put.json()["seconds"] == pytest.approx(2.0, abs=0.3)
    heard = ana.get(GREETING)
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
    assert b"script" not in heard.content
    with wave.open(BytesIO(heard.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
    # The very file that the exchange plays.
    assert (world.settings.voicemail_folder / "demo" / "ana" / "greeting.wav").read_bytes() == heard.content
    assert ana.delete(GREETING).status_code == 204
    assert ana.get(GREETING).status_code == 404
    assert ana.delete(GREETING).status_code == 204
    noted = [(entry.action, entry.target) for entry in world.parts.audit.page("demo")]
    assert noted == [("voicemail.greeting", "user/ana")] * 2


def test_what_is_no_sound_is_no_greeting(world: World, tmp_path: Path) -> None:
    ana = world.client(Role.USER, user="ana")
    for body in (b"", b"<html>", b"RIFF" + bytes(100), b"ID3" + bytes(2000)):
        refused = ana.put(GREETING, content=body, headers=WAV)
        assert (refused.status_code, refused.json()["code"]) in ((422, "no-sound"), (422, "invalid"))
    long = ana.put(GREETING, content=recording(tmp_path, 125.0, 8000), headers=WAV)
    assert long.status_code == 422
    assert "120 seconds" in long.text
    assert ana.get(GREETING).status_code == 404
    assert list((world.settings.voicemail_folder).glob("**/tmp/*")) == []


def test_a_greeting_is_its_owners_and_the_administrators(world: World, tmp_path: Path) -> None:
    admin, luis = world.client(Role.ADMIN), world.client(Role.USER, user="luis")
    upload = recording(tmp_path)
    assert admin.put(GREETING, content=upload, headers=WAV).status_code == 200
    assert admin.get(GREETING).status_code == 200
    for refused in (
        luis.get(GREETING),
        luis.put(GREETING, content=upload, headers=WAV),
        luis.delete(GREETING),
    ):
        assert refused.status_code == 403
    assert world.client(Role.AUDITOR).get(GREETING).status_code == 403
    assert admin.get(f"{USERS}/nobody/greeting").status_code == 404
    assert admin.put(f"{USERS}/nobody/greeting", content=upload, headers=WAV).status_code == 404
    assert admin.put(f"{USERS}/..%2f..%2fx/greeting", content=upload, headers=WAV).status_code in (404, 405)
    assert world.client(Role.ADMIN, tenant="other").get(GREETING).status_code == 404


def test_a_message_can_wait_to_be_heard_again(world: World) -> None:
    first = message(world.settings, "ana", 1000.0)
    ana = world.client(Role.USER, user="ana")
    assert ana.patch(f"{VOICEMAIL}/ana/{first}", json={"heard": True}).json()["heard"] is True
    assert ana.patch(f"{VOICEMAIL}/ana/{first}", json={"heard": False}).json()["heard"] is False
    assert [one["id"] for one in ana.get(f"{VOICEMAIL}?heard=false").json()["items"]] == [first]
    luis = world.client(Role.USER, user="luis")
    assert luis.patch(f"{VOICEMAIL}/ana/{first}", json={"heard": False}).status_code == 403


def test_missed_calls_are_those_that_were_for_one_and_did_not_find_one(world: World) -> None:
    database = Database(world.settings.database)
    RecordStore(database).save(
        [
            journey("answered", 11, rung="ana"),
            journey("rang", 12, rung="ana", outcome=Outcome.NO_ANSWER),
            journey("own", 13, user="ana", outcome=Outcome.NO_ANSWER),
            journey("his", 14, rung="luis", outcome=Outcome.NO_ANSWER),
        ],
        [],
        "main",
        (2, 0),
    )
    database.close()
    ana = world.client(Role.USER, user="ana")
    assert [one["id"] for one in ana.get(f"{CALLS}?missed=true").json()["items"]] == ["rang", "c4"]
    assert len(ana.get(CALLS).json()["items"]) > 2
    admin = world.client(Role.ADMIN)
    assert [one["id"] for one in admin.get(f"{CALLS}?missed=true&user=luis").json()["items"]][:1] == ["his"]
    nobody = admin.get(f"{CALLS}?missed=true")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "no-extension")


# --- telephones -----------------------------------------------------------------------------------------------------


@pytest.fixture
def office(world: World) -> World:
    devices = [
        {"kind": "device", "id": "ana-desk", "user": "ana", "name": "Desk", "password": "Correct-Horse-1"},
        {"kind": "device", "id": "luis", "user": "luis", "password": "Correct-Horse-2"},
    ]
    world.parts.configs.apply([Entry(each) for each in devices], tenant="demo", merge=True)
    return world


def test_ones_own_telephones_with_where_they_are(office: World) -> None:
    ana = office.client(Role.USER, user="ana")
    (lost,) = ana.get(f"{USERS}/ana/devices").json()
    assert (lost["id"], lost["username"], lost["registered"], lost["contacts"]) == (
        "ana-desk",
        "demo-ana-desk",
        None,
        [],
    )
    with switch_double(office.settings.switch_socket) as switch:
        switch.replies["registrations"] = control.RegistrationList(
            [
                control.Registration(
                    device="demo-ana-desk",
                    user="ana",
                    tenant="demo",
                    contact="sip:x@192.0.2.9",
                    address="UDP:192.0.2.9:5060",
                    user_agent="Yealink SIP-T46S 66.84.0.15",
                    expires_in=60.0,
                    since=office.clock() - 3600,
                )
            ]
        )
        (desk,) = ana.get(f"{USERS}/ana/devices").json()
        assert desk["registered"] is True
        (contact,) = desk["contacts"]
        assert contact["user_agent"] == "Yealink SIP-T46S 66.84.0.15"
        assert contact["since"] < contact["expires_at"]
        (other,) = office.client(Role.AUDITOR).get(f"{USERS}/luis/devices").json()
        assert (other["registered"], other["contacts"]) == (False, [])
        assert "password" not in other
        live = office.client(Role.ADMIN).get("/api/v1/tenants/demo/live/registrations").json()
        assert live[0]["since"] == contact["since"]
    assert ana.get(f"{USERS}/luis/devices").status_code == 403


def entries(xml: bytes) -> dict[tuple[str, str], str]:
    root = ElementTree.fromstring(xml)
    return {
        (section.attrib["name"], entry.attrib["name"]): entry.text or ""
        for section in root.iter(f"{{{NAMESPACE}}}section")
        for entry in section.iter(f"{{{NAMESPACE}}}entry")
    }


def test_a_new_password_is_shown_once_and_fetched_once(office: World) -> None:
    ana = office.client(Role.USER, user="ana")
    before = max(each.number for each in office.parts.configs.versions("demo"))
    with switch_double(office.settings.switch_socket) as switch:
        made = ana.post(f"{USERS}/ana/devices/ana-desk/password")
        assert [each.__struct_config__.tag for each in switch.asked] == ["reload"]
    assert made.status_code == 200
    setup = made.json()
    password = setup["password"]
    assert len(password) >= 20
    stored = office.parts.configs.snapshot("demo").devices["ana-desk"]
    assert stored.password is not None
    assert stored.password.get_secret_value() == password
    assert max(each.number for each in office.parts.configs.versions("demo")) == before + 1
    assert (setup["username"], setup["extension"], setup["port"], setup["transport"]) == (
        "demo-ana-desk",
        "101",
        office.settings.sip_port,
        "udp",
    )
    assert setup["qr"] == setup["url"]
    path = setup["url"].removeprefix("http://testserver")
    phone = office.stranger()
    fetched = phone.get(path)
    assert (fetched.status_code, fetched.headers["content-type"]) == (200, "application/xml")
    assert fetched.headers["cache-control"] == "no-store"
    found = entries(fetched.content)
    assert found["auth_info_0", "passwd"] == password
    assert found["auth_info_0", "username"] == "demo-ana-desk"
    assert found["proxy_0", "reg_identity"].startswith('"Ana" <sip:demo-ana-desk@')
    again = phone.get(path)
    assert (again.status_code, again.json()["code"]) == (404, "link-invalid")
    entries_noted = [(each.action, each.target) for each in office.parts.audit.page("demo")]
    assert entries_noted == [("device.fetch", "device/ana-desk"), ("device.password", "device/ana-desk")]
    assert password not in str(office.parts.audit.page("demo"))
    listed = office.client(Role.ADMIN).get("/api/v1/tenants/demo/devices").text
    assert password not in listed


def test_a_telephone_more_is_set_up_without_a_new_password(office: World) -> None:
    ana = office.client(Role.USER, user="ana")
    setup = ana.post(f"{USERS}/ana/devices/ana-desk/setup").json()
    assert setup["password"] == ""
    later = ana.post(f"{USERS}/ana/devices/ana-desk/setup").json()
    phone = office.stranger()
    assert phone.get(setup["url"].removeprefix("http://testserver")).status_code == 404
    office.clock.at += 599
    fetched = phone.get(later["url"].removeprefix("http://testserver"))
    assert entries(fetched.content)["auth_info_0", "passwd"] == "Correct-Horse-1"


def test_a_link_is_good_for_minutes(office: World) -> None:
    setup = office.client(Role.ADMIN).post(f"{USERS}/luis/devices/luis/setup").json()
    office.clock.at += 601
    assert office.stranger().get(setup["url"].removeprefix("http://testserver")).status_code == 404


def test_nobody_sets_up_anothers_telephone(office: World) -> None:
    ana = office.client(Role.USER, user="ana")
    for what in ("password", "setup"):
        assert ana.post(f"{USERS}/luis/devices/luis/{what}").status_code == 403
        # Another's device by way of one's own name.
        assert ana.post(f"{USERS}/ana/devices/luis/{what}").status_code == 404
        assert office.client(Role.AUDITOR).post(f"{USERS}/luis/devices/luis/{what}").status_code == 403


def test_names_are_harmless_in_what_a_telephone_fetches() -> None:
    name = 'A "quoted" <b>&\\ name'
    found = entries(linphone(SipAccount(name, "demo-ana", "p<&>w", "2001:db8::1", 5080, "centralita")))
    assert found["auth_info_0", "passwd"] == "p<&>w"
    assert found["proxy_0", "reg_identity"] == '"A quoted <b>& name" <sip:demo-ana@[2001:db8::1]>'
    assert found["proxy_0", "reg_proxy"] == "<sip:[2001:db8::1]:5080;transport=udp>"


def test_everybody_sees_who_works_here_and_nothing_else_of_them(world: World) -> None:
    found = world.client(Role.USER, user="ana").get("/api/v1/tenants/demo/directory")
    assert found.status_code == 200
    lines = found.json()
    assert {"user": "ana", "name": "Ana", "extension": "101"} in [
        {**line, "name": line["name"].split()[0]} for line in lines
    ]
    assert all(line.keys() == {"user", "name", "extension"} for line in lines)
    assert [line["name"] for line in lines] == sorted(line["name"] for line in lines)
    assert world.client(Role.USER, user="ana").get("/api/v1/tenants/other/directory").status_code == 404
