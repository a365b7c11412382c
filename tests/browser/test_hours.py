"""Opening hours, painted by mouse and keys, and what overrules them, turned on and off."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from support.browser import Visit, assert_accessible, assert_fits

HOURS = "/t/office/hours"


def draw(page: Page, track: Locator, since: float, until: float) -> None:
    """Draw along a day with the mouse, from an hour to another."""
    track.scroll_into_view_if_needed()
    place = track.bounding_box()
    assert place
    y = place["y"] + place["height"] / 2
    x = [place["x"] + place["width"] * (hour / 24) for hour in (since + 0.1, until - 0.1)]
    page.mouse.move(x[0], y)
    page.mouse.down()
    page.mouse.move(x[1], y, steps=4)
    page.mouse.up()


def test_a_week_is_painted_and_saved(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(HOURS + "/schedules/new")
    page.get_by_label("Nombre").fill("Tienda de la esquina")
    draw(page, page.get_by_role("slider", name="Sábado"), 10, 14)
    saturday = page.get_by_role("textbox", name="Horas de Sábado, por escrito")
    expect(saturday).to_have_value("10:00-14:00")
    # The cursor stands at nine at first: two quarters are drawn over with the arrows, and the third is turned over.
    sunday = page.get_by_role("slider", name="Domingo")
    sunday.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("textbox", name="Horas de Domingo, por escrito")).to_have_value("09:00-09:45")
    expect(sunday).to_have_attribute("aria-valuetext", re.compile("^09:30: Abierto"))
    assert_accessible(page)
    page.get_by_role("button", name="Guardar").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Horarios y festivos")
    card = page.get_by_role("article", name="Tienda de la esquina")
    expect(card).to_contain_text(re.compile("Abierto|Cerrado"))
    card.get_by_role("link", name="Tienda de la esquina").click()
    expect(saturday).to_have_value("10:00-14:00")


def test_it_is_closed_by_hand_and_opened_again(visit: Callable[..., Visit]) -> None:
    page = visit("admin").open(HOURS)
    madrid = page.get_by_role("article", name="Horario de Madrid")
    page.get_by_role("button", name="Activar: Modo noche").click()
    expect(madrid).to_contain_text("Cerrado")
    expect(madrid).to_contain_text("Botón: Modo noche")
    expect(page.get_by_role("article", name="Modo noche")).to_contain_text("Cerrado a mano")
    assert_accessible(page)
    page.get_by_role("button", name="Desactivar: Modo noche").click()
    expect(madrid).not_to_contain_text("Botón")
    page.get_by_role("link", name="Modo noche").click()
    expect(page.get_by_label("Código")).to_have_value("1")
    assert_accessible(page)


def test_hours_on_a_telephone(visit: Callable[..., Visit]) -> None:
    window = visit("admin", phone=True)
    for path in (
        "",
        "/schedules/horario-madrid",
        "/calendars/festivos-madrid",
        "/overrides/noche",
    ):
        page = window.open(HOURS + path)
        expect(page.get_by_role("region").first).to_be_visible()
        assert_fits(page)
