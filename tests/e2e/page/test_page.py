"""The page in a real Chromium: what a reader sees, on a wide and a narrow screen, light and dark, by key and by ear."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.browser
SHOTS = Path(__file__).parents[3] / "test-results"
MATCH = "/match/E0-2024-2025-tottenham-man-united"
PATHS = {"round": "/", "match": MATCH, "quality": "/quality", "error": "/match/no-such-match"}
QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run"]
QUIET += ["--disable-background-networking", "--disable-component-update"]
SIZES = {"wide": (1180, 900), "phone": (360, 780)}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser, demo_url: str) -> Iterator[Page]:
    """A page that fails the test on any request outside, script error or missing file."""
    context = browser.new_context(base_url=demo_url)
    opened = context.new_page()
    trouble: list[str] = []
    opened.on("request", lambda r: None if r.url.startswith((demo_url, "data:")) else trouble.append(r.url))
    opened.on("pageerror", lambda e: trouble.append(str(e)))
    opened.on("response", lambda r: trouble.append(r.url) if r.status >= 400 and "no-such" not in r.url else None)
    yield opened
    context.close()
    assert not trouble


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PATHS)
def test_every_page_is_accessible_and_fits_its_screen(page: Page, name: str, size: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": SIZES[size][0], "height": SIZES[size][1]})
    page.goto(PATHS[name])
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}-{size}-{scheme}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


def test_the_round_shows_ten_matches_and_leads_to_one(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("The coming round")
    expect(page.get_by_role("complementary", name="Replay")).to_contain_text("Friday 14 February 2025")
    expect(page.locator(".fixtures li")).to_have_count(10)
    bar = page.get_by_role("img", name="Tottenham 50 percent, draw 23 percent, Man United 27 percent")
    widths = bar.evaluate("e => [...e.children].map(c => c.getBoundingClientRect().width)")
    assert widths[0] / sum(widths) == pytest.approx(0.50, abs=0.01)
    page.get_by_role("link", name="Tottenham v Man United").click()
    page.wait_for_url(f"**{MATCH}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Tottenham v Man United")


def test_a_match_shows_grid_markets_and_recent_results(page: Page) -> None:
    page.goto(MATCH)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tottenham v Man United")
    cells = [float(text) for text in page.locator(".heat tbody td").all_inner_texts()]
    assert len(cells) == 36
    assert 95 < sum(cells) < 100
    hottest = max(range(36), key=cells.__getitem__)
    colours = page.locator(".heat tbody td").evaluate_all("es => es.map(e => getComputedStyle(e).backgroundColor)")
    assert colours.count(colours[hottest]) == 1
    expect(page.get_by_role("row", name="More than 2.5 goals")).to_contain_text("62 %")
    assert page.locator(".results tbody tr").count() == 12
    expect(page.locator("main")).to_contain_text("It ended 1–0")


def test_the_quality_page_shows_scores_and_calibration(page: Page) -> None:
    page.goto("/quality")
    expect(page.locator(".scores tbody tr")).to_have_count(3)
    expect(page.locator(".scores .own")).to_contain_text("Dixon–Coles")
    assert page.locator("svg .point").count() >= 8
    expect(page.get_by_role("img", name="Calibration of Dixon–Coles")).to_be_visible()


def test_the_keyboard_reaches_everything(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    names = []
    for _ in range(14):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.innerText"))
    assert "How good is it?" in names
    assert "Brighton v Chelsea" in names
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_the_documents_of_the_api_need_no_network(page: Page) -> None:
    page.goto("/docs")
    expect(page.get_by_text("/v1/predict")).to_be_visible()
