"""Sentences that people read, in their language: reasons of traces, findings of the checker, ways to somebody.

The exchange decides and writes in English. :func:`told` words it where it leaves for a person's screen.
"""

from centralita.pbx.wording.telling import Language, told

__all__ = ["Language", "told"]
