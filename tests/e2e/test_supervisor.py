"""The supervisor on real processes: tiny children that die, hang or refuse, killed as they are in the field."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita import processes

SLEEPER = "import signal; signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)\nwhile True: signal.pause()"
DRIVER = """
import json, sys
from pathlib import Path
from centralita.app.child import BackOff, Program
from centralita.app.supervisor import Patience, Supervisor

class Log:
    def info(self, event, **fields): print(json.dumps({"event": event, **fields}), flush=True)
    warning = error = info

given = json.loads(sys.argv[1])
programs = [Program(name, (sys.executable, "-c", code), **options) for name, code, options in given["programs"]]
folder = Path(given["folder"])
ready_file = folder / "ready"
supervisor = Supervisor(
    programs, folder, Log(),
    ready=(lambda: not given.get("wait")) if "wait" in given else (lambda: True),
    on_ready=lambda seconds: Log().info("ready"),
    patience=Patience(ready=given.get("ready", 5.0), probe=0.01, stop=given.get("stop", 5.0)),
    back_off=BackOff(first=0.01, longest=0.05, long_life=60.0),
)
sys.exit(supervisor.run())
"""
LIMIT = 20.0


class Driver:
    def __init__(self, folder: Path, *programs: tuple[str, str, dict[str, object]], **given: object) -> None:
        self.folder = folder
        arguments = json.dumps({"programs": programs, "folder": str(folder), **given})
        self.process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, arguments],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def status(self, condition: str = "all(p.up for p in processes)") -> dict[str, processes.ProcessStatus]:
        """Wait until what the supervisor says meets a condition."""
        deadline = time.monotonic() + LIMIT
        while time.monotonic() < deadline:
            said = processes.read(self.folder)
            if said is not None and eval(condition, {"processes": said.processes}):
                return {process.name: process for process in said.processes}
            assert self.process.poll() is None, "the supervisor ended"
            time.sleep(0.005)
        raise AssertionError(f"never: {condition}; last: {said}")

    def finish(self) -> tuple[int, list[dict[str, object]]]:
        output, _ = self.process.communicate(timeout=LIMIT)
        events = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
        return self.process.returncode, events


@pytest.fixture
def drivers(tmp_path: Path) -> Iterator[list[Driver]]:
    made: list[Driver] = []
    yield made
    for driver in made:
        if driver.process.poll() is None:
            driver.process.kill()
            driver.process.communicate(timeout=LIMIT)


def gone(pid: int) -> bool:
    """Whether a process is dead, a zombie included: an orphan's new parent may be slow to bury it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in {"Z", "X"}
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + LIMIT
    while not gone(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.005)


def test_a_killed_process_is_restarted_and_the_other_is_left_alone(
    tmp_path: Path, drivers: list[Driver]
) -> None:
    driver = Driver(tmp_path, ("switch", SLEEPER, {"urgent": True}), ("web", SLEEPER, {}))
    drivers.append(driver)
    before = driver.status()
    os.kill(before["switch"].pid, signal.SIGKILL)
    after = driver.status("processes[0].restarts == 1 and processes[0].up")
    assert after["switch"].pid != before["switch"].pid
    assert after["web"].pid == before["web"].pid
    driver.process.terminate()
    code, events = driver.finish()
    assert code == 0
    assert [(event["child"], event["how"]) for event in events if event["event"].startswith("died")] == [
        ("switch", "killed by SIGKILL")
    ]
    wait_until_gone(after["switch"].pid)
    wait_until_gone(after["web"].pid)


def test_one_that_keeps_dying_is_tried_again_and_again(tmp_path: Path, drivers: list[Driver]) -> None:
    driver = Driver(tmp_path, ("switch", "raise SystemExit(3)", {"urgent": True}))
    drivers.append(driver)
    assert (
        driver.status("processes[0].restarts >= 4 and not processes[0].up")["switch"].detail == "exit code 3"
    )


