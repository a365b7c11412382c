"""Ways told as a tree: everything that was found is told, what is common once, and what is the same together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from centralita.pbx.checker.places import Place
from centralita.pbx.checker.reaching import Way
from centralita.pbx.checker.waytree import AS_ABOVE, Branch, lines, tree


def ways(*texts: str) -> list[Way]:
    return [Way(Place("number", "n"), (), tuple(text.split(" > "))) for text in texts]


def told(*texts: str) -> list[str]:
    return list(lines(tree(ways(*texts))))


def test_one_way_is_one_line() -> None:
    assert told("+34910000001 > flow main > menu main press 1 > user ana") == [
        "+34910000001 → flow main → menu main press 1 → user ana"
    ]


def test_what_is_common_is_told_once() -> None:
    assert told("n > flow main > open > user ana", "n > flow main > closed > group g > user ana") == [
        "n → flow main",
        "  open → user ana",
        "  closed → group g → user ana",
    ]


def test_choices_with_the_same_outcome_are_told_together() -> None:
    assert told("n > menu main press 1 > group g", "n > menu main nothing pressed > group g") == [
        "n → menu main press 1, or nothing pressed → group g"
    ]


def test_what_was_told_in_full_is_referred_to() -> None:
    assert told(
        "n > open > menu > press 1 > a",
        "n > open > menu > press 2 > g > a",
        "n > island > group: no answer > menu > press 1 > a",
        "n > island > group: no answer > menu > press 2 > g > a",
    ) == [
        "n",
        "  open → menu",
        "    press 1 → a",
        "    press 2 → g → a",
        f"  island → group: no answer → menu → {AS_ABOVE}",
    ]


def test_what_a_schedule_means_is_explained_once() -> None:
    shown = "\n".join(
        told(
            "a > hours office open (Mon-Fri 09:00-14:00) > x",
            "b > hours office open (Mon-Fri 09:00-14:00) > y",
        )
    )
    assert shown.count("(Mon-Fri 09:00-14:00)") == 1
    assert shown.count("hours office open") == 2


def unfold(branches: tuple[Branch, ...]) -> set[tuple[str, ...]]:
    """Every way through a tree, by its texts."""
    return {
        (branch.text, *rest)
        for branch in branches
        for rest in (unfold(branch.after) if branch.after else {()})
    }


@given(
    st.sets(
        st.lists(st.sampled_from(["a 1", "b 2", "c 3"]), min_size=1, max_size=4).map(tuple),
        min_size=1,
        max_size=12,
    )
)
def test_nothing_is_left_out_and_nothing_is_made_up(found: set[tuple[str, ...]]) -> None:
    # Complete ways only: none is the beginning of another, as all end at one target.
    complete = [(*way, "target") for way in found]
    shown = unfold(tree([Way(Place("number", "n"), (), way) for way in complete]))
    # Each way is there with each part alone or as one of several that lead to the same.
    for way in complete:
        assert any(
            len(other) == len(way)
            and all(part in merged.split(", or ") for part, merged in zip(way, other, strict=True))
            for other in shown
        ), (way, shown)
    # And there are no more ways than there were.
    count = 0
    for other in shown:
        product = 1
        for merged in other:
            product *= len(merged.split(", or "))
        count += product
    assert count == len(complete)
