"""Own prompts over HTTP: what is uploaded is decoded and written anew, and only what is a sound becomes one."""

from __future__ import annotations

import io
import wave
from pathlib import Path

from centralita.accounts import Role
from support.web_calls import sound
from support.web_world import World

SOUNDS = "/api/v1/tenants/demo/prompts/hello/sounds"


def upload(
    world: World, content: bytes, role: Role = Role.ADMIN, language: str = "es"
) -> tuple[int, dict[str, object]]:
    response = world.client(role).put(
        f"{SOUNDS}/{language}", content=content, headers={"Content-Type": "audio/wav"}
    )
    return response.status_code, response.json()


def test_a_recording_is_written_anew_and_heard(world: World, tmp_path: Path) -> None:
    original = sound(tmp_path / "x.wav", rate=16000).read_bytes() + b"LIST\x08\0\0\0<script>"
    status, body = upload(world, original)
    assert (status, body["published"]) == (200, True)
    admin = world.client(Role.ADMIN)
    (row,) = admin.get(SOUNDS).json()
    assert (row["language"], row["source"]) == ("es", "recording")
    assert 0.9 < row["seconds"] < 1.5
    heard = admin.get(f"{SOUNDS}/es")
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
    assert b"<script>" not in heard.content
    with wave.open(io.BytesIO(heard.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
    assert admin.get(f"{SOUNDS}/es", headers={"Range": "bytes=0-3"}).content == b"RIFF"
    assert admin.get(f"{SOUNDS}/en").status_code == 404
    assert "prompt.record" in [entry.action for entry in world.parts.audit.page("demo")]


def test_what_is_no_sound_is_refused(world: World, tmp_path: Path) -> None:
    for content in (b"", b"<html>", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"ID3\x03" + bytes(1000)):
        status, body = upload(world, content)
        assert (status, body["code"]) in ((422, "no-sound"), (422, "invalid"))
    assert upload(world, sound(tmp_path / "x.wav").read_bytes(), language="xx")[0] == 422
    assert world.client(Role.ADMIN).get(SOUNDS).status_code == 404


def test_only_who_configures_records(world: World, tmp_path: Path) -> None:
    content = sound(tmp_path / "x.wav").read_bytes()
    for role in (Role.USER, Role.SUPERVISOR, Role.AUDITOR):
        assert upload(world, content, role)[0] == 403
    assert world.client(Role.ADMIN, tenant="other").get(SOUNDS).status_code == 404
    upload(world, content)
    assert world.client(Role.AUDITOR).get(f"{SOUNDS}/es").status_code == 200
    assert world.client(Role.USER, user="ana").get(f"{SOUNDS}/es").status_code == 403


def test_a_text_is_heard_before_it_is_kept(world: World) -> None:
    speech = "/api/v1/tenants/demo/speech"
    admin = world.client(Role.ADMIN)
    heard = admin.post(speech, json={"language": "es", "text": "Bienvenidos a Demo."})
    assert (heard.status_code, heard.headers["content-type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(heard.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        assert file.getnframes() > 8000
    assert admin.post(speech, json={"language": "xx", "text": "Hi"}).status_code == 422
    assert admin.post(speech, json={"language": "es", "text": "x" * 4001}).status_code == 422
    silent = admin.post(speech, json={"language": "es", "text": "​"})
    assert (silent.status_code, silent.json()["code"]) == (503, "no-speech")
    for role in (Role.USER, Role.SUPERVISOR, Role.AUDITOR):
        assert world.client(role).post(speech, json={}).status_code == 403
