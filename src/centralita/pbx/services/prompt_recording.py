"""Prompts recorded by telephone: ``*77CODE``, the words after the tone, and a review of them before anybody else hears them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.callcontrol import PromptKept
from centralita.pbx.services.takes import record_reviewed
from centralita.pbx.speech.numbers import digits
from centralita.pbx.speech.phrases import Say

if TYPE_CHECKING:
    from centralita.pbx.callcontrol import CallControl
    from centralita.pbx.features import FeatureCode
    from centralita.pbx.model.prompt import Prompt
    from centralita.pbx.model.user import User

LONGEST_PROMPT = 180.0
"""Seconds."""

_CONFIRMED = {
    PromptKept.PUBLISHED: Say.PROMPT_SAVED,
    PromptKept.WAITS: Say.PROMPT_WAITS,
    PromptKept.FAILED: Say.FEATURE_FAILED,
}


async def record_prompt(call: CallControl, code: FeatureCode) -> None:
    """Record the prompt of a code anew, in the caller's language, if they may."""
    user = call.caller.user
    if user is None:
        raise AssertionError("star codes are dialled by users")
    await call.answer("feature")
    prompt = _allowed(call, user, code.argument)
    if prompt is None:
        await call.play([Say.FEATURE_REFUSED, Say.GOODBYE])
        return
    language = call.language
    takes = call.prompt_takes(prompt)
    take = await record_reviewed(
        call,
        takes.draft,
        takes.discard,
        instructions=[Say.RECORDING_PROMPT, *digits(language, prompt.code), Say.RECORD_PROMPT],
        longest=LONGEST_PROMPT,
        language=language,
    )
    target, label = f"prompt:{prompt.id}", prompt.name or prompt.id
    if take is None:
        call.decide("prompt-unchanged", target, f"{user.name} kept no recording for {label}")
        await call.play([Say.PROMPT_UNCHANGED, Say.GOODBYE], language=language)
        return
    kept = await takes.keep(take, language)
    reason = f"{user.name} recorded {label} in {language}: {kept.value}"
    call.decide("prompt-recorded", target, reason)
    await call.play([_CONFIRMED[kept], Say.GOODBYE], language=language)


def _allowed(call: CallControl, user: User, code: str) -> Prompt | None:
    prompt = call.snapshot.plan.prompts_by_code.get(code)
    if prompt is None:
        call.decide("prompt-unknown", "", f"there is no prompt with the code {code or '(none)'}")
        return None
    if prompt.users and user.id not in prompt.users:
        reason = f"{user.name} may not record the prompt {prompt.name or prompt.id}"
        call.decide("prompt-refused", f"prompt:{prompt.id}", reason)
        return None
    return prompt
