"""Whatever is applied and taken back in whatever order, every version stays what it was when it was published."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from centralita.pbx.configuration.entries import Entry
from centralita.pbx.configuration.kinds import AnyObject, Key
from centralita.store.configs import ConfigStore
from centralita.store.database import Database
from centralita.store.secrets import SecretBox

PEOPLE = ["ana", "luis", "eva"]
Company = dict[str, str]
"""User → name; each has a device of the same name."""

companies = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(["A", "B"]), max_size=3)
steps = st.lists(st.one_of(companies, st.integers(1, 6)), max_size=8)


def entries(company: Company) -> list[Entry]:
    fields: list[dict[str, object]] = [{"kind": "tenant", "id": "t"}, {"kind": "site", "id": "m"}]
    for ident, name in company.items():
        fields.append({"kind": "user", "id": ident, "name": name, "site": "m"})
        fields.append({"kind": "device", "id": ident, "user": ident})
    return [Entry(one) for one in fields]


@settings(max_examples=25, deadline=None)
@given(steps)
def test_no_version_ever_changes(history: list[Company | int]) -> None:
    database = Database("sqlite://")
    database.migrate()
    store = ConfigStore(database, SecretBox(b"k" * 32))
    published: list[dict[Key, AnyObject]] = []
    for step in [{"ana": "A"}, *history]:
        before = published[-1] if published else {}
        if isinstance(step, int):
            if step > len(published):
                continue
            store.rollback("t", step)
            wanted = published[step - 1]
        else:
            store.apply(entries(step))
            wanted = store.objects("t")
            assert {ident for kind, ident in wanted if kind == "user"} == set(step)
        if wanted != before:
            published.append(wanted)
        assert store.current_versions()["t"] == (len(published), 0)
    fresh = ConfigStore(database, SecretBox(b"k" * 32))
    for number, objects in enumerate(published, 1):
        assert fresh.objects("t", number) == objects
    database.close()
