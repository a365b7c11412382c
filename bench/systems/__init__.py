"""The systems under test: ours and its peers, each started for the same work and stopped by process id."""

from __future__ import annotations

import os
from pathlib import Path


def folder() -> Path:
    """Where peers that are not installed as packages live: ``CENTRALITA_PEERS``, else a folder in the user's cache."""
    return Path(os.environ.get("CENTRALITA_PEERS") or Path.home() / ".cache/centralita-peers")
