"""How a page of the portal is looked at: in each of its modes, with axe, and as a hand on the keyboard meets it."""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

MODES = ("light", "dark", "elder", "elder-dark")
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# Of axe's rules those that a style sheet alone can break.
OF_STYLE = ("color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable")

_TARGETS = """least => [...document.querySelectorAll("a, button, input, select, summary")]
  .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest(".prose, .skip"))
  .filter(one => { const box = one.getBoundingClientRect(); return box.width < least || box.height < least; })
  .map(one => one.outerHTML)"""

_ENTER = """elder => new Promise(done => {
  document.documentElement.toggleAttribute("data-elder", elder);
  requestAnimationFrame(() => requestAnimationFrame(() => done(elder)));
})"""

# Where the focus is, what it is called there, and whether an eye finds it.
_STOP = """() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const box = one.getClientRects()[0];  // Of a link over two lines, the first.
  const middle = (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2;
  const top = document.elementFromPoint(box.x + box.width / 2, middle);
  const inside = box.top >= 0 && box.bottom <= innerHeight + 1;
  const style = getComputedStyle(one);
  return {
    name: (one.getAttribute("aria-label") || (one.labels && one.labels[0] || one).textContent).trim(),
    seen: one.contains(top) && (inside || box.height > innerHeight),
    ringed: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    place: [...document.querySelectorAll("a, button, input, select, summary, [tabindex]")].indexOf(one),
  };
}"""


@cache
def _axe() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")


def enter(page: Page, mode: str) -> None:
    """As the reader has it who chose this mode: the scheme by the system, the elder mode by our switch.

    What the page does about its new sizes, it does in the next frame.
    """
    page.emulate_media(color_scheme="dark" if mode.endswith("dark") else "light")
    page.evaluate(_ENTER, "elder" in mode)


def axe_violations(page: Page, only: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    """What axe objects to, with the first place of each; `only` are rules instead of the standards."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    options = {
        "runOnly": only or {"type": "tag", "values": STANDARDS},
        "rules": {} if only else {"label-content-name-mismatch": {"enabled": True}},  # 2.5.3; axe calls it a trial.
        "resultTypes": ["violations"],
    }
    found: dict[str, Any] = page.evaluate("options => axe.run(options)", options)
    return [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]


def style_violations(page: Page) -> list[tuple[str, str]]:
    return axe_violations(page, {"type": "rule", "values": OF_STYLE})


def small_targets(page: Page, least: int) -> list[str]:
    """Every target outside running text that is smaller than `least` CSS pixels either way."""
    found: list[str] = page.evaluate(_TARGETS, least)
    return found


def keyboard_stops(page: Page) -> list[dict[str, Any]]:
    """Each stop of the Tab key, from the top of the page to its end."""
    stops: list[dict[str, Any]] = []
    for _ in range(200):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop is None or (stops and stop["place"] <= stops[0]["place"]):
            return stops
        stops.append(stop)
    raise AssertionError("the Tab key never comes to an end")
