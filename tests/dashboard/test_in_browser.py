"""The dashboard in a real browser: drawn, readable, without a complaint, and equal to the report."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from werkzeug.serving import WSGIRequestHandler, make_server

from api import Draw, Health, ops_app
from core.clock import ManualClock
from matinee.cli import main
from matinee.dashboard import PANELS, Dashboard

PICTURES = os.environ.get("DASHBOARD_PICTURES")  # a folder: `.ci/browser.sh docs/images` makes those of the docs
PICTURE_MAX_BYTES = 300_000
DRIVER, BROWSER = shutil.which("chromedriver"), shutil.which("chromium")
IN_TIME_S = 10
VIEWS = {"light": (1280, 1600, "light"), "dark": (1280, 1600, "dark"), "phone": (390, 1400, "light")}

pytestmark = pytest.mark.skipif(
    DRIVER is None or BROWSER is None,
    reason="needs chromium and chromedriver: .ci/browser.sh installs them where there is apt-get",
)


class QuietHandler(WSGIRequestHandler):
    def log_request(self, code="-", size="-"):
        """Nothing."""


@pytest.fixture(scope="module")
def address(week, now):
    dashboard = Dashboard(week, ManualClock(now))
    dashboard.look_at_stand_ins()
    app = ops_app(lambda: Health(""), lambda: b"", {}, dashboard)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/dashboard"
    server.shutdown()
    thread.join()
    server.server_close()


class Page:
    """The dashboard as a browser shows it."""

    def __init__(self, driver, address, downloads):
        self.driver, self.downloads = driver, downloads
        self._address = address

    def open(self, view="light", days=7):
        width, height, scheme = VIEWS[view]
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": view == "phone"}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get(f"{self._address}?days={days}")
        self.until(lambda: self.run("return document.documentElement.dataset.charts") is not None)
        return self

    def until(self, condition):
        return WebDriverWait(self.driver, IN_TIME_S).until(lambda _: condition())

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def column(self, panel, name):
        """The cells of a column by those of the first, as they are written."""
        script = """
            const table = document.querySelector(`#${arguments[0]} .scroll table`);
            const place = [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent === arguments[1]);
            return [...table.tBodies[0].rows].map((row) => [row.cells[0].textContent, row.cells[place].textContent]);
        """
        return dict(self.run(script, panel, name))

    def complaints(self):
        """What the browser had to say: broken scripts, and whatever the content policy refused."""
        return [entry["message"] for entry in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def page(address, tmp_path_factory):
    downloads = tmp_path_factory.mktemp("downloads")
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-background-networking",
        "disable-dev-shm-usage",
    ):
        options.add_argument(f"--{argument}")
    options.add_argument(f"--user-data-dir={tmp_path_factory.mktemp('profile')}")
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(DRIVER))
    yield Page(driver, address, downloads)
    driver.quit()


@pytest.fixture
def report(week, monkeypatch):
    """Lines of the cost report by key."""
    monkeypatch.setenv("MATINEE_HOME", str(week.home))

    def run(*arguments):
        done = CliRunner().invoke(main, ["cost", "report", "--json", "--since", "2026-11-14", *arguments])
        assert done.exit_code == 0, done.output
        return json.loads(done.output)

    return run


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("days", [7, 1])
def test_every_chart_is_drawn_and_the_browser_has_nothing_to_complain_of(page, view, days):
    page.open(view, days)
    over_time = [source for source in PANELS.values() if source.draw in (Draw.STACK, Draw.LINES)]
    assert page.run("return document.documentElement.dataset.charts") == str(len(over_time))
    assert len(page.driver.find_elements(By.CSS_SELECTOR, ".chart canvas")) == len(over_time)
    assert page.complaints() == []


@pytest.mark.parametrize(
    ("panel", "ours", "group", "theirs"),
    [
        ("costs", "from lists", "day", "licence_attributed_usd"),
        ("costs", "organic", "day", "licence_organic_usd"),
        ("costs", "LLM", "day", "llm_usd"),
        ("costs", "total", "day", "total_usd"),
        ("each", "a recommendation", "day", "per_recommendation_usd"),
        ("by-arm", "a recommendation", "arm", "per_recommendation_usd"),
        ("by-model", "a recommendation", "model", "per_recommendation_usd"),
    ],
)
def test_figures_on_the_page_are_those_of_the_report(page, report, panel, ours, group, theirs):
    view = () if group == "day" else ("--view", "amortised")
    lines = report("--by", group, *view)["lines"]
    found = {key: "unknown" if line[theirs] is None else f"${line[theirs]}" for key, line in lines.items()}
    shown = page.open().column(panel, ours)
    assert len(shown) >= 2
    assert shown == {key: found[key] for key in shown}


def test_the_tile_of_all_costs_is_the_total_of_the_report(page, report):
    tile = page.open().find("#total dl > div")
    assert tile.text.split("\n") == ["all costs", f"${report()['total']['total_usd']}"]


def test_the_pointer_over_a_chart_reads_the_figures_of_its_day(page):
    chart = page.open().find("#costs .u-over")
    ActionChains(page.driver).move_to_element(chart).perform()
    names, values = (
        [cell.text for cell in page.driver.find_elements(By.CSS_SELECTOR, f"#costs .u-legend {cell}")]
        for cell in (".u-label", ".u-value")
    )
    said = dict(zip(names, values, strict=True))
    day = said.pop("time")
    assert set(said) == {"from lists", "organic", "LLM"}
    page.run("document.querySelector('#costs details').open = true")
    assert said == {name: page.column("costs", name)[day] for name in said}


def test_a_panel_is_kept_as_a_picture(page):
    for panel in ("costs", "films", "total"):
        button = page.open().find(f"#{panel} button.picture")
        page.run("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        picture = page.downloads / f"{panel}.png"
        page.until(picture.exists)
        content = picture.read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) > 5_000
    assert page.complaints() == []


def test_a_phone_shows_everything_without_scrolling_sideways(page):
    page.open("phone")
    width = page.run("return document.documentElement.scrollWidth")
    assert width <= VIEWS["phone"][0]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "selector", ["h1", "h2", ".says", "dd", "td", "footer code", ".stand-ins", "nav a[aria-current]"]
)
def test_text_stands_out_from_its_ground(page, view, selector):
    """4.5 to 1 at least: WCAG 2.2, success criterion 1.4.3."""
    script = """
        const element = document.querySelector(arguments[0]);
        let ground = element;
        while (getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)") ground = ground.parentElement;
        const light = (colour) => {
          const [red, green, blue] = colour.match(/[0-9.]+/g).map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
          return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const both = [getComputedStyle(element).color, getComputedStyle(ground).backgroundColor].map(light).sort();
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    """
    assert page.open(view).run(script, selector) >= 4.5


@pytest.mark.parametrize("view", VIEWS)
def test_a_picture_of_the_page_is_no_large_file(page, view, tmp_path):
    """Where DASHBOARD_PICTURES names a folder, these are the pictures of the docs."""
    picture = Path(PICTURES or tmp_path) / f"dashboard-{view}.png"
    page.open(view).driver.save_screenshot(str(picture))
    assert 20_000 < picture.stat().st_size < PICTURE_MAX_BYTES
