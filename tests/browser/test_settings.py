"""A company's settings, as its administrator walks through them; everything that a test changes is undone in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from support.browser import Visit, assert_accessible, assert_fits

SETTINGS = "/t/office/settings"
PAGES = ("company", "sites", "sites/madrid", "plan", "webhooks", "configuration", "accounts")


def places(page: Page, name: str) -> None:
    """Go to another page of the settings."""
    page.get_by_role("navigation", name="Ajustes").get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def undo(page: Page) -> None:
    """Take the newest version back, by the button of what was said of it."""
    page.get_by_role("alert").get_by_role("button", name="Deshacer").last.click()
    expect(page.get_by_text("Deshecho")).to_be_visible()


def test_the_company_and_its_sites_are_changed_and_put_back(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(SETTINGS)
    name = page.get_by_label("Nombre")
    expect(name).not_to_have_value("")
    before = name.input_value()
    expect(page.get_by_label("Valen en cuanto se guardan")).to_be_checked()
    name.fill("Oficina Nueva")
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_text(re.compile("^Guardado: versión"))).to_be_visible()
    undo(page)
    expect(name).to_have_value(before)

    places(page, "Sedes")
    expect(page.get_by_role("row").filter(has_text="Madrid")).to_contain_text("100–199")
    page.get_by_role("link", name="Madrid", exact=True).click()
    expect(page.get_by_text("Caben 100 extensiones.")).to_be_visible()
    zone = page.get_by_role("combobox", name="Zona horaria")
    zone.fill("canary")
    page.get_by_role("option", name="Atlantic/Canary").click()
    expect(zone).to_have_value("Atlantic/Canary")
    page.get_by_label("Dirección a la que mandar ayuda").fill("")
    expect(page.get_by_text("Falta la dirección")).to_be_visible()
    page.get_by_role("button", name="Guardar").click()
    expect(
        page.get_by_role("row").filter(has_text="Atlantic/Canary").filter(has_text="Madrid")
    ).to_contain_text("Falta la dirección")
    undo(page)
    expect(page.get_by_role("row").filter(has_text="Madrid")).to_contain_text("Completo")


def test_a_webhook_is_made_tried_and_removed(visit: Callable[..., Visit]) -> None:
    window = visit("admin")
    window.expected.append("422")
    page = window.open(f"{SETTINGS}/webhooks")
    page.get_by_role("button", name="Nuevo aviso").first.click()
    form = page.get_by_role("dialog", name="Nuevo aviso")
    form.get_by_label("Nombre").fill("CRM")
    address = form.get_by_role("textbox", name="Dirección")
    address.fill("http://10.0.0.1/")
    form.get_by_role("checkbox", name="Llamada perdida").check()
    # A dialog's title stands in a header of its own, outside of the page's.
    assert_accessible(page, without=("landmark-no-duplicate-banner", "landmark-unique"))
    form.get_by_role("button", name="Crear").click()
    expect(form.get_by_role("alert")).to_be_visible()  # nothing is sent to the internal network
    address.fill("https://crm.invalid/calls")  # a name that never leads anywhere
    form.get_by_role("button", name="Crear").click()
    secret = page.get_by_role("dialog", name="El secreto de este aviso")
    expect(secret.get_by_label("Secreto", exact=True)).to_have_value(re.compile("^whsec_"))
    secret.get_by_role("button", name="Copiar").click()
    assert page.evaluate("navigator.clipboard.readText()").startswith("whsec_")
    secret.get_by_role("button", name="Ya lo tengo").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("CRM")
    page.get_by_role("button", name="Enviar una prueba").click()
    row = page.get_by_role("table", name="Registro de mensajes").get_by_role("row").filter(has_text="Prueba")
    expect(row).to_contain_text("No existe ese servidor.")
    expect(page.get_by_text(re.compile("^No llega nada desde"))).to_be_visible()
    row.get_by_role("button", name="Ver").click()
    expect(page.get_by_role("dialog", name="Lo que se envía")).to_contain_text('"webhook.test"')
    page.keyboard.press("Escape")
    row.get_by_role("button", name="Reenviar").click()
    expect(page.get_by_text("El mensaje sale otra vez")).to_be_visible()
    assert_accessible(page)

    page.get_by_role("button", name="Quitar").click()
    page.get_by_role("dialog").get_by_role("button", name="Quitar el aviso").click()
    expect(page.get_by_text("Nadie recibe avisos todavía")).to_be_visible()


def test_the_configuration_goes_out_as_a_file_and_comes_in_after_a_look(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    page = visit("admin").open(f"{SETTINGS}/configuration")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Descargar la configuración").click()
    text = Path(downloading.value.path()).read_text("utf-8")
    assert "Calle de Alcalá 100" in text
    file = tmp_path / "office.yaml"
    file.write_text(text, "utf-8")
    page.get_by_label("Se quita").check()
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_text("No cambiaría nada")).to_be_visible()

    file.write_text(text.replace("Calle de Alcalá 100", "Calle de Alcalá 102"), "utf-8")
    page.set_input_files("input[type=file]", file)
    expect(page.get_by_text("Cambiaría una cosa")).to_be_visible()
    expect(page.get_by_role("list", name="Qué cambia")).to_contain_text("Calle de Alcalá 102")
    assert_accessible(page)
    page.get_by_label("Por qué (opcional)").fill("Nos mudamos al portal de al lado")
    page.get_by_role("button", name="Aplicar los cambios").click()
    expect(page.get_by_text(re.compile("^Guardado: versión"))).to_be_visible()
    undo(page)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_these_pages(visit: Callable[..., Visit], phone: bool) -> None:
    window = visit("auditor", phone=phone)
    for each in PAGES:
        page = window.open(f"{SETTINGS}/{each}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert_fits(page)
        assert_accessible(page)
