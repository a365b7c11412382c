"""Star codes: do not disturb and forwarding, set from the phone and confirmed by voice."""

from __future__ import annotations

from centralita.pbx import features
from centralita.pbx.callcontrol import CallControl
from centralita.pbx.features import FeatureCode, FeatureKind
from centralita.pbx.model.user import User
from centralita.pbx.routing import EnterQueue, Outside, RingGroup, RingUser, RunFlow, route_from_user
from centralita.pbx.services.agents import agent_log_in, agent_pause
from centralita.pbx.services.echo import echo_test
from centralita.pbx.services.mailbox_menu import voicemail_menu
from centralita.pbx.services.overrides import turn_override
from centralita.pbx.services.prompt_recording import record_prompt
from centralita.pbx.speech import sentences
from centralita.pbx.speech.phrases import Say


async def star_code(call: CallControl, code: FeatureCode) -> None:
    """Do what a star code asks; only users of ours dial them."""
    match code.kind:
        case FeatureKind.ECHO:
            await echo_test(call)
        case FeatureKind.VOICEMAIL:
            await voicemail_menu(call)
        case FeatureKind.OVERRIDE:
            await turn_override(call, code)
        case FeatureKind.RECORD_PROMPT:
            await record_prompt(call, code)
        case FeatureKind.AGENT_LOG_IN:
            await agent_log_in(call)
        case FeatureKind.AGENT_PAUSE:
            await agent_pause(call, code.argument)
        case _:
            await _change_setting(call, code)


async def _change_setting(call: CallControl, code: FeatureCode) -> None:
    user = call.caller.user
    setting = code.kind.setting
    if user is None or setting is None:
        raise AssertionError(f"{code.kind} changes a user's setting")
    name, on = setting
    await call.answer("feature")
    if name == "do_not_disturb":
        changed = await call.set_personal(user, {name: on})
        confirmation = sentences.do_not_disturb(on=on)
    elif not on:
        changed = await call.set_personal(user, {name: ""})
        confirmation = sentences.forwarding_cancelled(name)
    else:
        target = code.argument
        if not forwardable(call, user, target):
            call.decide("forward-refused", target, "a forwarding leads to an extension or an allowed number")
            await call.play([Say.FORWARDING_REFUSED, Say.GOODBYE])
            return
        changed = await call.set_personal(user, {name: target})
        confirmation = sentences.forwarding_confirmed(call.caller.language, target, name)
    await call.play(confirmation if changed else [Say.FEATURE_FAILED])
    await call.play([Say.GOODBYE])


def forwardable(call: CallControl, user: User, target: str) -> bool:
    """Whether calls of this user may be forwarded there: to others of the company, or to a number they may dial themselves."""
    if not target or features.match(target) is not None:
        return False
    match route_from_user(call.snapshot, user, target, forwarding=True).destination:
        case RingUser(user=other):
            return other.id != user.id
        case RingGroup() | EnterQueue() | RunFlow():
            return True
        case Outside(emergency=emergency):
            return not emergency
        case _:
            return False
