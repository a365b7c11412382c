"""Why a call ended, in the two languages of telephony: SIP status codes and Q.850 cause values (RFC 3398 §7.2.4, §8.2.6)."""

from __future__ import annotations

from centralita.pbx.vocabulary import StepEnd

NORMAL_CLEARING = 16

_Q850 = {
    400: 41,
    401: 21,
    402: 21,
    403: 21,
    404: 1,
    405: 63,
    406: 79,
    407: 21,
    408: 102,
    410: 22,
    413: 127,
    414: 127,
    415: 79,
    416: 127,
    420: 127,
    421: 127,
    423: 127,
    480: 18,
    481: 41,
    482: 25,
    483: 25,
    484: 28,
    485: 1,
    486: 17,
    487: 16,
    488: 65,
    500: 41,
    501: 79,
    502: 38,
    503: 41,
    504: 102,
    505: 127,
    513: 127,
    600: 17,
    603: 21,
    604: 1,
    606: 58,
}


def q850_of(status: int) -> int:
    """The Q.850 cause that says what a final SIP status says; 16 for success, 31 (normal, unspecified) if unknown."""
    if 200 <= status < 300:
        return NORMAL_CLEARING
    return _Q850.get(status, 31)


def step_end_of(status: int) -> StepEnd:
    """How ringing a leg ended when it gave this final status (RFC 3261 §21.4-21.6)."""
    match status:
        case 486 | 600:
            return StepEnd.BUSY
        case 603 | 607 | 608:
            return StepEnd.REJECTED
        case 487:
            return StepEnd.ELSEWHERE
        case 404 | 408 | 410 | 480 | 481 | 502 | 503 | 504 | 604:
            return StepEnd.UNREACHABLE
        case _:
            return StepEnd.FAILED
