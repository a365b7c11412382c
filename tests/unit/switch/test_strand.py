from __future__ import annotations

from centralita.switch.strand import Signal, Strand


def test_runs_when_what_it_waits_for_comes() -> None:
    said: list[object] = []
    first: Signal[int] = Signal()
    second: Signal[str] = Signal()

    async def flow() -> None:
        said.append(await first)
        said.append(await second)

    strand = Strand(flow(), said.append)
    strand.start()
    assert said == []
    first.set(1)
    assert said == [1]
    second.set("two")
    assert said == [1, "two", None]
    assert strand.ended


def test_a_signal_that_was_set_before_is_not_waited_for() -> None:
    said: list[object] = []
    signal: Signal[int] = Signal()
    signal.set(5)
    signal.set(6)

    async def flow() -> None:
        said.append(await signal)

    Strand(flow(), said.append).start()
    assert said == [5, None]


def test_interrupted_where_it_waits() -> None:
    said: list[object] = []
    signal: Signal[int] = Signal()

    async def flow() -> None:
        try:
            await signal
        finally:
            said.append("cleaned up")

    strand = Strand(flow(), said.append)
    strand.start()
    error = RuntimeError("gone")
    strand.interrupt(error)
    assert said == ["cleaned up", error]
    signal.set(1)
    assert said == ["cleaned up", error]


def test_interrupted_while_running_at_its_next_wait() -> None:
    said: list[object] = []
    signal: Signal[int] = Signal()
    error = RuntimeError("gone")

    async def flow() -> None:
        strand.interrupt(error)
        said.append("still running")
        await signal

    strand = Strand(flow(), said.append)
    strand.start()
    assert said == ["still running", error]


def test_set_from_inside_the_strand() -> None:
    said: list[object] = []
    signal: Signal[int] = Signal()

    async def flow() -> None:
        signal.set(3)
        said.append(await signal)

    Strand(flow(), said.append).start()
    assert said == [3, None]
