"""One outgoing stream whatever feeds it: numbers without gaps, a time line that runs with the clock."""

from __future__ import annotations

from centralita.media.outgoing import Outgoing


def test_a_leg_that_relays_first_takes_over_the_numbers() -> None:
    out = Outgoing()
    assert tuple(out.splice(77, 500, 9000, 1.0, adopt=True)) == (False, 0, 0)
    assert out.ssrc == 77


def test_not_where_a_report_has_told_another_identity() -> None:
    out = Outgoing()
    ssrc = out.identity()
    splice = out.splice(77, 500, 9000, 1.0, adopt=True)
    assert splice.rewrite
    assert out.ssrc == ssrc


def test_relayed_audio_continues_what_we_played() -> None:
    out = Outgoing()
    out.begin(10.0)
    for index in range(5):
        out.advance(160, 10.0 + 0.02 * index, sent=True)
    sequence, timestamp = out.sequence, out.timestamp
    splice = out.splice(77, 60_000, 123, 10.58, adopt=True)
    assert splice.rewrite
    assert (60_000 + splice.sequence_offset) & 0xFFFF == (sequence + 1) & 0xFFFF
    assert (123 + splice.timestamp_offset) & 0xFFFFFFFF == (timestamp + 4000) & 0xFFFFFFFF


def test_what_we_play_continues_relayed_audio() -> None:
    out = Outgoing()
    out.splice(77, 500, 9000, 1.0, adopt=True)
    out.settle(549, 16_840, 2.0, 50)
    out.begin(3.0)
    out.advance(160, 3.0, sent=True)
    assert out.sequence == 550
    assert out.timestamp == 16_840 + 8000


def test_a_frame_that_is_not_sent_takes_time_and_no_number() -> None:
    out = Outgoing()
    out.begin(1.0)
    out.advance(160, 1.0, sent=True)
    sequence, timestamp = out.sequence, out.timestamp
    for index in range(10):
        out.advance(160, 1.02 + 0.02 * index, sent=False)
    out.advance(160, 1.22, sent=True)
    assert out.sequence == (sequence + 1) & 0xFFFF
    assert out.timestamp == (timestamp + 11 * 160) & 0xFFFFFFFF


def test_what_was_missing_in_a_relayed_stream_is_known() -> None:
    out = Outgoing()
    out.splice(77, 500, 9000, 1.0, adopt=True)
    out.packets += 95
    out.failed += 2
    assert out.holes(100) == 3
    out.settle(599, 25_000, 3.0, 100)
    assert out.holes(0) == 3
