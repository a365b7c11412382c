"""Transactions."""

from __future__ import annotations

from centralita.sip.flow import Flow
from centralita.sip.message import Request


class ServerTransaction:
    """One request that came in, and the responses to it."""

    __slots__ = ("flow", "owner", "request")

    owner: object
    """Free for the application."""
    request: Request
    flow: Flow
