"""Requests that we send outside dialogs: REGISTER, OPTIONS and whatever else is not a call."""

from __future__ import annotations


class ClientRequest:
    """One request of ours outside a dialog, over all its tries (addresses, challenges)."""

    __slots__ = ("call_id", "cseq", "method", "owner", "uri")

    owner: object
    """Free for the application."""
    method: str
    uri: str
    call_id: str
    cseq: int
    """The last CSeq number used; the next request of the same Call-ID takes a higher one."""
