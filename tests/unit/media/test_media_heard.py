"""What is known of a leg's audio while its call goes on: as the worker last told, over all workers that it had."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from centralita.media.client import ClientLeg
from centralita.media.protocol import Figures
from centralita.switch.control import _mos

GOOD = Figures(500, 500, 5.0, 5, 500, 0, 4, 4.0, 80.0, 4)
LOSSY = Figures(500, 560, 5.0, 5, 500, 0, 4, 4.0, 80.0, 4)


class Wire:
    """A connection that takes orders and tells nothing."""

    def queue(self, command: object) -> None: ...

    def restore(self, leg: object) -> None: ...


def leg() -> ClientLeg:
    made = ClientLeg(cast(Any, Wire()), 20000, cast(Any, None))
    made._codec = "PCMA"
    return made


def test_nothing_is_known_until_the_worker_tells_and_then_what_it_told_last() -> None:
    one = leg()
    assert one.heard() is None
    one.progress(GOOD)
    first = one.heard()
    assert first is not None
    assert first.mos_in is not None
    assert first.mos_in > 4.2
    one.progress(LOSSY)
    later = one.heard()
    assert later is not None
    assert later.loss_in == pytest.approx(100 * 60 / 560)


def test_what_a_dead_worker_told_is_not_forgotten() -> None:
    one = leg()
    one.progress(GOOD)
    one.restore(0.0)
    kept = one.heard()
    assert kept is not None
    assert kept.packets_in == 500
    one.progress(GOOD)
    both = one.heard()
    assert both is not None
    assert both.packets_in == 1000


def test_a_call_is_as_good_as_what_sounds_worst_in_it() -> None:
    good, bad = leg(), leg()
    call = SimpleNamespace(a=SimpleNamespace(media=good), b=SimpleNamespace(media=bad))
    assert _mos(cast(Any, call)) is None
    good.progress(GOOD)
    alone = _mos(cast(Any, call))
    bad.progress(LOSSY)
    worst = _mos(cast(Any, call))
    assert alone is not None
    assert worst is not None
    assert worst < 3.5 < alone
    assert _mos(cast(Any, SimpleNamespace(a=SimpleNamespace(media=None), b=None))) is None
