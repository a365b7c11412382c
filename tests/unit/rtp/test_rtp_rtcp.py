"""RTCP: built and parsed, malformed and hostile, and two ends that measure each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centralita.rtp import rtcp
from centralita.rtp.reception import Reception
from centralita.rtp.reports import ReportExchange, Sent
from centralita.rtp.rtcp import Goodbye, Report, ReportBlock, SenderInfo

U32 = st.integers(0, 0xFFFFFFFF)
BLOCK = st.builds(ReportBlock, U32, st.integers(0, 255), st.integers(-0x800000, 0x7FFFFF), U32, U32, U32, U32)
SENDER = st.builds(SenderInfo, st.integers(0, 2**64 - 1), U32, U32, U32)
REPORT = st.builds(Report, U32, st.none() | SENDER, st.lists(BLOCK, max_size=3).map(tuple))


@given(REPORT, st.binary(max_size=300))
def test_what_is_built_is_parsed(report: Report, cname: bytes) -> None:
    data = rtcp.build_report(report) + rtcp.build_description(7, cname) + rtcp.build_goodbye(9)
    assert len(data) % 4 == 0
    assert rtcp.parse(data) == [report, Goodbye(9)]


@pytest.mark.parametrize(("lost", "told"), [(0x900000, 0x7FFFFF), (-0x900000, -0x800000), (-3, -3)])
def test_cumulative_loss_is_signed_and_has_24_bits(lost: int, told: int) -> None:
    report = Report(1, None, (ReportBlock(2, 0, lost, 0, 0, 0, 0),))
    parsed = rtcp.parse(rtcp.build_report(report))[0]
    assert isinstance(parsed, Report)
    assert parsed.blocks[0].lost == told


@given(st.binary(max_size=200))
def test_nothing_raises(data: bytes) -> None:
    rtcp.parse(data)


@given(REPORT, st.integers(0, 100), st.integers(0, 255))
def test_a_damaged_packet_raises_nothing(report: Report, at: int, value: int) -> None:
    data = bytearray(rtcp.build_report(report))
    data[at % len(data)] = value
    rtcp.parse(data)


def test_what_follows_a_malformed_packet_is_not_believed() -> None:
    good = rtcp.build_report(Report(1, None, ()))
    cut = bytearray(good)
    cut[2:4] = b"\xff\xff"
    assert rtcp.parse(good + cut + good) == [Report(1, None, ())]
    promises_more = b"\x9f\xc9\x00\x01" + bytes(4)
    assert rtcp.parse(promises_more + good) == []


def test_round_trip_by_the_example_of_the_rfc() -> None:
    """RFC 3550 §6.4.1, figure 2: A 0xb710:8000, LSR 0xb705:2000, DLSR 5.250 s give 6.125 s."""
    block = ReportBlock(1, 0, 0, 0, 0, 0xB705_2000, 0x0005_4000)
    assert rtcp.round_trip(0xB710_8000, block) == 6.125


@pytest.mark.parametrize(
    ("last", "delay"), [(0, 0), (0xB710_8000, 0x20000), (1, 0)], ids=["no-report", "negative", "absurd"]
)
def test_a_round_trip_that_cannot_be_is_none(last: int, delay: int) -> None:
    assert rtcp.round_trip(0xB710_8000, ReportBlock(1, 0, 0, 0, 0, last, delay)) is None


class End:
    """One of two ends that exchange reports."""

    def __init__(self, ssrc: int) -> None:
        self.ssrc, self.packets, self.holes = ssrc, 0, 0
        self.reception = Reception()
        self.reports = ReportExchange()

    def sent(self) -> Sent:
        return Sent(self.ssrc, self.packets, 160 * self.packets, 160 * self.packets, self.holes)

    def report(self, peer: End, now: float) -> bytes:
        return self.reports.compose(self.sent(), self.reception, peer.ssrc, now, b"x@y")


def test_two_ends_measure_each_other() -> None:
    """100 ms of round trip, 10 of 100 packets lost on one way, and clocks that are an hour apart."""
    left, right = End(1), End(2)
    for index in range(100):
        left.packets += 1
        if index % 10 != 9:
            right.reception.note(index, 160 * index, 10 + 0.02 * index)
    right.reception.note(100, 16000, 12.0)
    left.packets += 1
    left_hour = 3600.0
    assert right.reports.receive(memoryview(left.report(right, 10.0 + left_hour)), right.sent(), 10.05)
    answer = right.report(left, 12.05)
    assert left.reports.receive(memoryview(answer), left.sent(), 12.10 + left_hour)
    assert left.reports.lost_out == 10
    assert left.reports.round_trip_sum / left.reports.round_trip_count == pytest.approx(0.1, abs=0.001)
    parsed = rtcp.parse(answer)[0]
    assert isinstance(parsed, Report)
    assert parsed.sender is None, "it has sent nothing"
    assert parsed.blocks[0].fraction_lost == 256 * 10 // 101
    assert parsed.blocks[0].lost == 10


def test_what_was_missing_already_is_not_lost_on_our_way() -> None:
    end = End(1)
    end.packets, end.holes = 90, 10
    block = ReportBlock(1, 0, 12, 100, 0, 0, 0)
    end.reports.receive(memoryview(rtcp.build_report(Report(2, None, (block,)))), end.sent(), 5.0)
    assert end.reports.lost_out == 2


def test_blocks_about_others_are_not_ours() -> None:
    end = End(1)
    block = ReportBlock(99, 0, 12, 100, 0, 0, 0)
    end.reports.receive(memoryview(rtcp.build_report(Report(2, None, (block,)))), end.sent(), 5.0)
    assert end.reports.lost_out is None


def test_a_sender_report_only_where_something_was_sent() -> None:
    left, right = End(1), End(2)
    left.packets = 5
    first = rtcp.parse(left.report(right, 1.0))[0]
    second = rtcp.parse(left.report(right, 6.0))[0]
    assert isinstance(first, Report)
    assert isinstance(second, Report)
    assert first.sender is not None
    assert (first.sender.packets, first.sender.octets) == (5, 800)
    assert second.sender is None
