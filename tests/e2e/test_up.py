"""``centralita up`` as a newcomer meets it: the first start, what it prints, what it refuses, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.exchange import COMMAND, Exchange
from support.ports import PortSlice
from support.waiting import until

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def ports() -> Iterator[PortSlice]:
    ports = PortSlice()
    yield ports
    ports.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, ports: PortSlice) -> Iterator[Exchange]:
    """A first start with the demo, from nothing."""
    exchange = Exchange(tmp_path_factory.mktemp("up"), ports)
    exchange.start("--demo")
    yield exchange
    exchange.stop()


def options(exchange: Exchange) -> bytes:
    """The first line of the answer to an OPTIONS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.connect((exchange.host, exchange.sip_port))
        phone.settimeout(2)
        host, port = phone.getsockname()
        lines = [
            f"OPTIONS sip:{exchange.sip} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{os.urandom(8).hex()};rport",
            f"From: <sip:test@{host}>;tag=1",
            f"To: <sip:{exchange.sip}>",
            f"Call-ID: {os.urandom(8).hex()}",
            "CSeq: 1 OPTIONS",
            "Max-Forwards: 70",
            "Content-Length: 0",
            "\r\n",
        ]
        phone.send("\r\n".join(lines).encode())
        return phone.recv(4096).partition(b"\r\n")[0]


def fails(exchange: Exchange, *arguments: str, code: int, **environment: str) -> str:
    """What a command that fails says: one line."""
    done = subprocess.run(
        [str(COMMAND), *arguments],
        capture_output=True,
        text=True,
        cwd=exchange.folder,
        env={**exchange.environment, **environment},
        timeout=60,
    )
    assert (done.returncode, done.stderr.count("\n")) == (code, 1), done.stderr
    return done.stderr


def test_the_first_start_makes_a_working_exchange(demo: Exchange) -> None:
    assert options(demo) == b"SIP/2.0 200 OK"
    assert stat.S_IMODE(demo.data.stat().st_mode) == 0o700
    assert stat.S_IMODE((demo.data / "secret.key").stat().st_mode) == 0o600
    assert [user["extension"] for user in demo.json("users")] == ["101", "102"]
    for name in ("centralita.db", ".prepared", ".lock"):
        assert stat.S_IMODE((demo.data / name).stat().st_mode) & 0o077 == 0, (
            f"{name} is nobody else's to read"
        )


def test_health_and_metrics_tell_of_every_process(demo: Exchange) -> None:
    page = until(lambda: demo.get("/api/v1/health"), "the health page", seconds=30, seen=demo.log)
    assert json.loads(page)["ok"]

    def up() -> bool:
        processes = json.loads(demo.get("/api/v1/health"))["processes"]
        return {one["name"] for one in processes if one["up"]} >= {"switch", "media-1", "web", "jobs"}

    until(up, "every process is up", seconds=30, seen=lambda: demo.get("/api/v1/health"))
    until(
        lambda: "centralita_journal_lag_bytes" in demo.get("/metrics"),
        "the jobs tell how they are",
        seconds=30,
    )
    assert 'centralita_process_up{process="switch"} 1.0' in demo.get("/metrics")


def test_prompts_are_made_while_it_runs_and_then_nothing_is_wrong(demo: Exchange) -> None:
    def wrong() -> list[dict[str, str]]:
        done = subprocess.run(
            [str(COMMAND), "doctor", "--json"],
            capture_output=True,
            text=True,
            env=demo.environment,
            timeout=60,
        )
        return [one for one in json.loads(done.stdout) if one["level"] == "wrong"]

    until(lambda: not wrong(), "the doctor finds nothing wrong", seconds=90, every=1.0, seen=wrong)
    assert demo.run("doctor")


