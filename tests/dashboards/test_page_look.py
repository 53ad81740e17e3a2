"""What a browser makes of the pages: no sideways scrolling, keyboard, script or none; and that colours can be read."""

import re
from pathlib import Path
from typing import Any

import pytest

from tickets.types import CommandKind as C

STATIC = Path(__file__).resolve().parent.parent.parent / "dashboards" / "static"
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


def tokens(scheme: str) -> dict[str, str]:
    """The colours of a scheme."""
    css = (STATIC / "app.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    if scheme == "dark":
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark.split("/* ---- ground")[0]))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3", "accent") for ground in ("ground", "panel", "sunken")),
    *((tone, f"{tone}-weak") for tone in ("red", "amber", "green", "blue", "violet", "grey")),
    *((tone, "panel") for tone in ("red", "amber")),
    ("accent", "accent-weak"),
    ("ink", "accent-weak"),
    ("ink-3", "accent-weak"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-accent", "red-solid"),
    ("on-bar", "bar"),
    ("on-bar-2", "bar"),
    ("on-bar", "bar-hover"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(scheme: str, ink: str, ground: str) -> None:
    found = tokens(scheme)
    assert contrast(found[ink], found[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), [("line-strong", "panel"), ("focus", "panel"), ("focus", "ground")])
def test_edges_of_controls_can_be_seen(scheme: str, line: str, ground: str) -> None:
    found = tokens(scheme)
    assert contrast(found[line], found[ground]) >= 3


@pytest.fixture
def busy(house: Any) -> dict[str, str]:
    """A house with something on every page: paths by name."""
    triage = house.open("一段很长的话" * 40)
    mine = house.open(lead="centre_xietu")
    house.do(mine, C.ADD_SUPPORT, "paidan", unit="scjg", reason="核查" * 50)
    disputed = house.open(matter="0401", lead="scjg")
    house.do(disputed, C.REQUEST_RETURN, "scjg", code="needs_lead", clause="第十二条", proposed_unit="cgzf")
    house.do(disputed, C.APPROVE_RETURN, "paidan", unit="centre_xietu")
    house.do(disputed, C.REQUEST_RETURN, "xietu", code="needs_lead", clause="第十二条", proposed_unit="cgzf")
    return {
        "/login": "",
        "/workbench?q=all": "paidan",
        f"/workbench/t/{triage.no}?q=triage": "paidan",
        "/desk": "xietu",
        f"/desk/t/{mine.no}": "xietu",
        "/meetings": "zhaoji",
        f"/meetings/{disputed.no}-1": "zhaoji",
        "/desk/t/26091499999999": "xietu",
    }


def opened(browser: Any, visitor: Any, path: str, **context: Any) -> Any:
    """The page in a browser whose requests the application answers in this process."""
    page = browser.new_context(**context).new_page()
    page.problems = []

    def answer(route: Any, request: Any) -> None:
        got = visitor.client.request(
            request.method,
            request.url.removeprefix("http://127.0.0.1"),
            content=request.post_data_buffer,
            headers={name: value for name, value in request.headers.items() if name == "content-type"},
            follow_redirects=True,
        )
        route.fulfill(status=got.status_code, headers={"content-type": got.headers["content-type"]}, body=got.content)

    page.route("**/*", answer)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.goto("http://127.0.0.1" + path)
    return page


@pytest.mark.parametrize("size", SIZES)
def test_no_page_scrolls_sideways_or_stumbles(house: Any, browser: Any, busy: dict[str, str], size: str) -> None:
    width, height = SIZES[size]
    for path, login in busy.items():
        visitor = house.as_(login) if login else house.visitor()
        page = opened(browser, visitor, path, viewport={"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.problems == [], path
        assert page.locator("h1").count() == 1, path
        unnamed = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
            ".filter(e => !e.labels?.length && !e.ariaLabel).map(e => e.name)"
        )
        assert unnamed == [], path
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), path
        page.context.close()


def test_the_keyboard_leads_to_the_text_and_through_the_list(house: Any, browser: Any) -> None:
    house.open()
    second = house.open()
    page = opened(browser, house.as_("paidan"), "/workbench?q=all", viewport={"width": 1280, "height": 800})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == second.no
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "s"
    page.context.close()


@pytest.mark.parametrize("script", [True, False])
def test_a_form_works_with_script_and_without(house: Any, browser: Any, *, script: bool) -> None:
    ticket = house.open()
    page = opened(browser, house.as_("paidan"), f"/workbench/t/{ticket.no}?q=triage", java_script_enabled=script)
    page.locator("#do-answer summary").click()
    page.locator("#do-answer textarea").fill("请到街道窗口办理。")
    page.locator("#do-answer button").click()
    page.get_by_text("已直接答复市民。").wait_for()
    assert house.ticket(ticket.no).state == "ANSWERED"
    page.context.close()


def test_every_printed_sheet_carries_the_readers_name(house: Any, browser: Any) -> None:
    ticket = house.open()
    page = opened(browser, house.as_("paidan"), f"/workbench/t/{ticket.no}")
    page.emulate_media(media="print")
    assert page.locator(".watermark").is_visible()
    assert page.locator(".watermark text").first.text_content() == "派单员甲 paidan 2026-09-14 10:00"
    assert page.get_by_text("由 派单员甲 paidan").is_visible()
    assert not page.locator(".acts").is_visible()
    page.context.close()
