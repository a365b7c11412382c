"""Queues, agents and overrides as a supervisor meets them at the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita import control
from centralita.app.prepare import prepare
from centralita.cli.errors import ExitCode
from centralita.cli.main import run
from centralita.cli.story import story
from centralita.pbx.acd.facts import AgentLoggedIn, QueueAnswered, QueueCallEnded, QueueJoined, QueueMissed
from centralita.pbx.journey import fold_all
from centralita.pbx.vocabulary import CallStarted, Decided, Direction, JourneyId, Party, StepEnd, TenantId
from centralita.settings import Settings
from centralita.store.database import Database
from centralita.store.queue_events import QueueEventStore
from support.switch_double import SwitchDouble, switch_double

AT = 1_790_000_000.0
CALLER = control.WaitingCaller(journey="j1", number="+34600000001", position=1, phase="waiting", since=AT)
QUEUE = control.QueueStatus(
    tenant="demo",
    queue="sales",
    waiting=1,
    callbacks=0,
    longest_wait=65.0,
    logged_in=3,
    free=0,
    busy=2,
    paused=1,
    wrap_up=0,
    answered=10,
    abandoned=2,
    abandoned_early=1,
    overflowed=0,
    exited=0,
    callbacks_requested=0,
    callbacks_done=0,
    service_level=0.8333,
    service_level_seconds=20,
    mean_answer=12.0,
    longest_answer=40.0,
    callers=[CALLER],
)
AGENT = control.AgentStatus(
    tenant="demo",
    user="ana",
    name="Ana",
    state="paused",
    queues=("sales",),
    pauses=[control.AgentPause(queue="", reason="lunch", since=AT)],
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    (folder / "run").mkdir(parents=True)
    monkeypatch.setenv("CENTRALITA_DATA", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture
def switch(data: Path) -> Iterator[SwitchDouble]:
    with switch_double(data / "run" / "switch.sock") as double:
        double.replies["queues"] = control.QueueList([QUEUE])
        double.replies["agents"] = control.AgentList([AGENT])
        double.replies["overrides"] = control.OverrideList(
            [
                control.OverrideStatus(
                    tenant="demo", override="night", code="1", on=True, since=AT, by="user:ana"
                )
            ]
        )
        for command in ("agent", "caller", "override"):
            double.replies[command] = control.Done("it is so")
        yield double


def test_queues(switch: SwitchDouble, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["queues"]) == ExitCode.DONE
    told = capsys.readouterr().out
    assert "sales" in told
    assert "83% in 20 s" in told
    assert "1:05" in told
    assert run(["queues", "--callers"]) == ExitCode.DONE
    assert "+34600000001" in capsys.readouterr().out
    assert run(["queues", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)[0]["callers"][0]["journey"] == "j1"


def test_agents(switch: SwitchDouble, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["agents"]) == ExitCode.DONE
    assert "everywhere since" in capsys.readouterr().out
    assert run(["agents", "pause", "ana", "--queue", "sales", "--reason", "lunch"]) == ExitCode.DONE
    assert capsys.readouterr().out == "it is so\n"
    asked = switch.asked[-1]
    assert asked == control.DirectAgent(action="pause", user="ana", queues=("sales",), reason="lunch")
    assert run(["agents", "login", "ana", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out) == {"done": "it is so"}


def test_callers_are_taken_and_moved(switch: SwitchDouble) -> None:
    assert run(["queues", "take", "j1", "ana"]) == ExitCode.DONE
    assert run(["queues", "move", "j1", "other"]) == ExitCode.DONE
    assert switch.asked[-2:] == [
        control.DirectCaller(action="take", journey="j1", to="ana"),
        control.DirectCaller(action="move", journey="j1", to="other"),
    ]


def test_a_refusal_is_told(switch: SwitchDouble, capsys: pytest.CaptureFixture[str]) -> None:
    switch.replies["caller"] = control.Refusal("call j9 is in no queue")
    assert run(["queues", "take", "j9", "ana"]) == ExitCode.FAILED
    assert "j9 is in no queue" in capsys.readouterr().err


def test_overrides(switch: SwitchDouble, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["override"]) == ExitCode.DONE
    assert "night" in capsys.readouterr().out
    assert run(["override", "night", "on", "--until", "23:59"]) == ExitCode.DONE
    asked = switch.asked[-1]
    assert isinstance(asked, control.TurnOverride)
    assert asked.on
    assert asked.until_time == "23:59"
    assert run(["override", "night"]) == ExitCode.USAGE
    assert run(["override", "night", "on", "--until", "late"]) == ExitCode.USAGE


def facts() -> list[QueueJoined | QueueMissed | QueueAnswered | QueueCallEnded]:
    tenant, journey = TenantId("demo"), JourneyId("j1")
    return [
        QueueJoined(tenant=tenant, journey=journey, at=AT, queue="sales", position=2, caller="+34600000001"),
        QueueMissed(
            tenant=tenant,
            journey=journey,
            at=AT + 5,
            queue="sales",
            agent="eva",
            end=StepEnd.NO_ANSWER,
            rang=5.0,
        ),
        QueueAnswered(tenant=tenant, journey=journey, at=AT + 9, queue="sales", agent="ana", waited=9.0),
        QueueCallEnded(
            tenant=tenant, journey=journey, at=AT + 20, queue="sales", agent="ana", by=Party.CALLEE, talk=11.0
        ),
    ]


def test_the_log_is_in_the_words_of_asterisk(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(Settings(data=data), demo=False)
    database = Database(Settings(data=data).database)
    store = QueueEventStore(database)
    login = AgentLoggedIn(tenant=TenantId("demo"), at=AT - 1, agent="ana", queues=("sales",))
    events = [((1, index), fact) for index, fact in enumerate([login, *facts()])]
    store.save(events, "main")
    store.save(events, "main")
    assert list(store.list(None)) == [login, *facts()]
    assert list(store.list(TenantId("demo"), since=AT + 1, until=AT + 10)) == facts()[1:3]
    assert not list(store.list(TenantId("nobody")))
    database.close()
    capsys.readouterr()
    assert run(["queue-log", "--since", "2026-01-01"]) == ExitCode.DONE
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("|")[4] for line in lines if "|j1|" in line] == [
        "ENTERQUEUE",
        "RINGNOANSWER",
        "CONNECT",
        "COMPLETEAGENT",
    ]
    assert run(["queue-log", "--since", "2026-01-01", "--json"]) == ExitCode.DONE
    assert len(json.loads(capsys.readouterr().out)) == 5


def test_the_log_of_one_queue(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prepare(Settings(data=data), demo=False)
    database = Database(Settings(data=data).database)
    demo = TenantId("demo")
    came = [
        AgentLoggedIn(tenant=demo, at=AT - 2, agent="ana", queues=("sales", "support")),
        AgentLoggedIn(tenant=demo, at=AT - 1, agent="luis", queues=("support",)),
    ]
    QueueEventStore(database).save(
        [((1, index), fact) for index, fact in enumerate([*came, *facts()])], "main"
    )
    database.close()
    capsys.readouterr()
    assert run(["queue-log", "--since", "2026-01-01", "-q", "support"]) == ExitCode.DONE
    lines = [line.split("|")[2:5] for line in capsys.readouterr().out.splitlines()]
    assert lines == [["support", "ana", "ADDMEMBER"], ["support", "luis", "ADDMEMBER"]]
    assert run(["queue-log", "--since", "2026-01-01", "-q", "sales", "--json"]) == ExitCode.DONE
    assert len(json.loads(capsys.readouterr().out)) == 5


def test_the_story_of_a_call_tells_of_its_queue_and_of_what_did_not_match() -> None:
    journey = JourneyId("j1")
    start = CallStarted(
        journey=journey,
        at=AT,
        tenant=TenantId("demo"),
        direction=Direction.INBOUND,
        caller="+34600000001",
        dialled="+34910000001",
        via="trunk:provider",
        config_version=1,
        sip_call_id="x",
    )
    decided = Decided(
        journey=journey,
        at=AT,
        rule="hours",
        target="night",
        reason="closed",
        node="front/hours",
        passed=("open: begins at nine",),
        pressed="2",
    )
    told = fold_all([start, decided, *facts()])
    assert told is not None
    lines = "\n".join(story(told))
    for text in (
        "decided by hours at front/hours, pressed 2: night (closed)",
        "not open: begins at nine",
        "queue sales: number 2 in line",
        "eva was rung for 0:05: no answer",
        "ana answers after 0:09",
        "is left: answered",
    ):
        assert text in lines, lines
    assert fold_all([start, decided, *facts(), *facts()]) == told
