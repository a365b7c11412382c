"""The nodes that speak to the caller: announcements, and menus with what is pressed in them.

A menu takes the longest thing that what was pressed can mean: while more digits could make a longer choice or an extension it
waits for them, and where they cannot it goes on at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from centralita.pbx.flow.node import Elsewhere, Node, Talking, name_of
from centralita.pbx.speech.own import PREFIX
from centralita.pbx.speech.phrases import Say

if TYPE_CHECKING:
    from collections.abc import Callable

    from centralita.pbx.callcontrol import CallControl, Playable
    from centralita.pbx.flow.node import Find
    from centralita.pbx.flow.walk import Walk
    from centralita.pbx.model import flow as model
    from centralita.pbx.plan import Plan

LONGEST_EXTENSION = 6


def own_prompt(plan: Plan, ident: str) -> str:
    """The key by which a tenant's prompt is played. Raises KeyError where there is none."""
    return PREFIX + plan.snapshot.prompts[ident].id


async def take_the_line(call: CallControl, service: str) -> None:
    """Answer the caller, if nobody has."""
    if not call.is_answered():
        await call.answer(service)


class Menu(Talking):
    __slots__ = (
        "_choices",
        "_extensions",
        "_invalid",
        "_languages",
        "_longest",
        "_menu",
        "_model",
        "_otherwise",
        "_prefixes",
        "_prompt",
        "_silence",
    )

    def __init__(self, plan: Plan, key: str, node: model.MenuNode) -> None:
        super().__init__(key)
        menu = plan.snapshot.menus[node.menu]
        self._model = node
        self._menu = menu
        self._prompt = own_prompt(plan, menu.prompt)
        self._invalid = own_prompt(plan, menu.invalid_prompt) if menu.invalid_prompt else Say.INVALID_OPTION
        self._silence = own_prompt(plan, menu.silence_prompt) if menu.silence_prompt else None
        self._choices: dict[str, Node | None] = {}
        self._languages = dict(node.languages)
        keys = {*node.choices, *node.languages}
        self._prefixes = frozenset(keys_[:length] for keys_ in keys for length in range(1, len(keys_)))
        self._extensions = plan.snapshot.by_extension if menu.dial_extensions else {}
        if menu.dial_extensions:
            self._prefixes |= plan.extension_prefixes
        longest = max((len(keys_) for keys_ in keys), default=1)
        self._longest = max(menu.digits, longest, LONGEST_EXTENSION if menu.dial_extensions else 1)

    def link(self, find: Find) -> None:
        self._choices = {keys: find(to) for keys, to in self._model.choices.items()}
        self._otherwise = find(self._model.otherwise)

    async def perform(self, walk: Walk) -> Node | Elsewhere | None:
        call = walk.call
        await take_the_line(call, "menu")
        before: list[Playable] = []
        passed: list[str] = []
        attempts, switches = self._menu.attempts, len(self._languages)
        pressed = ""
        while attempts > 0:
            pressed = await self._ask(walk, before)
            walk.time_passed()
            if pressed in self._languages and (pressed in self._choices or switches > 0):
                call.language = self._languages[pressed]
                if pressed not in self._choices:  # only the language: the same menu again, in it
                    switches -= 1
                    before = []
                    passed.append(f"{pressed}: the language is now {call.language}")
                    continue
            if pressed in self._choices:
                return self._chosen(walk, pressed, passed)
            if pressed in self._extensions:
                return self._dialled(walk, pressed, passed)
            attempts -= 1
            if pressed:
                passed.append(f"{pressed}: leads nowhere in this menu")
                before = [self._invalid]
            else:
                passed.append(f"nothing was pressed within {self._menu.seconds:g} s")
                before = [self._silence] if self._silence else []
        if pressed:
            await call.play([self._invalid])
        reason = f"no choice of the menu in {self._menu.attempts} attempts"
        call.decide(
            "menu", name_of(self._otherwise), reason, node=self.key, passed=tuple(passed), pressed=pressed
        )
        return self._otherwise

    def _chosen(self, walk: Walk, pressed: str, passed: list[str]) -> Node | None:
        way = self._choices[pressed]
        reason = f"the caller pressed {pressed}"
        if pressed in self._languages:
            reason += f", and hears {self._languages[pressed]} from now on"
        walk.call.decide("menu", name_of(way), reason, node=self.key, passed=tuple(passed), pressed=pressed)
        return way

    def _dialled(self, walk: Walk, pressed: str, passed: list[str]) -> Elsewhere:
        holder = self._extensions[pressed]
        walk.call.decide(
            "menu-extension",
            f"{holder.kind}:{holder.id}",
            f"the caller dialled the extension {pressed}",
            node=self.key,
            passed=tuple(passed),
            pressed=pressed,
        )
        return Elsewhere(f"extension:{pressed}")

    async def _ask(self, walk: Walk, before: list[Playable]) -> str:
        """What the caller presses at the menu, without the # that ends it; empty: nothing."""
        typed, walk.pressed = walk.pressed, ""
        if not typed:
            pressed = await walk.call.collect(
                [*before, self._prompt],
                digits=self._longest,
                seconds=self._menu.seconds,
                between=self._menu.digit_seconds,
                ends="",
                enough=self._enough,
            )
        elif self._enough(typed):
            pressed = typed
        else:
            # Pressed while an announcement was played: what follows belongs to it.
            pressed = typed + await walk.call.collect(
                [],
                digits=self._longest - len(typed),
                seconds=self._menu.digit_seconds,
                ends="",
                enough=_after(typed, self._enough),
            )
        return pressed[:-1] if len(pressed) > 1 and pressed.endswith("#") else pressed

    def _enough(self, pressed: str) -> bool:
        """Whether no further digit can make a choice or an extension of it."""
        if pressed in self._prefixes:
            return False
        return (
            len(pressed) >= self._menu.digits
            or pressed[-1] in "*#"
            or pressed in self._choices
            or pressed in self._languages
            or pressed in self._extensions
        )


def _after(typed: str, enough: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda more: enough(typed + more)


class Announce(Talking):
    __slots__ = ("_label", "_model", "_next", "_sounds")

    def __init__(self, plan: Plan, key: str, node: model.AnnounceNode) -> None:
        super().__init__(key)
        self._model = node
        self._sounds = (own_prompt(plan, node.prompt),)
        prompt = plan.snapshot.prompts[node.prompt]
        self._label = f"prompt {prompt.name or prompt.id}"

    def link(self, find: Find) -> None:
        self._next = find(self._model.next)

    async def perform(self, walk: Walk) -> Node | None:
        node = self._model
        call = walk.call
        pressed = ""
        how = "is played"
        if node.answer:
            await take_the_line(call, "announce")
        if not node.skip or not call.is_answered():
            how += " to its end" if call.is_answered() else " before the call is answered"
            await call.announce(self._sounds)
        else:
            pressed = await call.play(self._sounds)
            walk.pressed = pressed
            if pressed:
                how += f" until the caller pressed {pressed}"
        walk.time_passed()
        call.decide("announce", name_of(self._next), f"{self._label} {how}", node=self.key, pressed=pressed)
        return self._next
