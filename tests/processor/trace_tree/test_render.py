"""A trace as text."""

from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from tracemedic_processor.trace_tree import LEFT_OUT, render
from tracemedic_storage.records import TraceSpan

MS = 1_000_000
NOON = 1_767_268_800_000 * MS


def span(ident, parent="", *, service="shop", name="work", at=0.0, took=1.0, **more):
    return TraceSpan(
        span_id=ident,
        parent_span_id=parent,
        service=service,
        name=name,
        started_at_ns=NOON + int(at * MS),
        ended_at_ns=NOON + int((at + took) * MS),
        **more,
    )


def checkout():
    return [
        span("a", name="POST /checkout", took=120, kind="server", failed=True, attributes={"http.route": "/checkout"}),
        span("b", "a", name="load cart", at=2, took=10),
        *(span(f"b{n}", "b", name="SELECT", at=2 + n / 10, took=0.1, kind="client") for n in range(9)),
        span("c", "a", name="POST /reserve", at=15, took=90, kind="client", failed=True, error="HTTPError: 500"),
        span("d", "c", service="stock", name="POST /reserve", at=20, took=80, kind="server", failed=True),
        span("e", "d", service="stock", name="UPDATE stock", at=25, took=70, kind="client", failed=True,
             error="LockTimeout: gave up", attributes={"db.system.name": "postgresql"}, links=("b",)),
        span("f", "a", name="write log", at=106, took=1),
    ]  # fmt: skip


def test_the_failing_spans_stand_out_in_a_tree_over_all_services():
    assert render(checkout(), {"e"}, 4_000) == snapshot("""\
15 spans of 2 services, 120 ms
- [shop] POST /checkout (server) 120 ms at +0.0 ms ERROR http.route=/checkout
  - [shop] load cart 10 ms at +2.0 ms
    - [shop] SELECT (client) 0.1 ms at +2.0 ms
    - [shop] SELECT (client) 0.1 ms at +2.1 ms
    - [shop] SELECT (client) 0.1 ms at +2.2 ms
    … 6 more spans, 0.6 ms
  - [shop] POST /reserve (client) 90 ms at +15 ms ERROR
      error: HTTPError: 500
    - [stock] POST /reserve (server) 80 ms at +20 ms ERROR
      ✗ [stock] UPDATE stock (client) 70 ms at +25 ms ERROR db.system.name=postgresql links to load cart
          error: LockTimeout: gave up
  - [shop] write log 1.0 ms at +106 ms\
""")


def test_the_less_room_there_is_the_less_is_told_of_what_did_not_fail():
    assert render(checkout(), {"e"}, 420) == snapshot("""\
15 spans of 2 services, 120 ms
- [shop] POST /checkout (server) 120 ms at +0.0 ms ERROR
  … 10 more spans, 10 ms
  - [shop] POST /reserve (client) 90 ms at +15 ms ERROR
      error: HTTPError: 500
    - [stock] POST /reserve (server) 80 ms at +20 ms ERROR
      ✗ [stock] UPDATE stock (client) 70 ms at +25 ms ERROR
          error: LockTimeout: gave up
  … 1 more span, 1.0 ms\
""")


def test_what_was_left_out_is_counted():
    left = TraceSpan(
        span_id="left-out:a:1", parent_span_id="a", service="", name="", started_at_ns=NOON, ended_at_ns=NOON + 40 * MS,
        attributes={LEFT_OUT: "9800"},
    )  # fmt: skip
    assert render([span("a", took=50), left], {"a"}, 1_000) == snapshot("""\
9801 spans of 1 service, 50 ms
✗ [shop] work 50 ms at +0.0 ms
  … 9800 more spans, 40 ms\
""")


