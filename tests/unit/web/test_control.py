"""The control socket's client against a server that answers, errs, hangs up, or is not there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita import control
from support.switch_double import SwitchDouble, switch_double


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[SwitchDouble]:
    with switch_double(tmp_path / "switch.sock") as double:
        yield double


@pytest.fixture
def client(tmp_path: Path) -> control.ControlClient:
    return control.ControlClient(tmp_path / "switch.sock", timeout=5.0)


def test_a_question_carries_its_tenant(switch: SwitchDouble, client: control.ControlClient) -> None:
    assert client.registrations("acme") == []
    assert client.reload() == {"demo": 7}
    assert switch.asked == [control.AskRegistrations(tenant="acme"), control.AskReload()]


def test_a_long_answer_comes_whole(switch: SwitchDouble, client: control.ControlClient) -> None:
    many = [
        control.Registration(
            device=f"phone-{number}",
            user="ana",
            tenant="acme",
            contact="sip:x",
            address="UDP:192.0.2.1:5060",
            expires_in=9.0,
        )
        for number in range(3000)
    ]
    switch.replies["registrations"] = control.RegistrationList(many)
    assert client.registrations() == many


def test_a_refusal_is_told(switch: SwitchDouble, client: control.ControlClient) -> None:
    switch.replies["reload"] = control.Refusal("version 9 does not load: trunk x is gone")
    with pytest.raises(control.RequestRefused, match="version 9 does not load"):
        client.reload()


@pytest.mark.parametrize("nonsense", [b"{}\n", b"nothing\n", b'{"calls": [{}]}\n'])
def test_an_answer_of_another_version_is_told(
    nonsense: bytes, switch: SwitchDouble, client: control.ControlClient
) -> None:
    switch.replies["calls"] = nonsense
    with pytest.raises(control.RequestRefused, match="another version"):
        client.calls()


def test_a_hang_up_is_no_answer(switch: SwitchDouble, client: control.ControlClient) -> None:
    switch.replies["health"] = b""
    client.timeout = 0.2
    with pytest.raises(control.SwitchUnavailable):
        client.health()


def test_nobody_there(client: control.ControlClient) -> None:
    with pytest.raises(control.SwitchUnavailable, match=r"switch\.sock"):
        client.health()


@pytest.mark.parametrize(
    "line", [b"", b"{", b'{"command": "explode"}', b"[]", b"\xff", b'{"command": "calls", "tenant": 3}']
)
def test_a_bad_request_is_refused_with_a_sentence(line: bytes) -> None:
    with pytest.raises(ValueError, match="not a request"):
        control.decode_request(line)


@pytest.mark.parametrize(
    "request_", [control.AskCalls(tenant="acme"), control.AskTrunks(), control.AskOccupancy()]
)
def test_requests_survive_the_wire(request_: control.AnyRequest) -> None:
    assert control.decode_request(control.encode(request_)) == request_
