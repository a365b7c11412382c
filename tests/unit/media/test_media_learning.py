"""Where audio is sent and whom we believe: the rules against stolen and injected audio."""

from __future__ import annotations

import pytest

from centralita.media.learning import Learner, canonical, destination

OURS = {"127.0.0.1", "127.0.0.9", "::1", "203.0.113.5"}


def ours(host: str) -> bool:
    return host in OURS


@pytest.mark.parametrize(
    ("host", "port", "signalling", "expected"),
    [
        ("198.51.100.7", 4000, "198.51.100.7", ("198.51.100.7", 4000)),
        ("192.168.1.20", 4000, "198.51.100.7", ("192.168.1.20", 4000)),
        ("0.0.0.0", 4000, "198.51.100.7", None),
        ("::", 4000, "198.51.100.7", None),
        ("127.0.0.1", 4000, "198.51.100.7", ("198.51.100.7", 4000)),
        ("203.0.113.5", 4000, "198.51.100.7", ("198.51.100.7", 4000)),
        ("127.0.0.9", 4000, "127.0.0.1", ("127.0.0.9", 4000)),
        ("203.0.113.5", 4000, "127.0.0.1", ("203.0.113.5", 4000)),
        ("::1", 4000, "2001:db8::7", ("2001:db8::7", 4000)),
        ("2001:DB8:0::1", 4000, "2001:db8::7", ("2001:db8::1", 4000)),
        ("phone.example.com", 4000, "198.51.100.7", ("198.51.100.7", 4000)),
        ("224.0.0.5", 4000, "198.51.100.7", None),
        ("255.255.255.255", 4000, "198.51.100.7", None),
        ("198.51.100.7", 0, "198.51.100.7", None),
        ("198.51.100.7", 65536, "198.51.100.7", None),
        ("nonsense", 4000, "also nonsense", None),
        ("127.0.0.1", 4000, "0.0.0.0", None),
    ],
)
def test_where_to_send(host: str, port: int, signalling: str, expected: tuple[str, int] | None) -> None:
    assert destination(host, port, signalling, ours) == expected


def test_the_address_of_the_sdp_is_believed_at_once() -> None:
    assert Learner(("198.51.100.7", 4000), "198.51.100.7").accept(("198.51.100.7", 4000), 1, 1)


def packets_until_believed(learner: Learner, source: tuple[str, int], limit: int = 50) -> int | None:
    for count in range(1, limit + 1):
        if learner.accept(source, 7, (65530 + count) & 0xFFFF):
            return count
    return None


def test_a_peer_behind_a_nat_is_believed_after_a_few_packets() -> None:
    learner = Learner(("192.168.1.20", 4000), "198.51.100.7")
    assert packets_until_believed(learner, ("198.51.100.7", 61234)) == 4


def test_another_port_of_the_right_address_takes_longer() -> None:
    learner = Learner(("198.51.100.7", 4000), "198.51.100.7")
    assert packets_until_believed(learner, ("198.51.100.7", 61234)) == 10


def test_anybody_else_is_never_believed() -> None:
    learner = Learner(("198.51.100.7", 4000), "198.51.100.8")
    assert packets_until_believed(learner, ("198.51.100.9", 4000)) is None


def test_packets_that_do_not_follow_each_other_are_not_believed() -> None:
    learner = Learner(("192.168.1.20", 4000), "198.51.100.7")
    source = ("198.51.100.7", 61234)
    assert not any(learner.accept(source, 7, sequence) for sequence in (1, 3, 5, 7, 9, 11, 13))
    assert not any(learner.accept(source, ssrc, ssrc) for ssrc in range(20, 40))


def test_the_address_of_the_sdp_wins_while_another_is_a_candidate() -> None:
    learner = Learner(("192.168.1.20", 4000), "198.51.100.7")
    assert not learner.accept(("198.51.100.7", 61234), 7, 1)
    assert learner.accept(("192.168.1.20", 4000), 9, 1)


def test_candidates_do_not_disturb_one_another_and_are_bounded() -> None:
    learner = Learner(("192.168.1.20", 4000), "198.51.100.7")
    for step in range(3):
        for port in range(1000):
            assert not learner.accept(("198.51.100.7", 50_000 + port), 7, step)
    assert learner.accept(("198.51.100.7", 50_000), 7, 3)


def test_names_are_no_addresses() -> None:
    assert canonical("phone.example.com") is None
    assert canonical("2001:DB8::0001") == "2001:db8::1"
