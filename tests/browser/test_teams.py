"""Several who answer together: made, put in order, kept."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from support.browser import Visit, assert_accessible, assert_fits

TEAMS = "/t/office/teams"


def add(page: Page, *people: str) -> None:
    for person in people:
        page.get_by_role("combobox", name="Añadir a una persona").fill(person)
        page.get_by_role("option", name=re.compile(person)).click()


def test_a_group_of_two_in_another_order(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(TEAMS)
    expect(page.get_by_role("link", name="Recepción")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Nuevo grupo").click()
    page.get_by_label("Nombre").fill("Guardia")
    add(page, "Diego Molina", "Yeray Quintana")
    people = page.get_by_role("region", name="Quién").get_by_role("listitem")
    expect(people).to_contain_text(["Diego Molina", "Yeray Quintana"])
    page.get_by_role("button", name="Subir a Yeray Quintana").click()
    expect(people).to_contain_text(["Yeray Quintana", "Diego Molina"])
    page.get_by_role("button", name="Más opciones").click()
    expect(page.get_by_label("Pulsar 1 al contestar")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Guardar").click()
    page.get_by_role("link", name="Guardia").click()
    expect(people).to_contain_text(["Yeray Quintana", "Diego Molina"])


def test_teams_on_a_telephone(visit: Callable[..., Visit]) -> None:
    window = visit("admin", phone=True)
    for path in ("", "/groups/clientes", "/queues/new"):
        page = window.open(TEAMS + path)
        expect(page.get_by_role("region").first).to_be_visible()
        assert_fits(page)
