"""Lets the benchmarks import what the tests drive SIPp with (tests/support), when they are run as programs."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))
