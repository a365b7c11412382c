"""Everything that the journal keeps: what happened to calls, and what happened on the floors of call centres."""

from __future__ import annotations

from centralita.pbx.acd.facts import AcdFact
from centralita.pbx.vocabulary import CallEvent

JournalEvent = CallEvent | AcdFact
