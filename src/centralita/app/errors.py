"""Why the house cannot be started: what is wrong and how to mend it, for whoever shows it."""

from __future__ import annotations


class StartError(Exception):
    """``occupied``: because another program holds a port or the data folder."""

    def __init__(self, message: str, mend: str, *, occupied: bool = False) -> None:
        super().__init__(f"{message}. {mend}.")
        self.message = message
        self.mend = mend
        self.occupied = occupied
