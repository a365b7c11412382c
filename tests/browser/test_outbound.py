"""Who may call what, and by where it leaves: a permission, a route, and a number that is tried without calling anybody."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from support.browser import Visit, assert_accessible, assert_fits

OUTBOUND = "/t/office/outbound"


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option).click()


def test_a_permission_lets_somebody_call_abroad(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(OUTBOUND)
    verdict = page.get_by_role("status")
    choose(page, "Quién llama", "Diego Molina")
    page.get_by_label("A qué número").fill("+44 20 7946 0000")
    page.get_by_role("button", name="Comprobar").click()
    expect(verdict).to_contain_text("No, la llamada no saldría")
    assert_accessible(page)
    page.get_by_role("link", name="Nuevo permiso").click()
    page.get_by_label("Nombre").fill("Londres")
    choose(page, "Personas", "Diego Molina")
    page.keyboard.press("Escape")
    page.get_by_role("checkbox", name="Internacionales").check()
    choose(page, "Solo a estos países", "Reino Unido")
    page.keyboard.press("Escape")
    assert_accessible(page)
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("row", name=re.compile("Londres"))).to_contain_text("Diego Molina")
    choose(page, "Quién llama", "Diego Molina")
    page.get_by_label("A qué número").fill("+44 20 7946 0000")
    page.get_by_role("button", name="Comprobar").click()
    expect(verdict).to_contain_text("Sí, la llamada saldría")
    expect(verdict).to_contain_text("operador")


def test_a_route_by_two_trunks(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(OUTBOUND + "/routes/new")
    page.get_by_label("Nombre").fill("Gratuitas")
    choose(page, "Clases de números", "Gratuitas (900)")
    page.keyboard.press("Escape")
    choose(page, "Añadir una troncal", "Operador principal")
    choose(page, "Añadir una troncal", "Operador de reserva")
    page.get_by_role("button", name="Subir Operador de reserva").click()
    page.get_by_role("button", name="Más opciones").click()
    page.get_by_label("Orden").fill("50")
    assert_accessible(page)
    page.get_by_role("button", name="Guardar").click()
    row = page.get_by_role("row", name=re.compile("Gratuitas.*reserva → operador"))
    expect(row).to_be_visible()
    row.get_by_role("link", name="Gratuitas").click()
    expect(page.get_by_role("button", name="Subir Operador principal")).to_be_enabled()


def test_outbound_on_a_telephone(visit: Callable[..., Visit]) -> None:
    window = visit("admin", phone=True)
    for path in ("", "/permissions/comercial", "/routes/moviles"):
        page = window.open(OUTBOUND + path)
        expect(page.get_by_role("region").first).to_be_visible()
        assert_fits(page)
