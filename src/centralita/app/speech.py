"""A text spoken at once, for who wants to hear it before it is kept: ``python -m centralita.app.speech LANGUAGE``, the text on stdin.

What is kept is spoken by the worker of background jobs. The synthesiser is a library in C with one state for all, and what it is
given here is anybody's: it runs in a process of its own, which ends with the text.
"""

from __future__ import annotations

import subprocess
import sys
from threading import BoundedSemaphore

from centralita.web.callparts import SpeechFailed

AT_ONCE = 2
"""Texts that are spoken at the same time: more wait for their turn."""
WAIT_SECONDS = 20.0
LONGEST_SECONDS = 30.0
_FAILED = 3
_turns = BoundedSemaphore(AT_ONCE)


def speak(language: str, text: str) -> bytes:
    """16 bit PCM at 8 kHz, as callers would hear it. Blocks, for a second or so. Raises SpeechFailed."""
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise SpeechFailed("too many texts are being spoken just now; try again in a moment")
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter; the language is one of two
            [sys.executable, "-m", __name__, language],
            input=text.encode(),
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SpeechFailed("it takes too long to be spoken; make it shorter") from None
    finally:
        _turns.release()
    if done.returncode == _FAILED:
        raise SpeechFailed(done.stderr.decode(errors="replace").strip())
    if done.returncode != 0 or not done.stdout:
        raise SpeechFailed(f"the process that speaks ended with {done.returncode}")
    return done.stdout


def main(arguments: list[str]) -> int:
    from centralita.jobs.prompt_pack import speak as spoken
    from centralita.jobs.synthesiser import VOICES, SpeechUnavailable, find

    (language,) = arguments
    text = sys.stdin.buffer.read().decode().strip()
    try:
        if language not in VOICES or not text:
            raise SpeechUnavailable("there is nothing to be spoken")
        sys.stdout.buffer.write(spoken(find(), language, text))
    except SpeechUnavailable as error:
        print(error, file=sys.stderr)
        return _FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
