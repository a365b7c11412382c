"""What the store of configurations answers, under the names that the rest of the store knows."""

from __future__ import annotations

from centralita.pbx.configuration.reports import (
    ApplyReport,
    ConfigVersion,
    Credentials,
    DraftState,
    NoDraft,
    TenantUnknown,
    VersionUnknown,
)

__all__ = [
    "ApplyReport",
    "ConfigVersion",
    "Credentials",
    "DraftState",
    "NoDraft",
    "TenantUnknown",
    "VersionUnknown",
]