def test_a_browser_makes_the_first_administrator_and_a_company_beside_the_demo(demo: Exchange) -> None:
    until(lambda: demo.get("/api/v1/setup"), "the web answers", seconds=30, seen=demo.log)
    origin, _, code = demo.run("accounts", "setup-link").strip().partition("/setup#code=")
    wanted = {
        "code": code,
        "login": "ana@example.com",
        "password": "four random words",
        "company": {"id": "sol", "name": "Sol", "site": {"first_extension": "300", "last_extension": "399"}},
    }
    request = urllib.request.Request(
        f"{origin}/api/v1/setup", json.dumps(wanted).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    listed = urllib.request.Request(f"{origin}/api/v1/tenants", headers={"Cookie": cookie})
    with urllib.request.urlopen(listed, timeout=10) as answer:
        assert [tenant["id"] for tenant in json.load(answer)["items"]] == ["demo", "sol"]
    assert json.loads(demo.get("/api/v1/setup")) == {"needed": False}
    assert "the link is void" in fails(demo, "accounts", "setup-link", code=1)
    assert code not in "".join(path.read_text() for path in demo.folder.glob("log-*"))


def test_a_second_one_on_the_same_folder_is_refused(demo: Exchange) -> None:
    said = fails(demo, "up", code=6)
    assert f"The data folder {demo.data} is in use by another Centralita (process" in said
    assert demo.is_healthy()


@pytest.mark.parametrize("port", ["sip", "http"])
def test_a_port_in_use_is_named_with_its_holder_and_its_setting(
    port: str, demo: Exchange, tmp_path: Path, ports: PortSlice
) -> None:
    until(lambda: demo.get("/api/v1/health"), "the other one has its ports", seconds=60, seen=demo.log)
    taken = demo.sip_port if port == "sip" else demo.http_port
    mine = {
        "CENTRALITA_DATA": str(tmp_path / "other"),
        "CENTRALITA_SIP_PORT": str(ports.take(2)),
        "CENTRALITA_HTTP_PORT": str(ports.take()),
        f"CENTRALITA_{port.upper()}_PORT": str(taken),
    }
    said = fails(demo, "up", code=6, **mine)
    assert f"Port {taken}/" in said
    assert "is in use by python" in said
    assert f"set CENTRALITA_{port.upper()}_PORT to another port" in said


def test_a_data_folder_that_cannot_be_made_is_said(demo: Exchange, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = fails(demo, "up", code=1, CENTRALITA_DATA=str(tmp_path / "file" / "data"))
    assert "cannot be made: Not a directory" in said
    said = fails(demo, "up", code=1, CENTRALITA_DATA=str(tmp_path / "file"))
    assert "is not a folder" in said


@pytest.mark.parametrize("name", ["switch", "media-1", "web", "jobs"])
def test_a_killed_process_comes_back(name: str, demo: Exchange) -> None:
    demo.kill(name)
    until(lambda: demo.get("/api/v1/health"), "the health page", seconds=30, seen=demo.log)
    assert options(demo) == b"SIP/2.0 200 OK"


def test_it_greets_in_the_language_of_the_terminal_and_ends_at_ctrl_c(
    tmp_path: Path, ports: PortSlice, demo: Exchange
) -> None:
    other = Exchange(tmp_path, ports)
    with (tmp_path / "out").open("wb") as out, (tmp_path / "err").open("wb") as err:
        process = subprocess.Popen(
            [str(COMMAND), "up", "--demo"],
            stdout=out,
            stderr=err,
            env={
                **other.environment,
                "LANG": "es_ES.UTF-8",
                "LC_ALL": "",
                "CENTRALITA_RTP_PORTS": "9000-9099",
            },
            start_new_session=True,
        )
    try:
        said = until(lambda: read_to(tmp_path / "out", "Ctrl-C"), "the greeting", seconds=60)
    finally:
        family = other.pids()
        process.send_signal(signal.SIGINT)
        code = process.wait(20)
    assert code == 0
    assert "Centralita está en marcha" in said
    assert f"127.0.0.1:{other.sip_port}" in said
    for expected in ("contraseña", "101", "102", "*43", "*97", f":{other.http_port}/setup#code="):
        assert expected in said
    assert family
    assert not [pid for pid in family if Path(f"/proc/{pid}").exists()], "nobody is left"


def read_to(path: Path, end: str) -> str:
    text = path.read_text()
    return text if end in text else ""


def test_a_key_that_was_lost_is_not_made_anew(tmp_path: Path, ports: PortSlice) -> None:
    """A new key would start, and then not open one password in the database."""
    exchange = Exchange(tmp_path, ports)
    exchange.run("init", "--demo")
    (exchange.data / "secret.key").unlink()
    said = fails(exchange, "up", code=1)
    assert "secret.key is missing" in said
    assert "Bring it back from the backup" in said
    assert not (exchange.data / "secret.key").exists()


def test_all_processes_killed_at_once_with_their_supervisor_leave_a_folder_that_starts(
    tmp_path: Path, ports: PortSlice
) -> None:
    # Beside the demo of the module, which holds the other half of the ports.
    exchange = Exchange(tmp_path, ports, audio=1)
    exchange.start("--demo")
    family = exchange.pids()
    assert exchange.process is not None
    exchange.process.kill()
    exchange.process.wait()
    until(lambda: not [pid for pid in family if Path(f"/proc/{pid}").exists()], "the children die with it")
    exchange.start("--demo")
    assert options(exchange) == b"SIP/2.0 200 OK"
    exchange.stop()
