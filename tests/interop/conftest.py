"""What every test with real peers shares: a slice of ports, the exchange, and phones that are stopped whatever happens."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent))

from support import audio, baresip, office, sipp
from support.audio import Sound
from support.baresip import Account, Phone
from support.exchange import Exchange
from support.office import TRUNK_HOST
from support.ports import PortSlice
from support.rtp import RtpEnd
from support.sip import Peer
from support.sipp import Sipp


@pytest.fixture(scope="session")
def ports() -> Iterator[PortSlice]:
    ports = PortSlice()
    yield ports
    ports.close()


@pytest.fixture(scope="session")
def trunk_address(ports: PortSlice) -> str:
    """host:port at which the provider listens, and from which it calls."""
    return f"{TRUNK_HOST}:{ports.take(4)}"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, ports: PortSlice, trunk_address: str) -> Path:
    """A data folder with the office in it, to copy: nothing has run in it."""
    template = Exchange(tmp_path_factory.mktemp("prepared"), ports)
    template.prepare()
    template.apply(office.documents(int(trunk_address.rpartition(":")[2])))
    return template.data


@pytest.fixture(scope="session")
def running_exchange(
    tmp_path_factory: pytest.TempPathFactory, ports: PortSlice, prepared: Path
) -> Iterator[Exchange]:
    """One exchange for the tests that do not hurt it; stopped and looked over at the end."""
    exchange = Exchange(tmp_path_factory.mktemp("exchange"), ports)
    exchange.prepare(prepared)
    exchange.start()
    yield exchange
    exchange.stop()
    assert not exchange.complaints()


@pytest.fixture
def exchange(running_exchange: Exchange) -> Iterator[Exchange]:
    """The exchange of the session, with nothing left behind by this test."""
    running_exchange.forget()
    yield running_exchange
    # A contact where nobody listens any more would be rung by the next test.
    for device in {each.device for each in running_exchange.control.registrations()}:
        peer = Peer("127.0.0.1", running_exchange.sip)
        peer.register(device, office.password(device), "Contact: *", "Expires: 0")
        peer.close()
    running_exchange.assert_no_leak()
    assert not running_exchange.control.registrations()


@pytest.fixture
def own_exchange(tmp_path: Path, ports: PortSlice, prepared: Path) -> Iterator[Exchange]:
    """An exchange of the test's own, to be killed, starved and restarted."""
    exchange = Exchange(tmp_path / "exchange", ports, audio=1)
    exchange.prepare(prepared)
    exchange.start()
    exchange.forget()
    yield exchange
    exchange.stop()


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
def phone_of(exchange: Exchange, new_phone: Callable[..., Phone]) -> Callable[..., Phone]:
    """Make a registered phone: ``phone_of("ana", what it plays, answers=…)``."""

    def make(device: str, plays: Sound | None = None, *, transport: str = "udp", **other: object) -> Phone:
        sound = plays or audio.chatter(40, seed=sum(device.encode()))
        phone = new_phone(sound, office.account(exchange, device, transport), **other)
        phone.registered()
        return phone

    return make


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


@pytest.fixture
def sipp_device(exchange: Exchange, ports: PortSlice, run_sipp: Callable[..., Sipp]) -> Callable[..., str]:
    """Register a device of the office at an address for SIPp, and give that address: ``sipp_device("ana")``."""

    def register(device: str, expires: int = 120) -> str:
        address = f"127.0.0.3:{ports.take(4)}"
        run_sipp(
            "register",
            local=address,
            remote=exchange.sip,
            service=device,
            credentials=(device, office.password(device)),
            keys={"expires": str(expires)},
        ).finish()
        return address

    return register


@pytest.fixture
def trunk_calls(exchange: Exchange, trunk_address: str, run_sipp: Callable[..., Sipp]) -> Callable[..., Sipp]:
    """A call from the provider: ``trunk_calls("ana", scenario, …)`` to that user's number."""

    def call(user: str, scenario: str = "caller", **options: object) -> Sipp:
        keys = {"caller": "+34600123123", **options.pop("keys", {})}  # type: ignore[dict-item]
        number = office.NUMBERS.get(user, user)
        return run_sipp(
            scenario, local=trunk_address, remote=exchange.sip, service=number, keys=keys, **options
        )

    return call


@pytest.fixture
def rtp_end() -> Iterator[Callable[..., RtpEnd]]:
    """Ends of RTP streams in the test's own hands."""
    ends: list[RtpEnd] = []

    def make(host: str, port: int = 0, **options: int) -> RtpEnd:
        end = RtpEnd(host, port, **options)
        ends.append(end)
        return end

    yield make
    for end in ends:
        end.close()
