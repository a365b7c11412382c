"""States and inputs of the four transactions, and how a table of theirs is read.

RFC 3261 §17 with the corrections of RFC 6026. A table maps state × input to the next state and the actions. A
pair that is not in a table cannot happen; if it does, that is an error of ours and raises ImpossibleInput.
What a peer may send at any time is in the tables for every state, if only to be dropped. The tables stand in
:mod:`centralita.sip.client_transaction` and :mod:`centralita.sip.server_transaction`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TypeVar


class State(IntEnum):
    """States of all four machines; each uses some of them."""

    CALLING = 0
    TRYING = 1
    PROCEEDING = 2
    COMPLETED = 3
    CONFIRMED = 4
    ACCEPTED = 5
    TERMINATED = 6


class Input(IntEnum):
    """What can happen to a transaction."""

    PROVISIONAL = 0
    """A 1xx is received (client) or to be sent (server)."""
    SUCCESS = 1
    """A 2xx is received or to be sent."""
    FAILURE = 2
    """A 300-699 is received or to be sent."""
    REQUEST = 3
    """The request came again."""
    ACK = 4
    LOST = 5
    """The connection closed, or could not be opened."""
    TIMER_A = 6
    TIMER_B = 7
    TIMER_C = 8
    TIMER_D = 9
    TIMER_E = 10
    TIMER_F = 11
    TIMER_G = 12
    TIMER_H = 13
    TIMER_I = 14
    TIMER_J = 15
    TIMER_K = 16
    TIMER_L = 17
    TIMER_M = 18


class ImpossibleInput(Exception):
    """A transaction was given what cannot happen in its state: a mistake in this program."""


Action = TypeVar("Action")
Cells = tuple[tuple[tuple[State, tuple[Action, ...]] | None, ...], ...]


def compile_table(table: Mapping[tuple[State, Input], tuple[State, tuple[Action, ...]]]) -> Cells[Action]:
    """The same table as rows of cells: two index operations a step instead of hashing a pair."""
    return tuple(tuple(table.get((state, what)) for what in Input) for state in State)
