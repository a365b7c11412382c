"""Users listen to their voicemail: messages heard, kept or deleted, the greeting recorded."""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest

from centralita.pbx.callcontrol import CallControl, Mailbox, MailboxMessage, Playable
from centralita.pbx.model.user import User
from centralita.pbx.services.takes import DIGIT_SECONDS, ask, record_reviewed
from centralita.pbx.speech import sentences
from centralita.pbx.speech.phrases import Say

PIN_ATTEMPTS = 3
MENU_ROUNDS = 3
"""Times that a menu is said to somebody who presses nothing."""
LONGEST_GREETING = 60.0
"""Seconds."""


async def voicemail_menu(call: CallControl) -> None:
    """The menu of ``*97``: one's own mailbox from one's own phone, any mailbox by extension and PIN from elsewhere."""
    await call.answer("voicemail-menu")
    user = await _identify(call)
    if user is None:
        await call.play([Say.GOODBYE])
        return
    language = call.snapshot.language_of(user)
    mailbox = call.mailbox(user)
    rounds = 0
    while rounds < MENU_ROUNDS:
        messages = mailbox.messages()
        new = sum(not message.heard for message in messages)
        said: list[Playable] = []
        if rounds == 0:
            said += sentences.new_messages(language, new, len(messages) - new)
        said += sentences.mailbox_menu(messages=bool(messages))
        rounds += 1
        match await ask(call, said, language):
            case "1" if messages:
                await _listen(call, mailbox, messages, language)
                rounds = 0
            case "4":
                await _greeting(call, mailbox, language)
                rounds = 0
            case "*":
                break
            case "":
                continue
            case _:
                await call.play([Say.INVALID_OPTION], language=language)
    await call.play([Say.GOODBYE], language=language)


async def _identify(call: CallControl) -> User | None:
    """Whose mailbox. A user's own phone needs a PIN only if the user has set one; others always need it."""
    user = call.caller.user
    if user is None:
        extension = await call.collect([Say.ENTER_MAILBOX], digits=6, seconds=DIGIT_SECONDS)
        user = call.snapshot.users_by_extension.get(extension)
        pin = call.snapshot.personal[user.id].voicemail.pin if user is not None else ""
    else:
        pin = call.snapshot.personal[user.id].voicemail.pin
        if not pin:
            return user
    for _ in range(PIN_ATTEMPTS):
        given = await call.collect([Say.ENTER_PIN], digits=10, seconds=DIGIT_SECONDS)
        if user is not None and not call.mailbox(user).pin_attempt_allowed():
            await call.play([Say.TOO_MANY_ATTEMPTS])
            return None
        # A mailbox that does not exist, or has no PIN, asks like any other: nobody learns which there are.
        if user is not None and pin and compare_digest(given, pin):
            return user
        if user is not None:
            call.mailbox(user).pin_failed()
        await call.play([Say.WRONG_PIN])
    return None


async def _listen(
    call: CallControl, mailbox: Mailbox, messages: Sequence[MailboxMessage], language: str
) -> None:
    for index, message in enumerate(messages):
        heading: list[Playable] = [*sentences.message_heading(index, len(messages))]
        heading += sentences.message_envelope(language, message.at, call.now(), message.caller)
        if not await _hear(call, mailbox, message, heading, language):
            return
    await call.play([Say.NO_MORE_MESSAGES], language=language)


async def _hear(
    call: CallControl, mailbox: Mailbox, message: MailboxMessage, heading: list[Playable], language: str
) -> bool:
    """Play one message until its owner has decided about it; False to leave the messages."""
    pressed = await call.play([*heading, message.path], language=language)
    if not message.heard:
        mailbox.mark_heard(message)
    silent = 0
    while silent < MENU_ROUNDS:
        if not pressed:
            pressed = await ask(call, sentences.message_menu(), language)
        match pressed:
            case "1":
                pressed = await call.play([message.path], language=language)
                continue
            case "2":
                await call.play([Say.MESSAGE_KEPT], language=language)
                return True
            case "3":
                mailbox.delete(message)
                await call.play([Say.MESSAGE_DELETED], language=language)
                return True
            case "*":
                return False
            case "":
                silent += 1
            case _:
                await call.play([Say.INVALID_OPTION], language=language)
        pressed = ""
    return False


async def _greeting(call: CallControl, mailbox: Mailbox, language: str) -> None:
    """1: record a greeting, 2: hear it, 3: back to the default one."""
    match await ask(call, [Say.GREETING_OPTIONS], language):
        case "1":
            await _record_greeting(call, mailbox, language)
        case "2":
            own = mailbox.greeting()
            await call.play([own or Say.LEAVE_MESSAGE], language=language)
        case "3":
            mailbox.set_greeting(None)
            await call.play([Say.GREETING_DELETED], language=language)
        case _:
            await call.play([Say.GREETING_UNCHANGED], language=language)


async def _record_greeting(call: CallControl, mailbox: Mailbox, language: str) -> None:
    """A recording becomes the greeting when its owner has said so."""
    take = await record_reviewed(
        call,
        mailbox.greeting_draft,
        mailbox.discard,
        instructions=[Say.RECORD_GREETING],
        longest=LONGEST_GREETING,
        language=language,
    )
    if take is not None:
        mailbox.set_greeting(take)
    said = Say.GREETING_UNCHANGED if take is None else Say.GREETING_SAVED
    await call.play([said], language=language)
