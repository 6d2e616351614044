"""Texts of failing programs in reports: shown as they are, and nothing but text."""

import html
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markupsafe import Markup

from tests.storage.samples import DAY_NS, NOON_NS
from tracemedic_processor.reports import charts
from tracemedic_processor.reports.as_html import as_html
from tracemedic_processor.reports.as_json import as_json
from tracemedic_processor.reports.as_markdown import as_markdown, escaped
from tracemedic_storage.diagnostic_report import (
    Advice,
    Bucket,
    Cascade,
    Consequence,
    Content,
    Count,
    DiagnosticReport,
    Figure,
    Happening,
    Issue,
)
from tracemedic_storage.scope import Scope

EVIL = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](https://evil.example/)",
    "![pixel](https://evil.example/p.png)",
    "<https://evil.example>",
    "https://evil.example/path www.evil.example mailto:a@evil.example",
    "[ref]: https://evil.example",
    "`code` **bold** ~~gone~~ | cell | # heading",
    "\n\n# Heading\n\n- item\n\n```\nfence",
    "1. one",
    "--- +++ ===",
    "&lt;b&gt; &#60;script&#62;",
    '" onmouseover="alert(1)',
    "</style></title></svg><script>alert(1)</script>",
    "right\u202eleft\u200b\x00\x1b[31m",
    "{{ 7 * 7 }} {% raw %}",
    "@team #12 a@b.example",
)


def report(text):
    issue = Issue(
        pattern_id="a" * 32,
        name=text,
        error_type=text,
        status="active",
        severity="high",
        category="database",
        errors=3,
        before=1,
        occurrences=9,
        first_seen_ns=NOON_NS,
        last_seen_ns=NOON_NS,
        services=(text,),
        versions=(Count(name=text, count=1),),
        agents=(Count(name=text, count=1),),
        course=(1, 2),
        root_cause=text,
        suggested_fix=text,
        diagnosed_by=text,
        confidence=0.5,
        origin=text,
        origin_share=0.5,
    )
    counts = (Count(name=text, count=3, before=1),)
    happening = Happening(
        kind="created", pattern_id="a", name=text, severity="low", at_ns=NOON_NS, occurrences=3, author=text
    )
    figure = Figure(
        name="errors", title="Errors", unit="", better="lower", value=3, before=1, query="health_figures.detected"
    )
    content = Content(
        scope=Scope(since_ns=NOON_NS, until_ns=NOON_NS + DAY_NS, service=text),
        before=Scope(since_ns=NOON_NS - DAY_NS, until_ns=NOON_NS),
        time_zone="UTC",
        health=(figure,),
        errors=3,
        errors_before=1,
        course=(
            Bucket(since_ns=NOON_NS, until_ns=NOON_NS + 1, count=1),
            Bucket(since_ns=NOON_NS + 1, until_ns=NOON_NS + DAY_NS, count=2, before=1),
        ),
        by_category=counts,
        by_service=counts,
        top_issues=(issue,),
        happened={"created": 1},
        happenings=(happening,),
        cascades=(
            Cascade(
                pattern_id="a",
                name=text,
                errors=3,
                consequences=(Consequence(pattern_id="b", name=text, errors=1, share=0.5),),
            ),
        ),
        versions=counts,
        agents=counts,
        sprints=counts,
        actions=(Advice(text=text, reason=text, pattern_id="a"),),
        recommendations=(Advice(text=text, reason=text),),
    )
    return DiagnosticReport(
        id="manual:1",
        kind="manual",
        title=text,
        trigger="manual",
        author=text,
        period_from_ns=NOON_NS,
        period_to_ns=NOON_NS + DAY_NS,
        created_at_ns=NOON_NS,
        summary=text,
        summary_by=text,
        content=content,
    )


class Elements(HTMLParser):
    """Tags with their attributes, and the text between."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data):
        self.texts.append(data)


PLAIN = Elements(as_html(report("plain"))).tags


@pytest.mark.parametrize("text", EVIL)
def test_no_text_adds_an_element_or_an_attribute_to_the_page(text):
    written = as_html(report(text))
    assert Elements(written).tags == PLAIN
    assert not re.search("[\x00-\x08\x1b\u200b\u202e]", written)


def test_the_page_shows_the_text_as_it_is():
    assert html.escape("<script>alert(1)</script>") in as_html(report("<script>alert(1)</script>"))


def test_the_page_brings_nothing_along():
    tags = Elements(as_html(report("plain")))
    names = {tag for tag, _ in tags.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "base", "form", "a", "image", "use"}
    assert not re.search(r"url\(|@import|https?:", as_html(report("plain")))
    assert "default-src 'none'" in as_html(report("plain"))


def tokens(text):
    parsed = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(text)
    inline = [child.type for token in parsed for child in token.children or ()]
    return [token.type for token in parsed], [type_ for type_ in inline if type_ not in {"text", "text_special"}]


@pytest.mark.parametrize("text", EVIL)
def test_no_text_adds_structure_to_the_markdown(text):
    assert tokens(as_markdown(report(text))) == tokens(as_markdown(report("plain")))


@given(st.text())
def test_escaped_text_is_one_paragraph_of_text(text):
    blocks, inline = tokens(escaped(text))
    assert blocks in ([], ["paragraph_open", "inline", "paragraph_close"])
    assert inline == []


@given(st.text(alphabet="<>[]()!`*_~|\\&#@:/.-+=1a \n"))
def test_escaped_marks_stay_marks(text):
    blocks, inline = tokens(f"- {escaped(text)} (x)")
    assert "heading_open" not in blocks
    assert "code_block" not in blocks
    assert inline == []


@pytest.mark.parametrize(
    "text", ["https://a.example", "www.a.example", "mailto:a@b.example", "a@b.example", "@team", "#12"]
)
def test_forges_find_no_address_mention_or_number(text):
    written = escaped(f"see {text}")
    assert not re.search(r"(?<!\\):|www\.|[@#]\w", written)


@pytest.mark.parametrize("text", EVIL)
def test_json_carries_the_text_as_a_value(text):
    assert as_json(report(text)).count('"version": 1') == 1


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 2), (1, 2), (2, 2), (3, 4), (7, 10), (101, 200), (401, 500), (1_000_000, 1_000_000)]
)
def test_axes_end_at_round_numbers(highest, top):
    assert charts.nice_top(highest) == top


def test_charts_draw_the_smallest_count_and_nothing_for_none():
    drawn = charts.course_chart((0, 1, 1_000), (0, 0, 0), ("a", "b<", "c"))
    assert drawn.count("<rect") == 2
    assert 'height="1.2"' in drawn
    assert "<title>b&lt;</title>" in drawn
    assert "polyline" not in drawn
    assert charts.course_chart((), (), ()).count("<rect") == 0
    assert isinstance(charts.sparkline((0, 3)), Markup)
    assert charts.share_bar(1, 2, 5).count("<rect") == 2
