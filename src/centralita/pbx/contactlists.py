"""Lists of callers ready to be asked: is this number on the list, by which entry, and what is its name?

An entry without a plus sign is taken as people of the tenant's first site would dial it, so that both ways of writing a number
mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from centralita.pbx import numbering
from centralita.pbx.model.contacts import Contacts


class Listed(NamedTuple):
    """An entry that holds for a number."""

    list: str
    """The list's name, or its id where it has none."""
    entry: str
    """As written, with its ``*`` where it is the beginning of numbers."""
    name: str


class ContactList:
    """One list: look-ups in a dictionary, whole numbers first, then the longest beginning."""

    __slots__ = ("_exact", "_lengths", "_prefixes", "id", "label")

    def __init__(self, contacts: Contacts) -> None:
        self.id = contacts.id
        self.label = contacts.name or contacts.id
        self._exact = {entry: name for entry, name in contacts.numbers.items() if not entry.endswith("*")}
        self._prefixes = {entry[:-1]: name for entry, name in contacts.numbers.items() if entry.endswith("*")}
        self._lengths = sorted({len(prefix) for prefix in self._prefixes}, reverse=True)

    def find(self, writings: tuple[str, ...]) -> Listed | None:
        """``writings``: all ways in which the number may stand in a list, as :func:`writings` gives them."""
        for text in writings:
            name = self._exact.get(text)
            if name is not None:
                return Listed(self.label, text, name)
        for length in self._lengths:
            for text in writings:
                name = self._prefixes.get(text[:length])
                if name is not None and len(text) >= length:
                    return Listed(self.label, f"{text[:length]}*", name)
        return None


class ContactLists:
    """All lists of a tenant."""

    __slots__ = ("_blocks", "_country", "_lists")

    def __init__(self, lists: Iterable[Contacts], country: str) -> None:
        """``country``: in which entries without a plus sign are read, ISO 3166-1."""
        self._country = country
        in_order = sorted(lists, key=lambda contacts: contacts.id)
        self._lists = {contacts.id: ContactList(contacts) for contacts in in_order}
        self._blocks = [self._lists[contacts.id] for contacts in in_order if contacts.purpose == "block"]

    def __getitem__(self, ident: str) -> ContactList:
        return self._lists[ident]

    def writings(self, number: str) -> tuple[str, ...]:
        """A caller's number (E.164, or an extension) as it may stand in a list; nothing for a withheld one."""
        if not number:
            return ()
        if not numbering.is_e164(number):
            return (number,)
        national = numbering.present(number, "national", self._country)
        if numbering.is_abroad(number, self._country):
            return (number, national)
        return (number, national, national.lstrip("0"))

    def blocked(self, number: str) -> Listed | None:
        """The entry of a block list that holds for a caller."""
        if not self._blocks or not number:
            return None
        return _first(self._blocks, self.writings(number))

    def name_of(self, number: str) -> str:
        """What a caller is called in any list, in the order of their ids; empty where none names them."""
        if not self._lists or not number:
            return ""
        found = _first(self._lists.values(), self.writings(number), named=True)
        return found.name if found is not None else ""


def _first(lists: Iterable[ContactList], writings: tuple[str, ...], *, named: bool = False) -> Listed | None:
    for contacts in lists:
        found = contacts.find(writings)
        if found is not None and (found.name or not named):
            return found
    return None
