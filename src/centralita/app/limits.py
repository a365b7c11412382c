"""Open files: each TCP phone and each audio port is one, and the usual limit of 1024 is an early death."""

from __future__ import annotations

import resource

from centralita.settings import Settings


def wanted_files(settings: Settings) -> int:
    """Descriptors that the busiest process may need: all TCP connections, or all audio ports of one worker."""
    return max(settings.max_connections, max(len(ports) for ports in settings.worker_ports)) + 256


def raise_file_limit() -> int:
    """Raise the soft limit to the hard one, for this process and its children. The limit in force."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 1_048_576 if hard == resource.RLIM_INFINITY else min(hard, 1_048_576)
    if soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError):
            return soft  # a container may forbid it; `centralita doctor` tells whether it is enough
        soft = wanted
    return soft
