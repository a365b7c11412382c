"""People, their telephones and their access, as an administrator goes about them."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from support.browser import Visit, assert_accessible, assert_fits

Open = Callable[..., Visit]


def add_person(page: Page, name: str, mail: str, *, invited: bool = False) -> None:
    page.get_by_role("button", name="Añadir persona").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Nombre").fill(name)
    form.get_by_label("Correo electrónico").fill(mail)
    if invited:
        form.get_by_label("Invitar a su portal").check()
    expect(form.get_by_placeholder("Siguiente libre: 1")).to_be_visible()
    form.get_by_role("button", name="Añadir persona").click()


def test_a_new_person_gets_an_extension_a_telephone_and_a_page(visit: Open) -> None:
    window = visit("admin")
    window.expected.append("404")  # her page, once she is gone
    page = window.open("/t/office/people")
    add_person(page, "Nuria Peña", "nuria@meridiano.example")
    setup = page.get_by_role("dialog", name="Conectar un teléfono de Nuria Peña")
    expect(setup.get_by_role("img", name=re.compile("Código QR"))).to_be_visible()
    secret = setup.get_by_label(re.compile("^Contraseña")).last.input_value()
    assert len(secret) > 12
    setup.get_by_role("button", name="Hecho").click()
    page.get_by_role("link", name="Nuria Peña").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nuria Peña")
    extension = page.get_by_label("Extensión").input_value()
    assert re.fullmatch("1[0-9]{2}", extension)
    expect(page.get_by_text("No está conectado: no puede sonar")).to_be_visible()
    assert secret not in page.content()

    # Her calls are forwarded at once, and her data by a version.
    page.get_by_label("Desviar si no contesta").fill("600 123 456")
    page.get_by_role("region", name="No molestar y desvíos").get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("Guardado: ya vale")).to_be_visible()
    page.get_by_label("Llamadas a la vez").fill("4")
    page.get_by_role("region", name="Datos").get_by_role("button", name="Guardar").click()
    expect(page.get_by_text(re.compile("Guardado: versión"))).to_be_visible()
    page.reload()
    expect(page.get_by_label("Desviar si no contesta")).to_have_value("600123456")
    expect(page.get_by_label("Llamadas a la vez")).to_have_value("4")

    # She goes, and her telephone with her.
    page.get_by_role("button", name="Quitar persona").click()
    page.get_by_role("dialog").get_by_role("button", name="Quitar").click()
    page.wait_for_url("**/t/office/people")
    expect(page.get_by_role("link", name="Nuria Peña")).to_have_count(0)


def test_a_mistake_is_told_at_its_field(visit: Open) -> None:
    window = visit("admin")
    window.expected.append("422")
    page = window.open("/t/office/people/marta")
    page.get_by_label("Extensión").fill("102")  # Álvaro's
    page.get_by_role("region", name="Datos").get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("region", name="Datos").get_by_role("alert")).to_be_visible()
    page.get_by_label("Extensión").fill("uno")
    page.get_by_role("region", name="Datos").get_by_role("button", name="Guardar").click()
    expect(page.get_by_text("De 2 a 6 cifras")).to_be_visible()


def test_a_spreadsheet_is_seen_before_it_is_done(visit: Open) -> None:
    page = visit("admin").open("/t/office/people/-/import")

    def choose(text: str) -> None:
        sheet = {"name": "gente.csv", "mimeType": "text/csv", "buffer": text.encode()}
        page.locator("input[type=file]").set_input_files(sheet)

    choose("nombre,sede,extensión,dispositivos\nBruno Gil,palmas,,bruno-mesa\nOtra,palmas,2x,\n")
    expect(page.get_by_role("row", name=re.compile("Bruno|bruno-gil"))).to_contain_text("Nueva")
    expect(page.get_by_role("row", name=re.compile("otra"))).to_contain_text("Error")
    expect(page.get_by_role("button", name="Importar", exact=True)).to_be_disabled()
    choose("nombre,sede,extensión,dispositivos\nBruno Gil,palmas,,bruno-mesa\n")
    expect(page.get_by_role("row", name=re.compile("otra"))).to_have_count(0)
    page.get_by_role("button", name="Importar", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Importado")).to_be_visible()
    expect(page.get_by_role("table", name="Contraseñas nuevas")).to_contain_text("bruno")
    assert_accessible(page)

    page.get_by_role("link", name="Ver las personas").click()
    page.get_by_role("button", name="Hoja de cálculo").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("XLSX")).click()
    rows = load_workbook(BytesIO(download.value.path().read_bytes())).active
    assert rows is not None
    assert "Bruno Gil" in [cell.value for cell in rows["B"]]


def test_who_is_invited_gets_a_link_that_is_shown_once(visit: Open) -> None:
    page = visit("admin").open("/t/office/people/lucia")
    page.get_by_role("button", name="Invitar por correo").click()
    form = page.get_by_role("dialog")
    form.get_by_label("Correo electrónico").fill("lucia@meridiano.example")
    form.get_by_role("button", name="Invitar").click()
    shown = page.get_by_role("dialog", name=re.compile("Enlace para lucia"))
    assert "/password#" in shown.get_by_label("Enlace", exact=True).input_value()
    shown.get_by_role("button", name="Ya lo tengo").click()
    expect(page.get_by_text("Invitada, aún sin contraseña")).to_be_visible()

    page.goto(page.url.replace("/people/lucia", "/settings/accounts"))
    row = page.get_by_role("row", name=re.compile("lucia@"))
    row.get_by_role("button", name=re.compile("Qué hacer")).click()
    page.get_by_role("menuitem", name="Desactivar").click()
    page.get_by_role("dialog").get_by_role("button", name="Desactivar").click()
    expect(row).to_contain_text("Desactivada")
    assert_accessible(page)


def test_who_only_reads_is_offered_nothing_else(visit: Open) -> None:
    page = visit("auditor").open("/t/office/people/marta")
    expect(page.get_by_label("Nombre")).to_be_disabled()
    expect(page.get_by_role("button", name="Guardar")).to_have_count(0)
    expect(page.get_by_role("button", name="Conectar un teléfono")).to_have_count(0)
    expect(page.get_by_role("button", name="Quitar persona")).to_have_count(0)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_the_pages_of_people(visit: Open, phone: bool) -> None:
    window = visit("admin", phone=phone)
    page = window.open("/t/office/people")
    expect(page.get_by_role("link", name="Marta Ruiz")).to_be_visible()
    expect(
        page.get_by_role("table", name="Extensiones de servicio").or_(page.get_by_text("No hay ninguna"))
    ).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page = window.open("/t/office/people/marta")
    expect(page.get_by_text("Acceso a la consola")).to_be_visible()
    expect(page.get_by_label("Tener buzón")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
