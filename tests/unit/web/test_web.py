"""The health page and the metrics, over HTTP, with a switch that is there, ailing, or gone."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from fastapi.testclient import TestClient

from centralita import control, jobstatus, processes
from centralita.settings import Settings
from centralita.web.application import create
from support.switch_double import HEALTH, SwitchDouble, switch_double
from support.web_world import CHEAP, World, web_world


class Database:
    """Answers until it is told not to."""

    failure: Exception | None = None

    def check(self) -> None:
        if self.failure is not None:
            raise self.failure


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with web_world(tmp_path) as world:
        yield world


@pytest.fixture
def settings(world: World) -> Settings:
    return world.settings


@pytest.fixture
def database() -> Database:
    return Database()


@pytest.fixture
def web(world: World, settings: Settings, database: Database) -> Iterator[TestClient]:
    with TestClient(
        create(settings, replace(world.parts, database=database.check), passwords=CHEAP)
    ) as client:
        yield client


@pytest.fixture
def switch(settings: Settings) -> Iterator[SwitchDouble]:
    with switch_double(settings.switch_socket) as double:
        yield double


def test_all_is_well(web: TestClient, switch: SwitchDouble, settings: Settings) -> None:
    status = [processes.ProcessStatus(name="switch", pid=os.getpid(), since=time.time(), restarts=2)]
    processes.write(settings.run_folder, processes.Processes(supervisor=os.getpid(), processes=status))
    response = web.get("/api/v1/health")
    assert response.status_code == 200
    body = response.json()
    assert body["ok"] is True
    assert body["switch"]["media"] == [
        {"worker": "media-1", "up": True, "ports_in_use": 2, "ports_free": 4998}
    ]
    assert [(process["name"], process["up"], process["restarts"]) for process in body["processes"]] == [
        ("switch", True, 2)
    ]
    assert "demo" not in response.text, "the page is open to all: it names no tenant"


def test_without_a_switch_it_is_503(web: TestClient) -> None:
    response = web.get("/api/v1/health")
    assert response.status_code == 503
    assert response.json()["switch"]["detail"] == "does not answer"
    assert response.json()["database"]["ok"] is True


def test_without_a_database_it_is_503_and_the_address_is_not_told(
    web: TestClient, switch: SwitchDouble, database: Database
) -> None:
    database.failure = ConnectionRefusedError("host=db.internal user=centralita")
    response = web.get("/api/v1/health")
    assert response.status_code == 503
    assert response.json()["switch"]["ok"] is True
    assert "db.internal" not in response.text


def test_a_full_disk_is_told(web: TestClient, switch: SwitchDouble) -> None:
    switch.replies["health"] = msgspec.structs.replace(
        HEALTH, ok=False, journal=control.JournalStatus(ok=False, detail="No space left on device")
    )
    body = web.get("/api/v1/health").json()
    assert body["switch"]["detail"] == "the journal cannot be written"
    assert body["switch"]["journal"]["detail"] == "No space left on device"


def test_metrics_count_calls_by_direction_and_outcome(web: TestClient, switch: SwitchDouble) -> None:
    lines = web.get("/metrics").text.splitlines()
    assert "centralita_up 1.0" in lines
    assert 'centralita_calls_ended_total{direction="inbound",outcome="answered"} 5.0' in lines
    assert 'centralita_media_ports_in_use{worker="media-1"} 2.0' in lines
    assert "centralita_registrations 4.0" in lines


def test_trunks_are_counted_by_state_not_named(web: TestClient, switch: SwitchDouble) -> None:
    up, down = (
        control.TrunkStatus(id=f"provider-{state}", tenant="demo", state=state, since=0.0)
        for state in ("up", "down")
    )
    switch.replies["trunks"] = control.TrunkList([up, down, up])
    text = web.get("/metrics").text
    assert 'centralita_trunks{state="up"} 2.0' in text
    assert "provider" not in text


def test_metrics_without_a_switch_still_answer(web: TestClient) -> None:
    response = web.get("/metrics")
    assert response.status_code == 200
    assert "centralita_up 0.0" in response.text
    assert "centralita_calls_live" not in response.text


def test_processes_are_measured(web: TestClient, settings: Settings) -> None:
    status = [
        processes.ProcessStatus(name="switch", pid=os.getpid(), since=0.0),
        processes.ProcessStatus(name="jobs", pid=0, since=0.0, restarts=3, detail="exit code 1"),
    ]
    processes.write(settings.run_folder, processes.Processes(supervisor=os.getpid(), processes=status))
    lines = web.get("/metrics").text.splitlines()
    assert 'centralita_process_up{process="jobs"} 0.0' in lines
    assert 'centralita_process_restarts_total{process="jobs"} 3.0' in lines
    (memory,) = [
        line for line in lines if line.startswith('centralita_process_memory_bytes{process="switch"}')
    ]
    assert float(memory.split()[-1]) > 1_000_000


def test_records_that_are_late_are_told_but_calls_go_on(
    web: TestClient, switch: SwitchDouble, settings: Settings
) -> None:
    assert web.get("/api/v1/health").json()["jobs"]["detail"] == "not running"
    late = jobstatus.JobsStatus(
        pid=os.getpid(),
        at=time.time(),
        ok=False,
        records_error="host=db.internal",
        behind_bytes=4096,
        mails_waiting=2,
        webhook_messages_sent=7,
        webhook_messages_failed=1,
    )
    jobstatus.write(settings.run_folder, late)
    response = web.get("/api/v1/health")
    assert response.status_code == 200
    assert response.json()["jobs"] == {
        "ok": False, "detail": "records cannot be saved", "behind_bytes": 4096, "mails_waiting": 2
    }  # fmt: skip
    assert "db.internal" not in response.text
    lines = web.get("/metrics").text.splitlines()
    assert "centralita_journal_lag_bytes 4096.0" in lines
    assert "centralita_records_ok 0.0" in lines
    assert 'centralita_webhook_messages_total{state="delivered"} 7.0' in lines
    assert 'centralita_webhook_messages_total{state="failed"} 1.0' in lines
