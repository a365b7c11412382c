"""Ports in pairs, given out and taken back."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from centralita.media.pool import Pair, PortPool, bind_pair
from support.media_world import range_of

HOST = "127.0.0.1"


@pytest.fixture
def first() -> int:
    return range_of(20)[0]


@pytest.fixture
def pool(first: int) -> Iterator[PortPool]:
    pool = PortPool(HOST, first, first + 19)
    yield pool
    pool.close()


def test_pairs_are_even_and_odd(first: int) -> None:
    pool = PortPool(HOST, first + 1, first + 8)
    assert pool.capacity == 3
    ports = pool.grant(10, set())
    assert ports == [first + 2, first + 4, first + 6]
    pair = pool.take(first + 2)
    assert pair is not None
    assert pair.rtp.getsockname() == (HOST, first + 2)
    assert pair.rtcp.getsockname() == (HOST, first + 3)
    pair.close()
    pool.close()


def test_a_pair_rests_before_it_is_granted_again(pool: PortPool, first: int) -> None:
    assert len(pool.grant(10, set())) == 10
    pair = pool.take(first)
    assert pair is not None
    pool.give_back(pair, 5.0)
    assert pool.grant(10, set()) == []
    pool.wake(5.9)
    assert pool.grant(10, set()) == []
    pool.wake(6.0)
    assert pool.grant(10, set()) == [first]


def test_what_was_used_longest_ago_is_granted_first(pool: PortPool, first: int) -> None:
    granted = pool.grant(3, set())
    for now, port in enumerate(granted):
        pair = pool.take(port)
        assert pair is not None
        pool.give_back(pair, float(now))
    pool.wake(100.0)
    assert pool.grant(3, set()) == granted


def test_somebody_elses_port_is_passed_over(pool: PortPool, first: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind((HOST, first + 3))
        ports = pool.grant(20, set())
    assert first + 2 not in ports
    assert len(ports) == 9
    assert pool.grant(20, set()) == [first + 2], "and tried again when it may be free"


def test_what_a_client_claims_is_kept_for_it(pool: PortPool, first: int) -> None:
    claimed = {first, first + 4}
    assert claimed.isdisjoint(pool.grant(20, claimed))
    for port in claimed:
        pair = pool.take(port)
        assert pair is not None
        pool.give_back(pair, 0.0)


def test_a_port_is_taken_once(pool: PortPool, first: int) -> None:
    pool.grant(2, set())
    pair = pool.take(first)
    assert pair is not None
    assert pool.take(first) is None
    assert pool.take(first + 1) is None
    assert pool.take(first + 1000) is None
    pool.give_back(pair, 0.0)
    again = pool.take(first)
    assert again is pair
    pool.give_back(pair, 0.0)


def test_what_was_granted_to_a_client_that_is_gone_is_free(pool: PortPool) -> None:
    first = set(pool.grant(10, set()))
    pool.revoke()
    assert set(pool.grant(10, set())) == first


def receive(pair: Pair) -> bytes | None:
    try:
        return pair.rtp.recv(100)
    except BlockingIOError:
        return None


def test_a_connection_is_dissolved_and_the_port_stays(first: int) -> None:
    pair = bind_pair(HOST, first)
    assert pair is not None
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        peer.bind(("127.0.0.2", 0))
        stranger.bind(("127.0.0.3", 0))
        pair.connect(peer.getsockname())
        stranger.sendto(b"no", (HOST, first))
        assert receive(pair) is None
        peer.sendto(b"yes", (HOST, first))
        assert receive(pair) == b"yes"
        pair.disconnect()
        stranger.sendto(b"now", (HOST, first))
        assert receive(pair) == b"now"
        stranger.sendto(b"old", (HOST, first))
        pair.drain()
        assert receive(pair) is None
    pair.close()
