"""Where a number is from: country, kind of number, and the region where the numbering plan tells it.

:func:`locate` reads a number; the tables are in :mod:`.spain`, :mod:`.regions` and :mod:`.countries`. Where callers over the
internet are is not told by numbers, and not here.
"""

from centralita.pbx.geography.codes import community_of, is_known, known_codes, name_of
from centralita.pbx.geography.origin import UNKNOWN, Kind, Origin, locate

__all__ = ["UNKNOWN", "Kind", "Origin", "community_of", "is_known", "known_codes", "locate", "name_of"]
