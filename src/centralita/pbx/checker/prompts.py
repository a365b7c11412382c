"""Prompts: what would be silent, and languages that callers are spoken to and that have no words."""

from __future__ import annotations

from collections.abc import Iterator

from centralita.pbx.checker.places import Place
from centralita.pbx.checker.work import Work
from centralita.pbx.model.flow import AnnounceNode, CollectNode, HangUpNode, MenuNode, SetNode
from centralita.pbx.model.prompt import Prompt


def check(work: Work) -> None:
    used = {prompt: user for user, prompt in _uses(work)}
    wanted = _languages(work)
    for prompt in work.snapshot.prompts.values():
        spoken = set(prompt.text) | set(prompt.recording)
        if not spoken and prompt.code:
            message = "has not been recorded yet: callers hear nothing"
            work.warn("mute-prompt", "prompt", prompt.id, message, f"Dial *77{prompt.code} and record it")
        elif not spoken:
            message = "has neither a text nor a recording: callers hear nothing"
            work.error("mute-prompt", "prompt", prompt.id, message, "Write a text, or record it")
        elif prompt.id in used:
            _missing(work, prompt, spoken, wanted, used[prompt.id])


def _missing(work: Work, prompt: Prompt, spoken: set[str], wanted: dict[str, str], user: str) -> None:
    for language, why in wanted.items():
        if language not in spoken:
            others = " and ".join(sorted(spoken))
            message = f"has no words in {language} ({why}), only in {others}; {user} plays it"
            mend = f"Write text.{language}, or record it"
            work.warn("prompt-language", "prompt", prompt.id, message, mend)


def _languages(work: Work) -> dict[str, str]:
    """Language that callers may be spoken to → why."""
    found: dict[str, str] = {}
    for site in work.snapshot.sites.values():
        found.setdefault(site.language, f"site {site.id}")
    for flow in work.snapshot.flows.values():
        for ident, node in flow.nodes.items():
            if Place("flow", flow.id, ident) not in work.reached:
                continue
            languages = (
                tuple(node.languages.values())
                if isinstance(node, MenuNode)
                else ((node.language,) if isinstance(node, SetNode) and node.language else ())
            )
            for language in languages:
                found.setdefault(language, f"chosen in {flow.id}/{ident}")
    return found


def _uses(work: Work) -> Iterator[tuple[str, str]]:
    """Who plays which prompt."""
    snapshot = work.snapshot
    for flow in snapshot.flows.values():
        for ident, node in flow.nodes.items():
            at = f"{flow.id}/{ident}"
            if isinstance(node, AnnounceNode | CollectNode | HangUpNode) and node.prompt:
                yield at, node.prompt
            elif isinstance(node, MenuNode) and (menu := snapshot.menus.get(node.menu)) is not None:
                for prompt in (menu.prompt, menu.invalid_prompt, menu.silence_prompt):
                    if prompt:
                        yield at, prompt
    for queue in snapshot.queues.values():
        for prompt in (queue.welcome, *queue.periodic.prompts, queue.report_to_agent):
            if prompt:
                yield f"queue {queue.id}", prompt


def used(work: Work) -> set[str]:
    """Prompts that anything plays."""
    played = {prompt for _, prompt in _uses(work)}
    for menu in work.snapshot.menus.values():
        played |= {prompt for prompt in (menu.prompt, menu.invalid_prompt, menu.silence_prompt) if prompt}
    played |= {site.music for site in work.snapshot.sites.values() if site.music}
    return played | {queue.music for queue in work.snapshot.queues.values() if queue.music}
