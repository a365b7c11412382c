"""The commands as a person meets them: what is printed, what is JSON, what an error says, and the exit code."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita import control
from centralita.app.prepare import prepare
from centralita.cli.errors import ExitCode
from centralita.cli.main import run
from centralita.pbx.journey import fold_all
from centralita.pbx.vocabulary import (
    Answered,
    CallClosed,
    CallEnded,
    CallEvent,
    CallStarted,
    Decided,
    Direction,
    JourneyId,
    LegAlerting,
    LegEnded,
    LegId,
    LegRang,
    Outcome,
    Party,
    QualityReported,
    StepEnd,
    StepEnded,
    StepStarted,
    TenantId,
)
from centralita.settings import Settings
from centralita.store.database import Database
from centralita.store.journal import JournalWriter
from centralita.store.mailboxes import MailboxStore
from centralita.store.records import RecordStore
from support.switch_double import SwitchDouble, switch_double

BEGUN = 1_790_000_000.0


@pytest.fixture(scope="module")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    (folder / "run").mkdir()
    prepare(Settings(data=folder), demo=False)
    return folder


@pytest.fixture
def data(empty_installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder, in a world without other settings."""
    import shutil

    for name in list(os.environ):
        if name.startswith("CENTRALITA_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data"
    shutil.copytree(empty_installation, folder)
    monkeypatch.setenv("CENTRALITA_DATA", str(folder))
    return folder


@pytest.fixture
def switch(data: Path) -> Iterator[SwitchDouble]:
    with switch_double(data / "run" / "switch.sock") as double:
        yield double


def call(
    name: str, *, at: float = BEGUN, caller: str = "+34600123123", outcome: Outcome = Outcome.ANSWERED
) -> list[CallEvent]:
    """An inbound call that rang a phone, was answered, and was hung up by the caller."""
    journey, leg = JourneyId(name), LegId("b1")
    return [
        CallStarted(
            journey=journey, at=at, tenant=TenantId("acme"), direction=Direction.INBOUND, caller=caller,
            dialled="+34910000000", via="trunk:provider", config_version=7, sip_call_id="x@y", caller_name="Bob\x1b[2J",
        ),
        Decided(journey=journey, at=at, rule="number main", target="user:ana", reason="+34910000000 goes to ana"),
        StepStarted(journey=journey, at=at, step=1, kind="ring", target="user:ana"),
        LegRang(journey=journey, at=at, leg=leg, step=1, target="device:ana-desk", user="ana", address="UDP:192.0.2.9:5060"),
        LegAlerting(journey=journey, at=at + 0.25, leg=leg),
        Answered(journey=journey, at=at + 6, leg=leg, target="device:ana-desk", user="ana", codec="PCMA"),
        StepEnded(journey=journey, at=at + 6, step=1, end=StepEnd.ANSWERED),
        LegEnded(journey=journey, at=at + 71, leg=leg, end=StepEnd.DONE, sip_status=200),
        CallEnded(journey=journey, at=at + 71, by=Party.CALLER, outcome=outcome, sip_status=200, q850=16),
        QualityReported(
            journey=journey, at=at + 71.1, leg=leg, codec="PCMA", packets_in=3250, packets_out=3240, loss_in=0.5,
            jitter_in=2.25, mos_in=4.31, round_trip=21.0,
        ),
        CallClosed(journey=journey, at=at + 71.2),
    ]  # fmt: skip


def record(data: Path, *calls_made: list[CallEvent]) -> None:
    database = Database(Settings(data=data).database)
    journeys = [fold_all(events) for events in calls_made]
    RecordStore(database).save([one for one in journeys if one], [], "test", (1, 0))
    database.close()


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["trnks"], ExitCode.USAGE, "Did you mean 'trunks'?"),
        (["calls", "--nothing"], ExitCode.USAGE, "No such option"),
        (["calls", "show"], ExitCode.USAGE, "Missing argument"),
        (["calls", "shw"], ExitCode.USAGE, "Try: centralita calls --help"),
        (["calls", "--since", "soon"], ExitCode.USAGE, "'soon' is no time. Write 30m"),
        (["calls", "--outcome", "fine"], ExitCode.USAGE, "It is one of answered"),
        (["calls", "show", "nothing"], ExitCode.NOT_FOUND, "There is no call nothing"),
        (["calls", "show", "last"], ExitCode.NOT_FOUND, "No call is on record"),
        (["calls", "--live"], ExitCode.NOT_RUNNING, "is not running. Start it with `centralita up`"),
        (["registrations"], ExitCode.NOT_RUNNING, "is not running"),
        (["trunks", "--json"], ExitCode.NOT_RUNNING, "is not running"),
    ],
)
def test_an_error_is_one_line_with_its_mend_and_a_code(
    arguments: list[str], code: int, said: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert said in captured.err


def test_a_bad_setting_stops_every_command(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRALITA_SIP_PORT", "abc")
    monkeypatch.setenv("CENTRALITA_BIND", "here")
    assert run(["calls"]) == ExitCode.SETTINGS
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2, "one line for each bad value"
    assert any("CENTRALITA_SIP_PORT 'abc'" in line for line in lines)


def test_a_folder_without_an_installation_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calls", "--data", str(tmp_path / "nowhere")]) == ExitCode.NOT_FOUND
    assert "There is no Centralita in" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists(), "asking makes nothing"


def test_a_database_that_is_none_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for file in data.glob("centralita.db*"):
        file.unlink()
    (data / "centralita.db").write_bytes(b"not a database at all" * 100)
    assert run(["calls"]) == ExitCode.FAILED
    assert "Restore it from a backup" in capsys.readouterr().err


def test_an_unexpected_fault_is_one_line_too(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def explode(_data: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("centralita.cli.live.load_settings", explode)
    assert run(["trunks"]) == ExitCode.FAILED
    captured = capsys.readouterr()
    assert "KeyError" in captured.err
    assert captured.err.count("\n") == 1


# --- live ---------------------------------------------------------------------------------------------------------


REGISTRATION = control.Registration(
    device="acme-ana-desk", user="ana", tenant="acme", contact="sip:ana@192.0.2.9", address="UDP:192.0.2.9:5060",
    user_agent="Phone\x07 1.0", expires_in=299.6,
)  # fmt: skip


def test_registrations_are_a_table_or_json(switch: SwitchDouble, capsys: pytest.CaptureFixture[str]) -> None:
    switch.replies["registrations"] = control.RegistrationList([REGISTRATION])
    assert run(["registrations", "--tenant", "acme"]) == 0
    title, row = capsys.readouterr().out.splitlines()
    assert title.split()[:4] == ["TENANT", "USER", "DEVICE", "ADDRESS"]
    assert row.split()[:5] == ["acme", "ana", "acme-ana-desk", "UDP:192.0.2.9:5060", "5:00"]
    assert "\x07" not in row, "what a phone says of itself does not ring the terminal's bell"
    assert switch.asked == [control.AskRegistrations(tenant="acme")]

    assert run(["registrations", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["expires_in"] == 299.6


def test_nothing_to_list_is_said_beside_the_result(
    switch: SwitchDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["trunks"]) == 0
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "There is no trunk.\n")
    assert run(["trunks", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_refusal_of_the_switch_is_told(switch: SwitchDouble, capsys: pytest.CaptureFixture[str]) -> None:
    switch.replies["trunks"] = control.Refusal("not today")
    assert run(["trunks"]) == ExitCode.FAILED
    assert capsys.readouterr().err == "error: The switch refused: not today.\n"


# --- calls --------------------------------------------------------------------------------------------------------


def test_live_and_past_calls_are_listed(
    data: Path, switch: SwitchDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    record(data, call("past1"))
    up = control.LiveCall(
        journey="live1", tenant="acme", direction="internal", caller="101", dialled="102", state="talking",
        since=BEGUN, answered_at=BEGUN + 3, answered_by="ben", seconds=65.0,
    )  # fmt: skip
    switch.replies["calls"] = control.CallList([up])
    assert run(["calls"]) == 0
    out = capsys.readouterr().out
    assert "live1" in out
    assert "1:05" in out
    assert "past1" in out
    assert run(["calls", "--json"]) == 0
    both = json.loads(capsys.readouterr().out)
    assert [one["journey"] for one in both["live"]] == ["live1"]
    assert [one["outcome"] for one in both["past"]] == ["answered"]


def test_past_calls_are_found_without_a_switch(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = time.time()
    record(
        data,
        call("old", at=now - 86400 * 3),
        call("new", at=now - 600),
        call("busy", at=now - 500, caller="+34911111111", outcome=Outcome.BUSY),
    )

    def found(*arguments: str) -> list[str]:
        assert run(["calls", "--json", *arguments]) == 0
        return [one["journey"] for one in json.loads(capsys.readouterr().out)["past"]]

    assert found() == ["busy", "new", "old"]
    assert found("--since", "1h") == ["busy", "new"]
    assert found("--until", "2d") == ["old"]
    assert found("--number", "600 123") == ["new", "old"]
    assert found("--outcome", "busy") == ["busy"]
    assert found("--tenant", "other") == []
    assert found("--limit", "1") == ["busy"]


def test_a_call_is_told_step_by_step(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(data, call("one"))
    assert run(["calls", "show", "last"]) == 0
    out = capsys.readouterr().out
    expected = [
        "Call one",
        "inbound, tenant acme, configuration version 7",
        "1:11 in all, 0:06 waiting, 1:05 talking",
        "the call comes in",
        "decided by number main: user:ana (+34910000000 goes to ana)",
        "step 1: ring user:ana",
        "b1 device:ana-desk is rung at UDP:192.0.2.9:5060",
        "+0.250    b1 device:ana-desk rings",
        "+6.000    b1 ana answers on device:ana-desk, PCMA",
        "step 1 ends after 0:06: answered",
        "answered, ended by the caller (SIP 200, Q.850 16)",
    ]
    place = -1
    for text in expected:
        assert text in out[place + 1 :], f"{text!r} is not there, or not in its order:\n{out}"
        place = out.index(text, place + 1)
    assert "\x1b[2J" not in out, "a caller's name does not clear the screen"
    (heard,) = [
        line for line in out.splitlines() if line.startswith("b1 device:ana-desk") and " from " in line
    ]
    assert heard.split()[3:] == ["PCMA", "3250", "0.50", "2.25", "4.31", "21.00"]

    assert run(["calls", "show", "one", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert (whole["outcome"], whole["legs"][1]["user"], whole["talking"]) == ("answered", "ana", 65.0)


def test_a_call_that_is_up_is_told_from_the_journal(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = JournalWriter(data / "journal", time.time)
    for event in call("up")[:5]:
        journal.append(event)
    journal.flush()
    journal.close()
    assert run(["calls", "show", "up"]) == 0
    out = capsys.readouterr().out
    assert "not ended yet" in out
    assert "device:ana-desk rings" in out


# --- voicemail ----------------------------------------------------------------------------------------------------


def test_messages_are_listed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import wave

    store = MailboxStore(data / "voicemail", time.time)
    for caller in ("+34600123123", "101"):
        draft = store.draft(TenantId("acme"), "ana")
        with wave.open(str(draft), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(bytes(16000))
        kept = store.keep(
            TenantId("acme"), "ana", draft, at=BEGUN, duration=1.0, caller=caller, caller_name=""
        )
    store.mark_heard(TenantId("acme"), "ana", kept.id)
    assert run(["voicemail"]) == 0
    out = capsys.readouterr().out
    assert out.count("acme") >= 2
    assert run(["voicemail", "--new", "--json"]) == 0
    (message,) = json.loads(capsys.readouterr().out)
    assert (message["user"], message["message"]["caller"]) == ("ana", "+34600123123")
    assert run(["voicemail", "--user", "nobody"]) == 0
    assert capsys.readouterr().err == "There is no message.\n"
