"""A caller leaves a message for somebody who does not answer."""

from __future__ import annotations

from centralita.pbx.callcontrol import BEEP, CallControl, Playable
from centralita.pbx.model.user import User
from centralita.pbx.speech.phrases import Say
from centralita.pbx.speech.sentences import default_greeting
from centralita.pbx.vocabulary import Outcome, StepEnd

SHORTEST_MESSAGE = 1.0
"""Seconds; what is shorter is somebody who hung up at the tone."""
SILENCE_ENDS = 10.0
"""Seconds without speech after which a message is taken to be finished."""


async def leave_message(call: CallControl, user: User, reason: StepEnd) -> None:
    """Play the greeting, record until the caller has done, and keep the message. ``reason``: why nobody answered."""
    options = call.snapshot.personal[user.id].voicemail
    if not options.enabled:
        await call.announce_and_refuse([Say.NO_MAILBOX], 480, Outcome.UNREACHABLE, "no voicemail")
        return
    # Who has chosen a language on the way here is spoken to in it.
    chosen = call.language != call.caller.language
    language = call.language if chosen else call.snapshot.language_of(user)
    mailbox = call.mailbox(user)
    await call.answer("voicemail")
    greeting: list[Playable] = list(
        default_greeting(language, user.extension or "", busy=reason is StepEnd.BUSY)
    )
    own = mailbox.greeting()
    if own is not None:
        greeting = [own]
    # A digit skips the greeting: regular callers know it.
    await call.play(greeting, language=language)
    await call.play([BEEP])
    take = await call.record(mailbox.message_draft(), limit=options.max_seconds, silence=SILENCE_ENDS)
    if take is None or take.duration < SHORTEST_MESSAGE:
        if take is not None:
            mailbox.discard(take)
        await call.play([Say.MESSAGE_TOO_SHORT, Say.GOODBYE], language=language)
        return
    kept = await mailbox.keep_message(take)
    await call.play([Say.MESSAGE_SAVED if kept else Say.CALL_FAILED, Say.GOODBYE], language=language)
