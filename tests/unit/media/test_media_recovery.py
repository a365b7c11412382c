"""Processes that die: a worker, a switch, the connection between them; and what goes on all the same."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from centralita.media.client import MediaClient, MediaSettings, WorkerHealth, WorkerSpec
from centralita.ports import File, MediaLeg, MediaUnavailable, Silence, Tone
from support import audio
from support.media_world import HOST, Owner, Phone, Pump, WorkerProcess, World, connect, frames_of, range_of

SETTINGS = MediaSettings(silent_after=0.5, ping_every=0.1, dead_after=0.5, gap=1.0)


@pytest.fixture
def worker() -> Iterator[WorkerProcess]:
    """A worker with ports for ten legs."""
    worker = WorkerProcess(range_of(20))
    worker.start()
    yield worker
    assert '"fault"' not in worker.log, worker.log
    worker.remove()


@pytest.fixture
def world(worker: WorkerProcess) -> Iterator[World]:
    pump = Pump()
    world = World(pump, connect(pump, worker, "one", SETTINGS))
    yield world
    for phone in world.phones:
        phone.close()


def client_of(world: World) -> MediaClient:
    assert isinstance(world.media, MediaClient)
    return world.media


def call(world: World, owner: Owner | None = None) -> tuple[Phone, Phone, MediaLeg, MediaLeg]:
    """Two phones that have talked."""
    left, right = world.phone(host="127.0.0.2"), world.phone(host="127.0.0.3")
    one = world.media.allocate(owner or Owner())
    two = world.media.allocate(owner or Owner(), beside=one)
    one.point(left.target())
    two.point(right.target())
    one.bridge(two)
    world.settle()
    talk(world, left, right, one, two)
    return left, right, one, two


def talk(world: World, left: Phone, right: Phone, one: MediaLeg, two: MediaLeg) -> None:
    """Both speak until each has heard the other."""
    before = len(left.heard), len(right.heard)

    def heard() -> bool:
        left.send(one.port, b"\x22" * 160)
        right.send(two.port, b"\x22" * 160)
        left.listen()
        right.listen()
        return len(left.heard) >= before[0] + 3 and len(right.heard) >= before[1] + 3

    world.pump.until(heard, "each has heard the other")


def up(world: World) -> bool:
    return client_of(world).health()[0].up


def test_calls_go_on_with_the_next_worker(world: World, worker: WorkerProcess, tmp_path: Path) -> None:
    owners = Owner(), Owner()
    left, right, one, two = call(world, owners[0])
    listener = world.phone(host="127.0.0.4")
    three = world.media.allocate(owners[1])
    three.point(listener.target())
    three.play([File(audio.write(tmp_path / "a.wav", audio.tone(600, seconds=0.3)))], repeat=True)
    path = tmp_path / "rec.wav"
    one.record(path, both=False, limit=60)
    tone = frames_of(audio.tone(500, seconds=0.8), left.law)
    world.talk([(left, one.port, tone), (right, two.port, tone)], listening=[])
    worker.kill()
    world.pump.until(lambda: not up(world), "the death is noticed")
    worker.start()
    world.pump.until(lambda: up(world), "the next worker is up")
    world.pump.run(0.05)
    talk(world, left, right, one, two)
    before = len(listener.heard)
    world.hear(listener, before + 10)
    tone = frames_of(audio.tone(900, seconds=0.4), left.law)
    world.talk([(left, one.port, tone)], listening=[])
    one.stop_recording()
    world.pump.until(lambda: owners[0].recordings, "the recording is told")
    assert owners[0].recordings[0].reason == "stopped"
    assert len(owners[0].recordings) == 1
    sound = audio.read(path)
    assert sound.seconds == pytest.approx(owners[0].recordings[0].duration)
    assert any(one.seconds > 0.2 for one in audio.segments(sound, 500)), "what the dead worker recorded"
    assert any(one.seconds > 0.2 for one in audio.segments(sound, 900)), "what the next one did"
    for leg in (one, two, three):
        leg.close()
    world.pump.until(lambda: world.media.in_use() == 0, "all ports are back")
    assert len(owners[0].qualities) == 2
    assert all(quality.mos_in for quality in owners[0].qualities)


def test_a_recording_that_was_being_stopped_is_told_all_the_same(
    world: World, worker: WorkerProcess, tmp_path: Path
) -> None:
    owner = Owner()
    leg = world.media.allocate(owner)
    leg.record(tmp_path / "a.wav", both=False, limit=60)
    world.pump.run(0.1)
    worker.kill()
    leg.stop_recording()
    world.pump.until(lambda: not up(world), "the death is noticed")
    worker.start()
    world.pump.until(lambda: owner.recordings, "the recording is told")
    world.pump.run(0.2)
    assert [one.reason for one in owner.recordings] == ["stopped"]


def test_without_a_worker_legs_end_and_none_begin(world: World, worker: WorkerProcess) -> None:
    owner = Owner()
    _, _, one, two = call(world, owner)
    worker.kill()
    world.pump.until(lambda: not up(world), "the death is noticed")
    one.close()
    assert owner.qualities == [], "never from within close"
    world.pump.until(lambda: len(owner.qualities) == 1, "its end is told")
    world.pump.until(lambda: owner.silent == 1, "the other one hears that it is not heard")
    two.close()
    world.pump.until(lambda: world.media.in_use() == 0, "none is left")
    world.pump.run(1.1)
    with pytest.raises(MediaUnavailable):
        world.media.allocate(owner)
    assert client_of(world).health()[0].free == 0


def test_a_port_that_another_program_took_meanwhile(
    world: World, worker: WorkerProcess, tmp_path: Path
) -> None:
    owner = Owner()
    leg = world.media.allocate(owner)
    leg.record(tmp_path / "a.wav", both=False, limit=60)
    world.pump.run(0.05)
    worker.kill()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
        thief.bind((HOST, leg.port))
        worker.start()
        world.pump.until(lambda: owner.recordings, "the loss is told")
        assert owner.recordings[0].reason == "lost"
        assert owner.silent == 1
        leg.close()
        world.pump.until(lambda: len(owner.qualities) == 1, "the end is told")


def test_calls_outlive_the_switch_and_end_with_their_audio(world: World, worker: WorkerProcess) -> None:
    left, right, one, two = call(world)
    lonely = world.media.allocate(Owner())
    lonely.point(left.target(port=9))
    world.settle()
    client_of(world).stop()
    world.pump.after_turn.clear()
    world.media = successor = connect(world.pump, worker, "two", SETTINGS)
    assert successor.in_use() == 0
    talk(world, left, right, one, two)
    legs: list[MediaLeg] = []

    def all_but(count: int) -> bool:
        while successor.health()[0].free > count:
            try:
                legs.append(successor.allocate(Owner()))
            except MediaUnavailable:
                return False
        return True

    def all_but_while_they_talk(count: int) -> bool:
        left.send(one.port)
        right.send(two.port)
        return all_but(count)

    # Of ten pairs two carry the call that nobody leads any more; the one that was not bridged has come back.
    world.pump.until(lambda: all_but_while_they_talk(2), "eight ports are free")
    left.listen()
    right.listen()
    assert not {one.port, two.port} & {leg.port for leg in legs}
    talk(world, left, right, one, two)
    # Nobody speaks any more: the ports come back.
    world.pump.until(lambda: all_but(0), "ten ports are free")
    for leg in legs:
        leg.close()
    world.pump.until(lambda: successor.in_use() == 0, "all ports are back")


def test_a_broken_connection_changes_nothing_for_those_who_talk(world: World) -> None:
    left, right, one, two = call(world)
    spare = world.media.allocate(Owner())
    world.settle()
    connection = client_of(world)._connections[0]
    connection._lose("the test cuts it")
    spare.close()
    # The source stays locked: another port of the same phone is not heard, the phone itself is.
    world.pump.until(lambda: up(world), "it is mended")
    stranger = world.phone(host="127.0.0.2")
    before = len(right.heard)
    for _ in range(20):
        stranger.send(one.port, b"\x11" * 160)
    talk(world, left, right, one, two)
    assert {packet.payload for packet in right.heard[before:]} == {b"\x22" * 160}
    one.close()
    two.close()
    world.pump.until(lambda: world.media.in_use() == 0, "all ports are back")


def test_rubbish_on_the_socket_is_no_command(world: World, worker: WorkerProcess) -> None:
    left, right, one, two = call(world)
    for rubbish in (b"\xff" * 100, b"\0\0\0\1\xc1", b"GET / HTTP/1.1\r\n\r\n", b""):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
            stranger.connect(str(worker.socket))
            stranger.sendall(rubbish)
        world.pump.run(0.02)
    world.pump.until(lambda: up(world), "the client is back")
    talk(world, left, right, one, two)


def test_the_socket_is_for_its_owner_alone(worker: WorkerProcess, world: World) -> None:
    assert worker.socket.stat().st_mode & 0o777 == 0o600


def test_a_worker_that_hangs_counts_as_dead_until_it_answers(world: World, worker: WorkerProcess) -> None:
    assert worker.process is not None
    worker.process.send_signal(signal.SIGSTOP)
    world.pump.until(lambda: not up(world), "it is missed", 3.0)
    worker.process.send_signal(signal.SIGCONT)
    world.pump.until(lambda: up(world), "it is back", 3.0)
    call(world)


def test_ports_run_out_and_come_back(world: World) -> None:
    owner = Owner()
    legs = []
    for _ in range(10):
        world.pump.run(0.01)
        legs.append(world.media.allocate(owner))
    with pytest.raises(MediaUnavailable):
        world.media.allocate(owner)
    legs[0].close()
    world.pump.until(lambda: owner.qualities, "one is closed")
    with pytest.raises(MediaUnavailable):
        world.media.allocate(owner)

    def again() -> bool:
        try:
            legs[0] = world.media.allocate(owner)
        except MediaUnavailable:
            return False
        return True

    world.pump.until(again, "it has rested")
    assert len({leg.port for leg in legs}) == 10


def test_the_last_ports_are_for_calls_for_help() -> None:
    worker = WorkerProcess(range_of(256))
    worker.start()
    pump = Pump()
    media = connect(pump, worker, "one", SETTINGS)
    try:
        pump.until(lambda: media.health()[0].up, "the worker is up")
        legs: list[MediaLeg] = []

        def all_taken() -> bool:
            try:
                while True:
                    legs.append(media.allocate(Owner()))
            except MediaUnavailable:
                return media.health()[0].free == 2

        pump.until(all_taken, "all but the last two are taken")
        for _ in range(2):
            pump.until(lambda: _taken(media, legs, vital=True), "a call for help finds a port")
        assert not _taken(media, legs, vital=True)
    finally:
        media.stop()
        worker.stop()


def _taken(media: MediaClient, legs: list[MediaLeg], *, vital: bool) -> bool:
    try:
        legs.append(media.allocate(Owner(), vital=vital))
    except MediaUnavailable:
        return False
    return True


def test_legs_are_spread_over_the_workers_and_stay_together() -> None:
    workers = [WorkerProcess(range_of(100)) for _ in range(2)]
    for worker in workers:
        worker.start()
    pump = Pump()
    changes: list[WorkerHealth] = []
    client = MediaClient(
        [WorkerSpec(f"media-{n}", worker.socket) for n, worker in enumerate(workers, start=1)],
        pump,
        "token",
        add_reader=pump.add_reader,
        remove_reader=pump.remove_reader,
        settings=SETTINGS,
        on_change=changes.append,
    )
    pump.after_turn.append(client.flush)
    client.start()
    pump.until(lambda: all(one.up for one in client.health()), "both are up")
    legs = [client.allocate(Owner()) for _ in range(6)]
    assert [one.legs for one in client.health()] == [3, 3], [worker.log for worker in workers]
    beside = [client.allocate(Owner(), beside=legs[0]) for _ in range(4)]
    assert len({leg.connection for leg in [*beside, legs[0]]}) == 1
    with pytest.raises(ValueError, match="beside"):
        legs[0].bridge(legs[1])
    workers[0].kill()
    pump.until(lambda: not client.health()[0].up, "the death is noticed")
    assert changes[-1][:2] == ("media-1", False)
    pump.run(1.1)
    assert all(client.allocate(Owner()).connection.spec.name == "media-2" for _ in range(3))
    client.stop()
    for worker in workers:
        worker.remove()


def test_an_owner_that_fails_takes_nothing_from_the_others(world: World) -> None:
    class Faulty(Owner):
        def on_played(self) -> None:
            raise RuntimeError("the owner's own fault")

    faulty, good = Faulty(), Owner()
    for owner in (faulty, good):
        world.media.allocate(owner).play([Silence(0.02)])
    world.pump.until(lambda: good.played, "the other one is told")


def test_a_worker_without_a_parent_and_without_calls_ends() -> None:
    worker = WorkerProcess(range_of(10))
    script = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:]).pid, flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, *worker._command]
    parent = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    pump = Pump()
    client = connect(pump, worker, "token", SETTINGS)
    parent.kill()
    parent.wait()
    client.stop()

    def gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except FileNotFoundError:
            return True

    pump.until(gone, "the worker ends")
    assert not worker.socket.exists()
    worker.remove()
    parent.stdin.close()  # type: ignore[union-attr]  # it was asked for
    parent.stdout.close()


def test_it_starts_quickly_and_loads_little(tmp_path: Path) -> None:
    """What it does not need would be paid by every restart, and by every megabyte of every worker."""
    script = "import sys, centralita.media.worker; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"asyncio", "numpy", "pydantic", "centralita.ports", "ssl", "email"} & set(loaded)


@pytest.mark.parametrize(
    "options",
    [["--ports", "5-2"], ["--ports", "x"], ["--ports", "20000-20010", "--bind", "192.0.2.99"]],
)
def test_what_cannot_be_started_says_why(options: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "centralita.media.worker", "--socket", str(tmp_path / "s"), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "ports" in done.stderr or "cannot-start" in done.stderr


def test_a_worker_whose_ports_are_all_taken_is_not_up_until_one_is_free() -> None:
    """Two installations that share a range: the second one says what is wrong, once, and takes no calls."""
    ports = range_of(8)
    taken = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(8)]
    for sock, port in zip(taken, range(ports[0], ports[1] + 1), strict=True):
        sock.bind((HOST, port))
    worker = WorkerProcess(ports)
    pump = Pump()
    client = MediaClient(
        [WorkerSpec("media-1", worker.socket)],
        pump,
        "one",
        add_reader=pump.add_reader,
        remove_reader=pump.remove_reader,
        settings=SETTINGS,
    )
    try:
        worker.start()
        client.start()
        pump.until(lambda: "no port can be bound" in worker.log, "the worker complains")
        pump.until(worker.socket.exists, "the worker listens")
        heard = pump.now() + 0.6  # several attempts to bind, and pings that are answered
        pump.until(lambda: pump.now() > heard, "some time")
        assert not client.health()[0].up
        with pytest.raises(MediaUnavailable):
            client.allocate(Owner())
        assert worker.log.count("no port can be bound") == 1
        for sock in taken:
            sock.close()
        pump.until(lambda: client.health()[0].up, "the worker is up")
        client.allocate(Owner()).close()
        pump.until(lambda: not client.in_use(), "the port is given back")
    finally:
        client.stop()
        worker.remove()


def test_on_a_terminal_it_logs_for_people(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "centralita.media.worker", "--socket", str(tmp_path / "s")]
    command += ["--ports", "20000-20010", "--bind", "192.0.2.99", "--log-format", "console"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert re.match(r"\d\d:\d\d:\d\d \[error    \] cannot-start +\[media\] socket=", done.stderr)


def test_a_path_that_is_too_long_is_refused_at_once(tmp_path: Path) -> None:
    pump = Pump()
    with pytest.raises(ValueError, match="longer"):
        MediaClient(
            [WorkerSpec("media-1", tmp_path / ("x" * 120))],
            pump,
            "token",
            add_reader=pump.add_reader,
            remove_reader=pump.remove_reader,
        )


def test_completes_its_recordings_when_it_is_told_to_end(
    world: World, worker: WorkerProcess, tmp_path: Path
) -> None:
    phone = world.phone()
    leg = world.media.allocate(Owner())
    leg.point(phone.target())
    leg.record(tmp_path / "a.wav", both=False, limit=60)
    world.settle()
    world.talk([(phone, leg.port, frames_of(audio.tone(500, seconds=0.4), phone.law))], listening=[])
    assert worker.process is not None
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(2) == 0
    assert audio.read(tmp_path / "a.wav").seconds > 0.35
    assert not worker.socket.exists()


def test_tones_do_not_end(world: World) -> None:
    owner, phone = Owner(), world.phone()
    leg = world.media.allocate(owner)
    leg.point(phone.target())
    leg.play([Tone("busy")])
    world.hear(phone, 40)
    assert owner.played == 0
