"""Recordings and voicemail over HTTP: who may listen, ranges, marks, and that what is deleted is gone."""

from __future__ import annotations

from centralita.accounts import Role
from support.web_calls import message, sound
from support.web_world import World

RECORDINGS = "/api/v1/tenants/demo/recordings"
VOICEMAIL = "/api/v1/tenants/demo/voicemail"


def recorded(world: World) -> bytes:
    path = sound(world.settings.data / "recordings/demo/2023/11/14/c2.wav")
    return path.read_bytes()


def test_recordings_are_listed_and_heard_by_those_who_may(world: World) -> None:
    audio = recorded(world)
    admin = world.client(Role.ADMIN)
    found = admin.get(RECORDINGS).json()["items"]
    assert [(each["call"], each["number"], each["there"]) for each in found] == [
        ("c5", 1, False),
        ("c2", 1, True),
    ]
    response = admin.get(f"{RECORDINGS}/c2/1")
    assert (response.status_code, response.headers["content-type"]) == (200, "audio/wav")
    assert response.content == audio
    assert admin.get(f"{RECORDINGS}/c5/1").status_code == 404
    assert admin.get(f"{RECORDINGS}/c2/2").status_code == 404
    assert admin.get(f"{RECORDINGS}/c1/1").status_code == 404
    supervisor = world.client(Role.SUPERVISOR, queues=("support",), user="ana")
    assert [each["call"] for each in supervisor.get(RECORDINGS).json()["items"]] == ["c2"]
    assert supervisor.get(f"{RECORDINGS}/c2/1").status_code == 200
    assert world.client(Role.SUPERVISOR, queues=("sales",)).get(f"{RECORDINGS}/c2/1").status_code == 404
    for role in (Role.USER, Role.AUDITOR):
        client = world.client(role, user="luis" if role is Role.USER else "")
        assert client.get(RECORDINGS).status_code == 403
        assert client.get(f"{RECORDINGS}/c2/1").status_code == 403
    assert world.client(Role.ADMIN, tenant="other").get(f"{RECORDINGS}/c2/1").status_code == 404


def test_a_player_asks_for_a_part(world: World) -> None:
    audio = recorded(world)
    response = world.client(Role.ADMIN).get(f"{RECORDINGS}/c2/1", headers={"Range": "bytes=100-199"})
    assert response.status_code == 206
    assert response.headers["content-range"] == f"bytes 100-199/{len(audio)}"
    assert response.content == audio[100:200]


def test_a_record_that_names_a_file_elsewhere_gives_nothing(world: World) -> None:
    elsewhere = sound(world.settings.data / "elsewhere.wav")
    link = world.settings.data / "recordings/demo/2023/11/14/c2.wav"
    link.parent.mkdir(parents=True)
    link.symlink_to(elsewhere)
    admin = world.client(Role.ADMIN)
    assert admin.get(f"{RECORDINGS}/c2/1").status_code == 404
    assert admin.delete(f"{RECORDINGS}/c2/1").status_code == 404
    assert elsewhere.exists()


def test_only_administrators_delete_a_recording(world: World) -> None:
    recorded(world)
    assert world.client(Role.SUPERVISOR, queues=("support",)).delete(f"{RECORDINGS}/c2/1").status_code == 403
    admin = world.client(Role.ADMIN)
    assert admin.delete(f"{RECORDINGS}/c2/1").status_code == 204
    assert admin.get(f"{RECORDINGS}/c2/1").status_code == 404
    assert admin.get("/api/v1/tenants/demo/calls/c2").status_code == 200
    assert [entry.action for entry in world.parts.audit.page("demo")] == ["recording.delete"]


def test_a_user_has_their_messages_and_nobody_elses(world: World) -> None:
    first = message(world.settings, "ana", 1000.0)
    second = message(world.settings, "ana", 2000.0)
    others = message(world.settings, "luis", 1500.0)
    ana = world.client(Role.USER, user="ana")
    found = ana.get(VOICEMAIL).json()["items"]
    assert [each["id"] for each in found] == [second, first]
    assert (found[0]["caller_name"], found[0]["heard"], found[0]["at"]) == (
        "<b>Eva",
        False,
        "1970-01-01T00:33:20Z",
    )
    assert ana.get(f"{VOICEMAIL}/ana/{first}/audio").content.startswith(b"RIFF")
    for path in (f"{VOICEMAIL}/luis/{others}", f"{VOICEMAIL}/luis/{others}/audio", f"{VOICEMAIL}?user=luis"):
        assert ana.get(path).status_code == 403
    assert ana.delete(f"{VOICEMAIL}/luis/{others}").status_code == 403
    assert ana.get(f"{VOICEMAIL}/ana/{others}").status_code == 404

    assert ana.patch(f"{VOICEMAIL}/ana/{first}", json={"heard": True}).json()["heard"] is True
    assert [each["id"] for each in ana.get(f"{VOICEMAIL}?heard=false").json()["items"]] == [second]
    assert ana.patch(f"{VOICEMAIL}/ana/{first}", json={}).json()["heard"] is True
    assert ana.delete(f"{VOICEMAIL}/ana/{second}").status_code == 204
    assert ana.get(f"{VOICEMAIL}/ana/{second}/audio").status_code == 404


def test_administrators_hear_everybody_and_it_is_noted_what_they_delete(world: World) -> None:
    mine, theirs = message(world.settings, "ana", 1000.0), message(world.settings, "luis", 2000.0)
    admin = world.client(Role.ADMIN)
    assert [each["id"] for each in admin.get(VOICEMAIL).json()["items"]] == [theirs, mine]
    assert [each["id"] for each in admin.get(f"{VOICEMAIL}?user=ana").json()["items"]] == [mine]
    assert admin.get(f"{VOICEMAIL}?user=nobody").status_code == 404
    assert admin.delete(f"{VOICEMAIL}/luis/{theirs}").status_code == 204
    assert [entry.action for entry in world.parts.audit.page("demo")] == ["voicemail.delete"]
    assert world.client(Role.ADMIN, tenant="other").get(f"{VOICEMAIL}/ana/{mine}").status_code == 404
    assert world.client(Role.SUPERVISOR, queues=("sales",)).get(f"{VOICEMAIL}/ana/{mine}").status_code == 403


def test_names_lead_nowhere(world: World) -> None:
    admin = world.client(Role.ADMIN)
    for name in ("..", "%2e%2e", "..%2f..%2fsecret", "a%00b"):
        assert admin.get(f"{VOICEMAIL}/{name}/x").status_code in (400, 404, 405, 422)
        assert admin.get(f"{VOICEMAIL}/ana/{name}/audio").status_code in (400, 404, 405, 422)
