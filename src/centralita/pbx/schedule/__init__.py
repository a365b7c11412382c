"""Opening hours: :mod:`.hours` says whether a place is open, and why; :mod:`.findings` what looks wrong in them."""

from centralita.pbx.schedule.findings import Finding, Trap, dst_traps, findings
from centralita.pbx.schedule.hours import DAYS_AHEAD, Hours, Verdict, compile_schedule

__all__ = [
    "DAYS_AHEAD",
    "Finding",
    "Hours",
    "Trap",
    "Verdict",
    "compile_schedule",
    "dst_traps",
    "findings",
]
