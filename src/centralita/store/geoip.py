"""Which country an address of the internet is in, from a database that the administrator provides (MMDB)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import maxminddb


class GeographyUnavailable(Exception):
    """The database cannot be read; why, and what to do."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(f"{message}. {mend}")
        self.message = message
        self.mend = mend


class AddressDatabase:
    """Fulfils :class:`centralita.ports.Geography`. The file is mapped into memory; a new one counts after a restart."""

    def __init__(self, path: Path) -> None:
        """Raises GeographyUnavailable."""
        try:
            self._reader = maxminddb.open_database(str(path))
        except (OSError, maxminddb.InvalidDatabaseError, ValueError) as error:
            raise GeographyUnavailable(
                f"The address database {path} cannot be read: {error}",
                "Correct CENTRALITA_GEOIP_DATABASE, or unset it: callers over the internet are then of unknown country",
            ) from error
        self.country = lru_cache(4096)(self._look_up)

    def _look_up(self, address: str) -> str:
        try:
            record = self._reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return ""
        if not isinstance(record, dict):
            return ""
        country = record.get("country") or record.get("registered_country")
        code = country.get("iso_code") if isinstance(country, dict) else country
        return code if isinstance(code, str) and len(code) == 2 else ""

    def close(self) -> None:
        self._reader.close()


class NoGeography:
    """Fulfils :class:`centralita.ports.Geography` where there is no database: nothing is known."""

    def country(self, address: str) -> str:
        return ""
