"""The report in a real browser: width, colours, paper, scripts."""

import json
import re

import pytest

from tests.processor.reports import browser
from tests.processor.reports.test_untrusted import EVIL, report
from tracemedic_processor.reports.as_html import as_html

pytestmark = pytest.mark.xdist_group("browser")

# The page itself runs no script. This frame around it, which is the test's, measures it from outside.
FRAME = """<!doctype html><body style="margin:0">
<iframe id="page" style="width:{width}px;height:900px;border:0"></iframe>
<script>
const page = document.getElementById("page");
page.onload = () => {{
  const inside = page.contentDocument, view = page.contentWindow;
  const wide = [...inside.querySelectorAll("body *")]
    .filter(one => !one.closest("svg") && one.getBoundingClientRect().right > {width} + 1)
    .map(one => one.className || one.tagName);
  const out = document.createElement("pre");
  out.id = "measured";
  out.textContent = JSON.stringify({{
    scroll: inside.documentElement.scrollWidth,
    wide, ran: view.ran === undefined ? "no" : "yes",
    ground: view.getComputedStyle(inside.body).backgroundColor,
    ink: view.getComputedStyle(inside.body).color,
    chart: inside.querySelector(".course").getBoundingClientRect().width,
    bars: inside.querySelectorAll(".course rect.bar").length,
    resources: view.performance.getEntriesByType("resource").length,
  }});
  document.body.append(out);
}};
page.srcdoc = {source};
</script>"""


@pytest.fixture(scope="module", autouse=True)
def _browser():
    try:
        browser.find()
    except browser.BrowserMissingError as error:
        pytest.skip(f"NO BROWSER, THE PAGE WAS NOT LOOKED AT: {error}")


def measured(folder, written, width, *arguments):
    frame = folder / "frame.html"
    source = json.dumps(written).replace("</", "<\\/")
    frame.write_text(FRAME.format(width=width, source=source), encoding="utf-8")
    dom = browser.run(folder, frame, "--dump-dom", "--virtual-time-budget=3000", "--window-size=1500,1000", *arguments)
    return json.loads(re.search(r'<pre id="measured">(.*?)</pre>', dom, re.DOTALL)[1])


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_screen(tmp_path, width):
    long = "com.example.checkout.inventory.reservation." * 4 + "Error"
    found = measured(tmp_path, as_html(report(long)), width)
    assert (found["wide"], found["scroll"], found["bars"], found["resources"]) == ([], width, 2, 0)
    assert found["chart"] > width * 0.6


def test_light_by_day_and_dark_by_night(tmp_path):
    by_day = measured(tmp_path, as_html(report("plain")), 800)
    by_night = measured(tmp_path, as_html(report("plain")), 800, "--blink-settings=preferredColorScheme=0")
    assert (by_day["ground"], by_night["ground"]) == ("rgb(251, 250, 247)", "rgb(20, 23, 26)")
    assert by_day["ink"] != by_night["ink"]


def test_no_script_of_a_text_runs(tmp_path):
    texts = " ".join((*EVIL, "<script>window.ran = 1</script>", "<img src=x onerror='window.ran = 1'>"))
    assert measured(tmp_path, as_html(report(texts)), 800)["ran"] == "no"


def test_it_prints_as_a_pdf(tmp_path):
    page, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    page.write_text(as_html(report("plain")), encoding="utf-8")
    browser.run(tmp_path, page, "--no-pdf-header-footer", f"--print-to-pdf={paper}")
    content = paper.read_bytes()
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) in range(1, 4)
