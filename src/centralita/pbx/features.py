"""The feature codes: what a telephone dials to ask something of the exchange itself.

The star codes follow the North American vertical service codes (``*72``/``*73`` always, ``*90``/``*91`` busy,
``*92``/``*93`` no answer), which phones and manuals know, and the habit of open PBXs for ``*43``, ``*78``, ``*79`` and
``*97``; ``*94``/``*95`` continue the row for unreachable; ``*45`` and ``*46`` are for agents of queues, ``*28`` for overrides, ``*77`` for prompts. The European ones (ETSI ETS 300 738: ``*21*TARGET#``,
``#21#``; 67 busy, 61 no answer, 62 unreachable), which people in Spain know from their land line and mobile, mean the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class FeatureKind(Enum):
    ECHO = "echo"
    VOICEMAIL = "voicemail"
    DO_NOT_DISTURB_ON = "do-not-disturb-on"
    DO_NOT_DISTURB_OFF = "do-not-disturb-off"
    FORWARD_ALWAYS_ON = "forward-always-on"
    FORWARD_ALWAYS_OFF = "forward-always-off"
    FORWARD_BUSY_ON = "forward-busy-on"
    FORWARD_BUSY_OFF = "forward-busy-off"
    FORWARD_NO_ANSWER_ON = "forward-no-answer-on"
    FORWARD_NO_ANSWER_OFF = "forward-no-answer-off"
    FORWARD_UNREACHABLE_ON = "forward-unreachable-on"
    FORWARD_UNREACHABLE_OFF = "forward-unreachable-off"
    OVERRIDE = "override"
    AGENT_LOG_IN = "agent-log-in"
    """In, or out again."""
    AGENT_PAUSE = "agent-pause"
    """Pause, or work again."""
    RECORD_PROMPT = "record-prompt"

    @property
    def setting(self) -> tuple[str, bool] | None:
        """The personal setting that this code changes and whether it turns it on; None where it changes none."""
        name, _, switch = self.value.rpartition("-")
        if switch not in ("on", "off"):
            return None
        return name.replace("-", "_"), switch == "on"


@dataclass(frozen=True, slots=True)
class FeatureCode:
    kind: FeatureKind
    argument: str = ""
    """The forwarding target as dialled, the code of an override or of a prompt, the reason of a pause; empty where the code takes none, or
    where none was dialled."""
    until: str = ""
    """``HHMM``, where an override shall be on until then."""


#: Code → (what it asks for, whether a target is dialled after it).
FEATURE_CODES: dict[str, tuple[FeatureKind, bool]] = {
    "*43": (FeatureKind.ECHO, False),
    "*97": (FeatureKind.VOICEMAIL, False),
    "*78": (FeatureKind.DO_NOT_DISTURB_ON, False),
    "*79": (FeatureKind.DO_NOT_DISTURB_OFF, False),
    "*72": (FeatureKind.FORWARD_ALWAYS_ON, True),
    "*73": (FeatureKind.FORWARD_ALWAYS_OFF, False),
    "*90": (FeatureKind.FORWARD_BUSY_ON, True),
    "*91": (FeatureKind.FORWARD_BUSY_OFF, False),
    "*92": (FeatureKind.FORWARD_NO_ANSWER_ON, True),
    "*93": (FeatureKind.FORWARD_NO_ANSWER_OFF, False),
    "*94": (FeatureKind.FORWARD_UNREACHABLE_ON, True),
    "*95": (FeatureKind.FORWARD_UNREACHABLE_OFF, False),
}

_EUROPEAN = {
    "21": (FeatureKind.FORWARD_ALWAYS_ON, FeatureKind.FORWARD_ALWAYS_OFF),
    "67": (FeatureKind.FORWARD_BUSY_ON, FeatureKind.FORWARD_BUSY_OFF),
    "61": (FeatureKind.FORWARD_NO_ANSWER_ON, FeatureKind.FORWARD_NO_ANSWER_OFF),
    "62": (FeatureKind.FORWARD_UNREACHABLE_ON, FeatureKind.FORWARD_UNREACHABLE_OFF),
}
_EUROPEAN_ON = re.compile(r"\*\*?(21|67|61|62)\*(\+?[0-9]{2,20})#?")
_EUROPEAN_OFF = re.compile(r"##?(21|67|61|62)#?")
_TARGET = re.compile(r"\*?(\+?[0-9]{2,20})#?")
_OVERRIDE = re.compile(r"\*28\*?([0-9]{1,3})?(?:\*([0-9]{4}))?#?")
_PROMPT = re.compile(r"\*77\*?([0-9]{1,3})?#?")
_AGENT = {"*45": FeatureKind.AGENT_LOG_IN, "*46": FeatureKind.AGENT_PAUSE}
_PAUSE_REASON = re.compile(r"\*?([0-9])?#?")


def match(dialled: str) -> FeatureCode | None:
    """The feature code that was dialled, None where it is none.

    A code that wants a target and got none, or one that is no number, is told with an empty argument, so that the caller
    can be told so.

    >>> match("*72600123123")
    FeatureCode(kind=<FeatureKind.FORWARD_ALWAYS_ON: 'forward-always-on'>, argument='600123123')
    """
    if not dialled or dialled[0] not in "*#":
        return None
    if european := _EUROPEAN_ON.fullmatch(dialled):
        return FeatureCode(_EUROPEAN[european[1]][0], european[2])
    if european := _EUROPEAN_OFF.fullmatch(dialled):
        return FeatureCode(_EUROPEAN[european[1]][1])
    if override := _OVERRIDE.fullmatch(dialled):
        return FeatureCode(FeatureKind.OVERRIDE, override[1] or "", override[2] or "")
    if prompt := _PROMPT.fullmatch(dialled):
        return FeatureCode(FeatureKind.RECORD_PROMPT, prompt[1] or "")
    if (agent := _AGENT.get(dialled[:3])) is not None:
        reason = _PAUSE_REASON.fullmatch(dialled[3:])
        if reason is None or (reason[1] and agent is FeatureKind.AGENT_LOG_IN):
            return None
        return FeatureCode(agent, reason[1] or "")
    entry = FEATURE_CODES.get(dialled[:3])
    if entry is None:
        return None
    kind, takes_target = entry
    rest = dialled[3:]
    if not takes_target:
        return FeatureCode(kind) if rest in ("", "#") else None
    target = _TARGET.fullmatch(rest)
    return FeatureCode(kind, target[1] if target else "")
