"""Numbers and trunks: a provider is connected, and a number led to somebody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.browser import Visit, assert_accessible, assert_fits

Open = Callable[..., Visit]


def test_a_provider_is_connected_and_a_number_leads_to_somebody(visit: Open) -> None:
    page = visit("admin").open("/t/office/numbers")
    page.get_by_role("button", name="Añadir troncal").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Con usuario y contraseña")).to_be_checked()
    dialog.get_by_role("button", name="Seguir").click()
    dialog.get_by_label("Nombre").fill("Operador nuevo")
    dialog.get_by_label("Servidor").fill("127.0.0.1:9")  # nobody listens there
    dialog.get_by_role("button", name="Conectar").click()
    expect(dialog.get_by_text("Escribe el usuario que te dio el operador")).to_be_visible()
    dialog.get_by_label(re.compile("^Usuario")).fill("cliente")
    dialog.get_by_label(re.compile("^Contraseña")).fill("secreta de verdad")
    dialog.get_by_role("button", name="Conectar").click()
    expect(dialog.get_by_text(re.compile("Registrándose|No funciona"))).to_be_visible()
    dialog.get_by_role("button", name="Cerrar").last.click()
    expect(page.get_by_role("row", name=re.compile("Operador nuevo"))).to_contain_text("127.0.0.1")
    assert "secreta de verdad" not in page.content()

    page.get_by_role("button", name="Añadir número").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(re.compile("^Número")).fill("910 000 777")
    dialog.get_by_role("button", name="Guardar").click()
    expect(dialog.get_by_text("Escríbelo con el prefijo internacional")).to_be_visible()
    expect(dialog.get_by_text("Di adónde lleva")).to_be_visible()
    dialog.get_by_label(re.compile("^Número")).fill("0034 910 000 777")
    dialog.get_by_label(re.compile("^Lleva a")).click()
    page.get_by_role("option", name="Persona").click()
    dialog.get_by_label("Persona", exact=True).fill("Marta")
    page.get_by_role("option", name=re.compile("Marta Ruiz")).click()
    dialog.get_by_role("button", name="Guardar").click()
    row = page.get_by_role("row", name=re.compile(r"\+34910000777"))
    expect(row).to_contain_text("Marta Ruiz")
    expect(row).to_contain_text("Listo")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_the_page_of_numbers(visit: Open, phone: bool) -> None:
    page = visit("admin", phone=phone).open("/t/office/numbers")
    expect(page.get_by_role("row", name=re.compile("Operador principal"))).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
