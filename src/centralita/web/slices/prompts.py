"""``/tenants/{tenant}/prompts/{prompt}/sounds``: what the tenant's own prompts say, to be listened to and recorded anew.

What is uploaded is decoded and written anew, and never served as it came. The prompts themselves are objects of the configuration.
``/tenants/{tenant}/speech`` speaks a text that is kept nowhere, for who is still writing it.
"""

from __future__ import annotations

import wave
from io import BytesIO
from typing import Annotated

from fastapi import APIRouter, Body, Depends, Path
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import FileResponse, Response

from centralita.pbx.configuration.entries import Entry
from centralita.pbx.model.base import Language
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.speech.own import spoken_digest
from centralita.web.access import Action
from centralita.web.audiofiles import WAV, wav
from centralita.web.callparts import SpeechFailed
from centralita.web.desk import AtDesk, Desk
from centralita.web.problems import Problem
from centralita.web.slices.changing import Outcome, VersionAsked, Wanted, noted, objects_of, settle

router = APIRouter(prefix="/tenants/{tenant}/prompts/{prompt}/sounds", tags=["prompts"])
speech_router = APIRouter(prefix="/tenants/{tenant}/speech", tags=["prompts"])
RATE = 8000
MAX_SPOKEN = 4000
"""Characters, as of a prompt's text."""

PromptName = Annotated[str, Path(max_length=63, description="The prompt's id.")]
LanguageName = Annotated[Language, Path()]


class SoundBody(BaseModel):
    language: str
    source: str
    """recording, or text: it is spoken."""
    seconds: float | None
    """None: the sound is not there (yet)."""
    text: str


class SpeechWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    language: Language
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_SPOKEN)]


@router.get("", operation_id="list_prompt_sounds")
def sounds(desk: AtDesk, prompt: PromptName, version: VersionAsked = "working") -> list[SoundBody]:
    """What the prompt says in each language, and whether its sound is there."""
    parts = desk.reach(Action.CONFIG_READ).calls
    found = _find(desk, prompt, version)
    return [
        SoundBody(
            language=language,
            source="recording" if language in found.recording else "text",
            seconds=parts.sounds.seconds(desk.tenant, _digest(found, language)),
            text=found.text.get(language, ""),
        )
        for language in sorted({*found.recording, *found.text})
    ]


@router.get("/{language}", operation_id="get_prompt_sound", response_class=FileResponse, responses=WAV)
def audio(
    desk: AtDesk, prompt: PromptName, language: LanguageName, version: VersionAsked = "working"
) -> FileResponse:
    """Listen to it; ranges are understood."""
    parts = desk.reach(Action.CONFIG_READ).calls
    found = _find(desk, prompt, version)
    if language not in found.recording and language not in found.text:
        raise Problem.not_found("The prompt says nothing in this language")
    path = parts.sounds.path(desk.tenant, _digest(found, language))
    return wav(path, parts.data / "prompts" / "tenants" / desk.tenant, f"{prompt}-{language}.wav")


@router.put("/{language}", operation_id="put_prompt_sound")
def record(
    desk: AtDesk,
    prompt: PromptName,
    language: LanguageName,
    body: Annotated[
        bytes, Body(media_type="audio/wav", description="A WAV file of plain PCM, 8 kHz or more.")
    ],
    why: Wanted,
) -> Outcome:
    """Make a recording what the prompt says; the prompt is made where there is none."""
    parts = desk.reach(Action.CONFIG_WRITE)
    try:
        digest, pcm = parts.calls.take_sound(BytesIO(body))
    except ValueError as error:
        raise Problem.invalid("body", f"The file cannot be used: {error}", code="no-sound") from None
    parts.calls.sounds.put(desk.tenant, digest, pcm)
    entry = Entry({"kind": "prompt", "id": prompt, "recording": {language: digest}})
    with desk.together():
        report = parts.configs.apply(
            [entry],
            tenant=desk.tenant,
            merge=True,
            author=desk.author,
            comment=why.comment or f"recording of prompt {prompt}",
            as_draft=why.draft,
            skip_tests=why.skip_tests,
        )
        noted(desk, report, "prompt.record", f"prompt/{prompt}")
    return settle(desk, report)


def writers(desk: AtDesk) -> None:
    """Who may not configure is not told what is wrong with the body."""
    desk.require(Action.CONFIG_WRITE)


@speech_router.post(
    "",
    operation_id="speak_text",
    response_class=Response,
    responses={200: WAV[200]},
    dependencies=[Depends(writers)],
)
def speak(desk: AtDesk, wanted: SpeechWanted) -> Response:
    """How a text would sound to callers; nothing is kept."""
    parts = desk.reach(Action.CONFIG_WRITE)
    try:
        pcm = parts.calls.speak(wanted.language, wanted.text)
    except SpeechFailed as error:
        raise Problem(503, "no-speech", f"The text cannot be spoken: {error}") from None
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        sound.writeframes(pcm)
    return Response(file.getvalue(), media_type="audio/wav")


def _find(desk: Desk, prompt: str, version: str) -> Prompt:
    found = objects_of(desk, version).get(("prompt", prompt))
    if not isinstance(found, Prompt):
        raise Problem.not_found("There is no such prompt")
    return found


def _digest(prompt: Prompt, language: str) -> str:
    recorded = prompt.recording.get(language)
    return recorded or spoken_digest(language, prompt.text.get(language, ""))