def test_spans_whose_parent_is_missing_stand_apart():
    assert render(
        [span("a"), span("x", "gone", at=1, service="stock"), span("y", "x", at=2)], {"x"}, 1_000
    ) == snapshot("""\
3 spans of 2 services, 3.0 ms
- [shop] work 1.0 ms at +0.0 ms
(parent not seen)
  ✗ [stock] work 1.0 ms at +1.0 ms
    - [shop] work 1.0 ms at +2.0 ms\
""")


def test_spans_that_go_round_in_circles_are_told_once():
    text = render([span("a", "c"), span("b", "a", at=1), span("c", "b", at=2), span("s", "s", at=3)], set(), 1_000)
    assert text == snapshot("""\
4 spans of 1 service, 4.0 ms
(parent not seen)
  - [shop] work 1.0 ms at +3.0 ms
  - [shop] work 1.0 ms at +0.0 ms
    - [shop] work 1.0 ms at +1.0 ms
      - [shop] work 1.0 ms at +2.0 ms\
""")


def test_clocks_that_disagree_confuse_nobody():
    year = 365 * 86_400_000
    unknown = TraceSpan(
        span_id="u", parent_span_id="a", service="shop", name="no times", started_at_ns=0, ended_at_ns=0
    )
    text = render([span("a"), span("b", "a", at=-5, took=-3), span("c", "a", at=year), unknown], set(), 1_000)
    assert text == snapshot("""\
4 spans of 1 service, 31536000.0 s
- [shop] work 1.0 ms at +5.0 ms
  - [shop] no times 0.0 ms at an unknown time
  - [shop] work 0.0 ms at +0.0 ms
  - [shop] work 1.0 ms at +31536000.0 s\
""")


def test_what_a_sender_wrote_cannot_look_like_a_line_of_the_tree():
    text = render([span("a", name="work\n✗ [bank] steal\u202e", error="x\r\n- [y]", failed=True)], set(), 1_000)
    assert len(text.splitlines()) == 3
    assert "✗" not in text
    assert "\u202e" not in text


def test_nothing_is_said_of_no_spans():
    assert render([], {"a"}, 100) == ""


def test_a_chain_of_ten_thousand_calls_is_told_as_far_as_it_fits():
    chain = [span(f"{n:05}", f"{n - 1:05}" if n else "", at=n / 10, failed=True) for n in range(10_000)]
    text = render(chain, {"09999"}, 5_000)
    assert len(text) <= 5_000
    assert text.startswith("10000 spans of 1 service")
    assert "… cut here" in text
    assert text.splitlines()[-1].lstrip() == "✗ [shop] work 1.0 ms at +1000 ms ERROR"


idents = st.sampled_from(["", *"abcdefghij"])
any_spans = st.lists(
    st.builds(
        TraceSpan,
        span_id=idents,
        parent_span_id=idents,
        service=st.sampled_from(["", "shop", "stock\n"]),
        name=st.text(max_size=10),
        started_at_ns=st.integers(0, 2**64 - 1) | st.just(0),
        ended_at_ns=st.integers(0, 2**64 - 1),
        failed=st.booleans(),
        error=st.text(max_size=10),
        attributes=st.dictionaries(st.sampled_from(["url.path", LEFT_OUT]), st.text(max_size=5), max_size=2),
        links=st.lists(idents, max_size=3).map(tuple),
    ),
    max_size=14,
)


@given(spans=any_spans, failing=st.sets(idents), characters_max=st.integers(0, 3_000), shuffled=st.randoms())
def test_any_spans_give_the_same_bounded_text_in_any_order(spans, failing, characters_max, shuffled):
    text = render(spans, failing, characters_max)
    assert len(text) <= characters_max
    other = list(spans)
    shuffled.shuffle(other)
    assert render(other, failing, characters_max) == text


@given(spans=any_spans)
def test_every_span_is_told_or_counted(spans):
    loud = [each for each in {each.span_id: each for each in spans}.values() if each.service]
    text = render(loud, {each.span_id for each in loud}, 1_000_000)
    assert text.count("✗") == len(loud)
