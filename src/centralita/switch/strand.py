"""Coroutines without an event loop: a call's flow runs at once whenever what it waits for has come.

An asyncio task would cost a trip through the loop for every wait and bind the calls to a clock that the simulator cannot
turn. A strand is stepped by the event itself: a response, a digit, a timer.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Signal(Generic[T]):
    """A value that will come once; awaited by at most one strand. Setting it again changes nothing."""

    __slots__ = ("_strand", "_value", "is_set")

    def __init__(self) -> None:
        self.is_set = False
        self._value: T | None = None
        self._strand: Strand | None = None

    def set(self, value: T) -> None:
        if self.is_set:
            return
        self.is_set = True
        self._value = value
        strand, self._strand = self._strand, None
        if strand is not None:
            strand.resume(self)

    def __await__(self) -> Generator[Signal[T], None, T]:
        if not self.is_set:
            yield self
        return self._value  # type: ignore[return-value]  # set, so a T: None only where T allows it

    def attach(self, strand: Strand) -> None:
        self._strand = strand

    def detach(self) -> None:
        self._strand = None


class Strand:
    """One coroutine that waits for signals only. It can be interrupted wherever it waits."""

    __slots__ = ("_coroutine", "_on_end", "_pending", "_running", "_waiting", "ended")

    def __init__(
        self, coroutine: Coroutine[Signal[Any], None, None], on_end: Callable[[BaseException | None], None]
    ) -> None:
        """``on_end`` is called once, with the exception that the coroutine let out, or None."""
        self._coroutine = coroutine
        self._on_end = on_end
        self._waiting: Signal[Any] | None = None
        self._pending: BaseException | None = None
        self._running = False
        self.ended = False

    def start(self) -> None:
        self._step(None)

    def resume(self, signal: Signal[Any]) -> None:
        """Called by the signal that the strand waits for."""
        if self._waiting is signal and not self.ended:
            self._waiting = None
            self._step(None)

    def interrupt(self, error: BaseException) -> None:
        """Raise this in the coroutine where it waits, or at its next wait if it is running now."""
        if self.ended:
            return
        if self._running:
            self._pending = error
            return
        if self._waiting is not None:
            self._waiting.detach()
            self._waiting = None
        self._step(error)

    def _step(self, error: BaseException | None) -> None:
        self._running = True
        try:
            while True:
                if error is not None:
                    signal = self._coroutine.throw(error)
                else:
                    signal = self._coroutine.send(None)
                error, self._pending = self._pending, None
                if error is None and not signal.is_set:
                    self._waiting = signal
                    signal.attach(self)
                    return
        except StopIteration:
            error = None
            self._end(None)
        except BaseException as failure:  # noqa: BLE001 - handed to on_end, which decides
            error = None
            self._end(failure)
        finally:
            self._running = False

    def _end(self, failure: BaseException | None) -> None:
        self.ended = True
        self._running = False
        on_end, self._on_end = self._on_end, _ended
        on_end(failure)
        if failure is not None:
            # Its frames lead to whoever interrupted, who holds the exception: a circle around the whole call.
            failure.__traceback__ = None


def _ended(failure: BaseException | None) -> None:
    """In the place of ``on_end`` once it was called: a strand that has ended keeps nobody alive."""
