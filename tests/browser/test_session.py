"""Signing in and out, as people do it; the audit log tells of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.browser import PASSWORD, Visit, assert_accessible, assert_fits


@pytest.mark.parametrize(
    ("language", "mail", "password", "enter", "wrong"),
    [
        ("es", "Correo electrónico", "Contraseña", "Entrar", "El usuario o la contraseña no son correctos"),
        ("en", "Mail address", "Password", "Sign in", "The user or the password is wrong"),
    ],
)
def test_people_sign_in_in_their_language(
    visit: Callable[..., Visit], language: str, mail: str, password: str, enter: str, wrong: str
) -> None:
    window = visit(None, language=language)
    window.expected.append("401")
    page = window.open("/t/office/audit")
    page.get_by_label(mail).fill("admin@example.com")
    page.get_by_label(re.compile(f"^{password}")).fill("a wrong one")
    page.get_by_role("button", name=enter).click()
    expect(page.get_by_role("alert")).to_contain_text(wrong)
    page.get_by_label(re.compile(f"^{password}")).fill(PASSWORD)
    page.get_by_role("button", name=enter).click()
    page.wait_for_url("**/t/office/audit")  # where they wanted to go
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Auditoría"
    )  # an account has a language of its own
    expect(page.get_by_role("table")).to_contain_text("admin@example.com")


def test_nobody_is_sent_elsewhere_by_a_link_to_the_sign_in_page(visit: Callable[..., Visit]) -> None:
    window = visit(None)
    page = window.open("/sign-in?to=//evil.example/")
    page.get_by_label("Correo electrónico").fill("auditor@example.com")
    page.get_by_label(re.compile("^Contraseña")).fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Entrar")
    assert page.url.startswith(window.base)


def test_who_signs_out_is_out(visit: Callable[..., Visit]) -> None:
    page = visit("auditor").open("/t/office/audit")
    page.get_by_role("button", name=re.compile("^Mi cuenta")).click()
    page.get_by_role("menuitem", name="Salir").click()
    page.wait_for_url("**/sign-in*")
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Entrar")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_these_pages(visit: Callable[..., Visit], phone: bool) -> None:
    page = visit(None, phone=phone).open("/sign-in")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
    page = visit("admin", phone=phone).open("/t/office/audit")
    expect(page.get_by_role("table")).to_be_visible()
    assert_accessible(page)
    assert_fits(page)