def test_nobody_survives_a_supervisor_that_is_killed(tmp_path: Path, drivers: list[Driver]) -> None:
    driver = Driver(tmp_path, ("switch", STUBBORN, {}), ("media-1", SLEEPER, {}))
    drivers.append(driver)
    status = driver.status()
    driver.process.kill()
    driver.process.wait(LIMIT)
    for process in status.values():
        wait_until_gone(process.pid)
    assert processes.read(tmp_path) is None, "a dead supervisor's word is not taken"


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_a_process_that_does_not_stop_is_killed_in_the_end(
    tmp_path: Path, drivers: list[Driver], signal_number: signal.Signals
) -> None:
    driver = Driver(tmp_path, ("switch", STUBBORN, {}), stop=0.2)
    drivers.append(driver)
    assert driver.process.stdout is not None
    while driver.process.stdout.readline() != "deaf\n":
        pass
    pid = driver.status()["switch"].pid
    driver.process.send_signal(signal_number)
    code, events = driver.finish()
    assert code == 0
    assert {"event": "did not stop, killed", "child": "switch"} in events
    wait_until_gone(pid)


def test_a_second_signal_ends_the_waiting(tmp_path: Path, drivers: list[Driver]) -> None:
    driver = Driver(tmp_path, ("switch", STUBBORN, {}), stop=3600.0)
    drivers.append(driver)
    assert driver.process.stdout is not None
    while driver.process.stdout.readline() != "deaf\n":
        pass
    pid = driver.status()["switch"].pid
    driver.process.terminate()
    assert '"stopping"' in driver.process.stdout.readline()
    driver.process.terminate()
    assert driver.finish()[0] == 0
    wait_until_gone(pid)


def test_audio_is_stopped_after_the_switch(tmp_path: Path, drivers: list[Driver]) -> None:
    def says(name: str) -> str:
        """A child that says its name, slowly, when it is stopped."""
        return (
            "import signal, sys, time\n"
            f"def stop(*_): time.sleep(0.1); print('\"{name}\"', flush=True); sys.exit(0)\n"
            "signal.signal(signal.SIGTERM, stop)\n"
            f"open({str(tmp_path / name)!r}, 'w').close()\n"
            "while True: signal.pause()"
        )

    driver = Driver(tmp_path, ("media-1", says("media-1"), {"last": True}), ("switch", says("switch"), {}))
    drivers.append(driver)
    driver.status()
    deadline = time.monotonic() + LIMIT
    while not ((tmp_path / "media-1").exists() and (tmp_path / "switch").exists()):
        assert time.monotonic() < deadline
        time.sleep(0.005)
    driver.process.terminate()
    output, _ = driver.process.communicate(timeout=LIMIT)
    assert [line for line in output.splitlines() if line.startswith('"')] == ['"switch"', '"media-1"']


def test_one_that_cannot_run_ends_everything_with_its_code(tmp_path: Path, drivers: list[Driver]) -> None:
    driver = Driver(
        tmp_path, ("switch", "raise SystemExit(78)", {"urgent": True}), ("media-1", SLEEPER, {"urgent": True})
    )
    drivers.append(driver)
    code, _events = driver.finish()
    assert code == 78


def test_what_is_not_urgent_waits_until_all_is_ready(tmp_path: Path, drivers: list[Driver]) -> None:
    waiting = Driver(
        tmp_path, ("switch", SLEEPER, {"urgent": True}), ("web", SLEEPER, {}), wait=True, ready=3600.0
    )
    drivers.append(waiting)
    assert not waiting.status("processes[0].up")["web"].up

    (tmp_path / "other").mkdir()
    impatient = Driver(tmp_path / "other", ("web", SLEEPER, {}), wait=True, ready=0.1)
    drivers.append(impatient)
    assert impatient.status()["web"].up, "it starts anyhow when the patience is at its end"


def test_a_task_runs_once(tmp_path: Path, drivers: list[Driver]) -> None:
    driver = Driver(tmp_path, ("prompts", "pass", {"once": True}), ("switch", SLEEPER, {}))
    drivers.append(driver)
    status = driver.status("processes[0].detail and processes[1].up")
    assert (status["prompts"].detail, status["prompts"].restarts) == ("exit code 0", 0)
    os.kill(status["switch"].pid, signal.SIGKILL)  # the supervisor goes on working…
    assert (
        driver.status("processes[1].restarts == 1")["prompts"].restarts == 0
    )  # …and does not repeat the task
