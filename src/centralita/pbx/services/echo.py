"""The echo test: callers hear themselves, and so how good their line is."""

from __future__ import annotations

from centralita.pbx.callcontrol import CallControl
from centralita.pbx.speech.phrases import Say


async def echo_test(call: CallControl) -> None:
    await call.answer("echo")
    await call.play([Say.ECHO_TEST])
    await call.echo()
