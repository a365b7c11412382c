"""Makes the spoken prompts of the default pack: at ``init``, and beside the running switch at each start (quick where all are there)."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

from centralita.app.errors import StartError
from centralita.settings import Settings, load

GENTLE = 10
"""Niceness: phones that register go before."""


def make_prompts(settings: Settings, say: Callable[[str], None]) -> None:
    """Bring the pack up to date. Raises StartError where there is no speech to be had, or no room."""
    from centralita.jobs.prompt_pack import make_default_pack
    from centralita.jobs.synthesiser import SpeechUnavailable

    def progress(done: int, total: int) -> None:
        if total and done in {0, total // 2, total}:
            say(f"spoken prompts: {done} of {total} made")

    try:
        make_default_pack(settings.prompts_folder, progress)
    except SpeechUnavailable as error:
        raise StartError(
            f"The spoken prompts cannot be made: {error}",
            "Calls work; voicemail and star codes are mute until then",
        ) from None
    except OSError as error:
        raise StartError(
            f"The spoken prompts cannot be written: {error.strerror}", "Make room, and start again"
        ) from None


def main() -> int:
    from centralita.app.logs import configure_logs

    settings = load()
    log = configure_logs("prompts", settings)
    os.nice(GENTLE)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # what is made is kept: an exit, not a death
    try:
        make_prompts(settings, log.info)
    except StartError as error:
        log.error(error.message, mend=error.mend)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
