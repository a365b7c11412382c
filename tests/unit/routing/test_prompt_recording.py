"""``*77CODE``: a prompt is recorded by those who may, heard by them first, and kept only when they say so."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from scripted import ScriptedCall

from centralita.pbx.callcontrol import BEEP, PromptKept, Take
from centralita.pbx.model.prompt import Prompt
from centralita.pbx.model.site import Site
from centralita.pbx.model.snapshot import Snapshot
from centralita.pbx.model.user import User
from centralita.pbx.reach import reach
from centralita.pbx.routing import route_from_user
from centralita.pbx.speech.numbers import digits
from centralita.pbx.speech.phrases import Say
from centralita.pbx.vocabulary import TenantId

FLOOD = Prompt(id="flood", name="Flood", code="1", users=("ana",))
WELCOME = Prompt(id="welcome", text={"es": "Bienvenidos"}, code="12")
FIXED = Prompt(id="fixed", text={"es": "Siempre lo mismo"})
COMPANY = Snapshot(
    TenantId("acme"),
    1,
    [
        Site(id="hq"),
        User(id="ana", name="Ana", site="hq", extension="101"),
        User(id="luis", name="Luis", site="hq", extension="102"),
        FLOOD,
        WELCOME,
        FIXED,
    ],
    {},
)
DRAFT = Path("/drafts/prompt.wav")
REVIEW = [DRAFT, Say.GREETING_REVIEW]
INTRODUCTION = [Say.RECORDING_PROMPT, *digits("es", "1"), Say.RECORD_PROMPT, BEEP]


class Dictation(ScriptedCall):
    """A call whose takes are told of."""

    outcome = PromptKept.PUBLISHED

    def prompt_takes(self, prompt: Prompt) -> Takes:
        return Takes(self, prompt)


class Takes:
    def __init__(self, call: Dictation, prompt: Prompt) -> None:
        self.call = call
        self.prompt = prompt

    def draft(self) -> Path:
        return DRAFT

    async def keep(self, take: Take, language: str) -> PromptKept:
        self.call.story.append(f"keep {self.prompt.id} {language} {take.duration:g}")
        return self.call.outcome

    def discard(self, take: Take) -> None:
        self.call.story.append(f"discard {take.duration:g}")


def dial(call: Dictation, code: str) -> Dictation:
    user = call.caller.user
    assert user is not None
    call.run(reach(call, route_from_user(call.snapshot, user, code).destination))
    return call


def done(call: Dictation) -> list[str]:
    return [each for each in call.story if each.startswith(("record", "keep", "discard", "caller"))]


def test_recorded_heard_and_kept() -> None:
    call = dial(Dictation(COMPANY, presses=["2", "1"]), "*771")
    assert call.said == [*INTRODUCTION, *REVIEW, *REVIEW, Say.PROMPT_SAVED, Say.GOODBYE]
    assert done(call) == ["record", "keep flood es 5"]
    assert call.way[-1] == "prompt-recorded prompt:flood"
    assert call.trace[-1].reason == "Ana recorded Flood in es: published"


def test_in_the_language_of_the_caller() -> None:
    call = Dictation(COMPANY, presses=["1"])
    call.language = "en"
    assert done(dial(call, "*7712")) == ["record", "keep welcome en 5"]
    assert {language for language, _ in call.heard} == {"en"}
    assert call.said[1:3] == digits("en", "12")


@pytest.mark.parametrize(
    ("outcome", "said"), [(PromptKept.WAITS, Say.PROMPT_WAITS), (PromptKept.FAILED, Say.FEATURE_FAILED)]
)
def test_what_came_of_it_is_told(outcome: PromptKept, said: Say) -> None:
    call = Dictation(COMPANY, presses=["1"])
    call.outcome = outcome
    assert dial(call, "*771").said[-2:] == [said, Say.GOODBYE]


def test_again_until_it_is_good() -> None:
    call = dial(Dictation(COMPANY, presses=["3", "1"]), "*771")
    assert done(call) == ["record", "discard 5", "record", "keep flood es 5"]


@pytest.mark.parametrize("presses", [["*"], ["", "", ""], ["7", "7", "7"], ["3", "3", "3"]])
def test_nothing_changes_unless_it_is_said(presses: list[str]) -> None:
    call = dial(Dictation(COMPANY, presses=presses), "*771")
    assert not [each for each in call.story if each.startswith("keep")]
    assert call.story.count("record") == sum(each.startswith("discard") for each in call.story)
    assert call.said[-2:] == [Say.PROMPT_UNCHANGED, Say.GOODBYE]
    assert call.way[-1] == "prompt-unchanged prompt:flood"


@pytest.mark.parametrize("seconds", [0.0, 0.4])
def test_a_key_pressed_too_soon_records_nothing(seconds: float) -> None:
    call = dial(Dictation(COMPANY, speaks=seconds, presses=["1"]), "*771")
    assert done(call) == ["record", f"discard {seconds:g}"]
    assert call.said == [*INTRODUCTION, Say.PROMPT_UNCHANGED, Say.GOODBYE]


def test_who_hangs_up_keeps_nothing() -> None:
    call = dial(Dictation(COMPANY, presses=[]), "*771")
    assert done(call) == ["record", "discard 5", "caller gone"]


@pytest.mark.parametrize(
    ("user", "code", "rule"),
    [
        ("luis", "*771", "prompt-refused prompt:flood"),
        ("ana", "*77", "prompt-unknown "),
        ("ana", "*779", "prompt-unknown "),
    ],
)
def test_refused(user: str, code: str, rule: str) -> None:
    call = dial(Dictation(COMPANY, user), code)
    assert call.way[-1] == rule
    assert call.said == [Say.FEATURE_REFUSED, Say.GOODBYE]
    assert not done(call)


def test_a_greeting_that_is_too_short_leaves_no_draft() -> None:
    call = Dictation(COMPANY, presses=["4", "1", "*"], speaks=0.3)
    thrown: list[Take] = []
    call.mailbox(COMPANY.users["ana"]).discard = thrown.append  # type: ignore[method-assign]  # to see it
    dial(call, "*97")
    assert [take.duration for take in thrown] == [0.3]
    assert Say.GREETING_UNCHANGED in call.said
