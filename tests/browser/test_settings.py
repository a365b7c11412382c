"""A company's settings, as everybody sees them who may look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from support.browser import Visit, assert_accessible, assert_fits

SETTINGS = "/t/office/settings"
PAGES = ("company", "sites", "sites/madrid", "plan", "webhooks", "configuration", "accounts")


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "telephone"])
def test_everybody_can_use_these_pages(visit: Callable[..., Visit], phone: bool) -> None:
    window = visit("auditor", phone=phone)
    for each in PAGES:
        page = window.open(f"{SETTINGS}/{each}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        assert_fits(page)
        assert_accessible(page)
