"""A prompt of the tenant's that the caller records: the files, and the work that is done in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from centralita.pbx.callcontrol import PromptKept, Take
from centralita.pbx.model.prompt import Prompt
from centralita.switch.strand import Signal

if TYPE_CHECKING:
    from centralita.switch.call import Call

log = structlog.get_logger("prompts")


class LivePromptTakes:
    """Fulfils :class:`centralita.pbx.callcontrol.PromptTakes`."""

    __slots__ = ("_call", "_prompt", "_recorder", "_tenant")

    def __init__(self, call: Call, prompt: Prompt) -> None:
        self._call = call
        self._prompt = prompt
        self._tenant = call.snapshot.tenant
        self._recorder = call.exchange.prompt_recorder

    def draft(self) -> Path:
        return self._recorder.draft(self._tenant)

    async def keep(self, take: Take, language: str) -> PromptKept:
        tenant, prompt, user = self._tenant, self._prompt.id, self._call.caller.user
        by = user.id if user is not None else ""
        done: Signal[PromptKept] = Signal()

        def kept(result: PromptKept, error: BaseException | None) -> None:
            if error is not None:
                log.error("a prompt was not stored", tenant=tenant, prompt=prompt, error=str(error))
            done.set(PromptKept.FAILED if error is not None else result)

        self._call.exchange.background(
            lambda: self._recorder.keep(tenant, prompt, language, take.path, user=by), kept
        )
        return await done

    def discard(self, take: Take) -> None:
        self._recorder.discard(self._tenant, take.path)
