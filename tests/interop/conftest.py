"""What every test with real peers shares: a slice of ports, and phones that are stopped whatever happens."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from support import baresip, sipp
from support.audio import Sound
from support.baresip import Account, Phone
from support.ports import PortSlice
from support.sipp import Sipp


@pytest.fixture(scope="session")
def ports() -> Iterator[PortSlice]:
    ports = PortSlice()
    yield ports
    ports.close()


@pytest.fixture
def new_phone(tmp_path: Path, ports: PortSlice) -> Iterator[Callable[..., Phone]]:
    """Make phones: ``new_phone(what it plays, account or None, answers=…)``."""
    if reason := baresip.missing():
        pytest.skip(reason)
    phones: list[Phone] = []

    def make(
        plays: Sound, account: Account | None = None, *, name: str = "", answers: bool = False, **other: str
    ) -> Phone:
        name = name or f"phone{len(phones)}"
        folder = tmp_path / f"baresip-{len(phones)}"
        phone = Phone(folder, ports, plays, account, name=name, answers=answers, **other)
        phones.append(phone)
        return phone

    yield make
    for phone in phones:
        phone.stop()


@pytest.fixture
def run_sipp(tmp_path: Path) -> Iterator[Callable[..., Sipp]]:
    """Start SIPp scenarios: ``run_sipp("caller", local=…, remote=…)``."""
    if reason := sipp.missing():
        pytest.skip(reason)
    runs: list[Sipp] = []

    def start(scenario: str, **options: object) -> Sipp:
        folder = tmp_path / f"sipp-{len(runs)}-{scenario}"
        run = Sipp(scenario, folder=folder, **options)  # type: ignore[arg-type]  # passed through
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.stop()
