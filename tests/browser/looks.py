"""A page in all its looks, phone and desktop, light and dark, and with a machine's eye for what keeps people out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "frontend/node_modules/axe-core/axe.min.js"
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1440, "height": 900}
#: What a desktop at 400 % zoom leaves, the narrowest that WCAG 2.2 (1.4.10) asks for.
ZOOMED = {"width": 320, "height": 256}

#: The smallest side of every visible control, in CSS pixels; a checkbox or radio counts with its label.
SMALL_TARGETS = """() => [...document.querySelectorAll("button, a, input, select, textarea")]
  .filter((control) => control.checkVisibility())
  .map((control) => control.closest("label") ?? control)
  .filter((control) => !control.matches("p a, p a *"))
  .filter((control) => control.getBoundingClientRect().height < 44)
  .map((control) => control.outerHTML.slice(0, 80))"""


def looks(page: Page) -> Iterator[str]:
    """The page in each of its looks, by name; afterwards as it was."""
    before = page.viewport_size
    for size, viewport in (("phone", PHONE), ("desktop", DESKTOP)):
        for scheme in ("light", "dark"):
            show(page, viewport, scheme)
            yield f"{size} {scheme}"
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    if before:
        page.set_viewport_size(before)


def show(page: Page, viewport: object, scheme: Literal["light", "dark"] | str) -> None:
    page.set_viewport_size(viewport)  # type: ignore[arg-type]
    # Reduced motion, so that no colour is measured half-way through a change.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]


def find_faults(page: Page) -> list[str]:
    """What axe-core, a ruler and a look at the scroll bar find wrong, in all looks; empty when all is well."""
    faults: list[str] = []
    for look in looks(page):
        faults += [f"{look}: {fault}" for fault in run_axe(page)]
        faults += [f"{look}: too wide"] if is_too_wide(page) else []
        faults += [f"{look}: small {control}" for control in page.evaluate(SMALL_TARGETS)]
    return faults + ([] if fits_larger_text(page) else ["phone: too wide with text of twice the size"])


def find_faults_in(page: Page, part: str) -> list[str]:
    """As `find_faults`, of our own part of a page of the console, whose theme's controls are as large as they are."""
    faults: list[str] = []
    for look in looks(page):
        # The console's theme is a class on the document, chosen by its own switch.
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", "dark" in look)
        faults += [f"{look}: {fault}" for fault in run_axe(page, part)]
        faults += [f"{look}: too wide"] if is_too_wide(page) else []
    page.evaluate("document.documentElement.classList.remove('dark')")
    return faults


def run_axe(page: Page, part: str | None = None) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("part => axe.run(part ?? document, {resultTypes: ['violations']})", part)
    return [f"{fault['id']} {fault['nodes'][0]['html'][:120]}" for fault in found["violations"]]


def fits_larger_text(page: Page) -> bool:
    """Whether text of twice the size, as WCAG 2.2 (1.4.4) has it, is read on a phone without scrolling sideways."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    fits = not is_too_wide(page)
    page.evaluate("document.documentElement.style.fontSize = ''")
    if before:
        page.set_viewport_size(before)
    return fits


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
