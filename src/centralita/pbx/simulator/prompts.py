"""A prompt that a simulated caller records: nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from centralita.pbx.callcontrol import PromptKept, Take
from centralita.pbx.model.prompt import Prompt

if TYPE_CHECKING:
    from centralita.pbx.simulator.call import SimulatedCall


class SimulatedPromptTakes:
    """Fulfils :class:`centralita.pbx.callcontrol.PromptTakes`."""

    __slots__ = ("_call", "_prompt")

    def __init__(self, call: SimulatedCall, prompt: Prompt) -> None:
        self._call = call
        self._prompt = prompt

    def draft(self) -> Path:
        return Path("prompt.wav")

    async def keep(self, take: Take, language: str) -> PromptKept:
        name = self._prompt.name or self._prompt.id
        self._call.tell(f"{take.duration:g} s become what the prompt {name} says in {language}")
        return PromptKept.PUBLISHED

    def discard(self, take: Take) -> None:
        self._call.tell("what was recorded is thrown away")
