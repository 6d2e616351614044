"""The spool's memory: what was sent stays readable, never in the way of what waits."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.processor import otlp
from tracemedic_storage.spool import DELETIONS_PER_COMMIT_MAX, Entry, SpoolFull, open_spool

CONSUMERS = {"forward": "payload"}


def trace(number):
    return number.to_bytes(4, "big") * 4


def entry(number, *, trace_id=None, size=0, signal="traces"):
    attributes = {"filler": "x" * size}
    span = otlp.span(number, trace_id=trace_id or trace(number), attributes=attributes)
    payload = otlp.traces(span) if signal == "traces" else otlp.logs(otlp.log({}, trace_id=trace_id or trace(number)))
    return Entry(
        signal=signal,
        received_at_ns=number * 1000,
        digest=number.to_bytes(16, "big"),
        payload=payload,
        findings=None,
    )


class Opened:
    """The same folder opened again and again."""

    def __init__(self, folder):
        self.folder = folder
        self.spool = None

    def __call__(self, **bounds):
        self.close()
        self.spool, broken = open_spool(self.folder, CONSUMERS, **{"recent_bytes_max": 1 << 20} | bounds)
        assert broken is None
        return self.spool

    def close(self):
        if self.spool is not None:
            self.spool.close()


@pytest.fixture
def opened(tmp_path):
    opened = Opened(tmp_path / "spool")
    yield opened
    opened.close()


def send(spool, *entries):
    """Commit, and be done with it."""
    spool.commit(entries)
    spool.advance("forward", spool.last_seq)
    spool.commit([])


def found(spool, *trace_ids, **bounds):
    return [each.item.seq for each in spool.recent(trace_ids, **bounds)]


def test_what_everybody_is_done_with_is_found_by_its_trace_newest_first(opened):
    spool = opened()
    send(spool, *(entry(number, trace_id=trace(number % 2)) for number in range(1, 6)))
    assert found(spool, trace(1)) == [5, 3, 1]
    both = list(spool.recent([trace(0), trace(1), trace(9)]))
    assert [(each.item.seq, each.trace_ids) for each in both] == [(n, {trace(n % 2)}) for n in (5, 4, 3, 2, 1)]
    assert both[0].item.payload == entry(5, trace_id=trace(1)).payload
    assert both[0].item.received_at_ns == 5000


def test_what_still_waits_is_found_too(opened):
    spool = opened(recent_bytes_max=0)
    spool.commit([entry(1), entry(2)])
    spool.advance("forward", 1)
    spool.commit([])
    assert found(spool, trace(1), trace(2)) == [2]


def test_nothing_is_found_for_no_trace_and_for_one_that_was_not_here(opened):
    spool = opened()
    assert found(spool, trace(1)) == []
    send(spool, entry(1))
    assert found(spool) == []
    assert found(spool, trace(2)) == []


def test_only_traces_are_searched(opened):
    spool = opened()
    send(spool, entry(1, trace_id=trace(7), signal="logs"), entry(2, trace_id=trace(7)))
    assert found(spool, trace(7)) == [2]


def test_all_recent_payloads_together_take_at_most_their_bytes_and_the_oldest_go_first(opened):
    spool = opened(recent_bytes_max=200_000)
    for number in range(1, 21):
        send(spool, entry(number, size=20_000))
        assert spool.recent_bytes() <= 200_000
    assert spool.recent_bytes() > 150_000
    kept = found(spool, *(trace(number) for number in range(1, 21)))
    assert kept == list(range(20, 20 - len(kept), -1))
    assert len(kept) in {8, 9, 10}


def test_none_are_kept_when_none_are_wanted(opened):
    spool = opened(recent_bytes_max=0)
    send(spool, entry(1))
    assert spool.recent_bytes() == 0
    assert found(spool, trace(1)) == []


def test_recent_payloads_count_neither_as_used_nor_as_backlog(opened):
    spool = opened()
    spool.commit([entry(1, size=50_000)])
    assert spool.used_bytes() > 50_000
    spool.advance("forward", 1)
    spool.commit([])
    assert spool.recent_bytes() > 50_000
    assert (spool.used_bytes(), spool.backlog("forward"), spool.oldest_received_at_ns("forward")) == (0, 0, None)


def test_no_consumer_reads_a_recent_payload_again(opened):
    spool = opened()
    send(spool, entry(1), entry(2))
    spool = opened()
    assert spool.read("forward", items_max=10, bytes_max=1 << 20) == []
    assert spool.commit([entry(3)]) == [3]
    assert [item.seq for item in spool.read("forward", items_max=10, bytes_max=1 << 20)] == [3]


def test_a_restart_keeps_them_and_counts_them_alike(opened):
    spool = opened()
    send(spool, *(entry(number, size=3_000 * number) for number in range(1, 4)))
    spool.commit([entry(4, size=5_000)])
    counted = spool.recent_bytes(), spool.used_bytes()
    spool = opened()
    assert (spool.recent_bytes(), spool.used_bytes()) == counted
    assert found(spool, *map(trace, range(1, 5))) == [4, 3, 2, 1]


def test_a_smaller_bound_after_a_restart_holds_with_the_next_commit(opened):
    spool = opened()
    send(spool, *(entry(number, size=20_000) for number in range(1, 11)))
    spool = opened(recent_bytes_max=50_000)
    spool.commit([])
    assert spool.recent_bytes() <= 50_000
    assert found(spool, *map(trace, range(1, 11))) == [10, 9]


def test_a_killed_process_loses_none_of_them(tmp_path):
    program = (
        "import os, sys; from pathlib import Path; from tests.storage.test_spool_recent import *;"
        "spool, _ = open_spool(Path(sys.argv[1]), CONSUMERS, recent_bytes_max=1 << 20);"
        "send(spool, entry(1), entry(2)); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False).returncode == -9
    spool, broken = open_spool(tmp_path, CONSUMERS, recent_bytes_max=1 << 20)
    assert broken is None
    assert found(spool, trace(1), trace(2)) == [2, 1]
    spool.close()


def test_recent_payloads_give_way_to_what_comes_in(opened):
    spool = opened(bytes_max=1 << 20, recent_bytes_max=1 << 20)
    send(spool, *(entry(number, size=90_000) for number in range(1, 11)))
    assert spool.recent_bytes() > 900_000
    spool.commit([entry(11, size=800_000)])
    assert spool.recent_bytes() + spool.used_bytes() <= 1 << 20
    with pytest.raises(SpoolFull):
        spool.commit([entry(12, size=300_000)])
    assert spool.commit([entry(12, size=200_000)]) == [12]


def test_a_bound_full_of_recent_payloads_takes_as_much_as_an_empty_one(opened):
    spool = opened(bytes_max=1 << 20, recent_bytes_max=1 << 30)
    for number in range(1, 200):
        send(spool, entry(number, size=(number * 7919) % 60_000))
    for number in range(200, 210):
        spool.commit([entry(number, size=100_000)])
    assert [item.seq for item in spool.read("forward", items_max=100, bytes_max=1 << 30)] == list(range(200, 210))
    assert (spool.folder / "data.mdb").stat().st_size < 4 << 20


@pytest.mark.parametrize("items", [62, 66, 70])
def test_a_file_without_a_free_page_lets_its_recent_payloads_go(opened, items):
    """Filled under a bound of 200 MiB, then given one of 1 MiB."""
    spool = opened(bytes_max=200 << 20, recent_bytes_max=200 << 20)
    spool.commit([entry(number, size=1_030_000) for number in range(1, items + 1)])
    spool.advance("forward", items)
    spool = opened(bytes_max=1 << 20, recent_bytes_max=200 << 20)
    for number in range(items + 1, items + 5):
        send(spool, entry(number, size=900_000))
    assert spool.recent_bytes() <= 1 << 20


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 6 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", folder], check=False).returncode:
        pytest.skip("mounting needs rights that this user has not")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk_is_no_reason_to_refuse_while_there_are_recent_payloads(small_disk):
    spool, _ = open_spool(small_disk / "0", CONSUMERS, recent_bytes_max=1 << 30)
    for number in range(1, 100):
        spool.commit([entry(number, size=300_000)])
        spool.advance("forward", number)
    assert spool.recent_bytes() < 6 << 20
    with pytest.raises(SpoolFull, match="no space left"):
        spool.commit([entry(number, size=300_000) for number in range(100, 130)])
    spool.close()


def test_a_long_backlog_becomes_recent_over_several_commits(opened):
    spool = opened()
    count = DELETIONS_PER_COMMIT_MAX + 10
    spool.commit([entry(number) for number in range(1, count + 1)])
    spool.advance("forward", count)
    spool.commit([])
    assert spool.dirty
    assert spool.used_bytes() > 0
    spool.commit([])
    assert not spool.dirty
    assert spool.used_bytes() == 0


def test_a_search_keeps_to_its_bounds(opened):
    spool = opened(recent_bytes_max=64 << 20)
    send(spool, *(entry(number, trace_id=trace(1), size=100_000) for number in range(1, 101)))
    assert found(spool, trace(1), items_max=3) == [100, 99, 98]
    assert found(spool, trace(1), bytes_max=250_000) == [100, 99]
    assert found(spool, trace(1), searched_bytes_max=250_000) == [100, 99, 98]
    assert found(spool, trace(1), after_seq=97) == [100, 99, 98]
    assert found(spool, trace(1), after_seq=100) == []
    assert len(found(spool, trace(1))) == 100, "over several read transactions"


def test_a_search_goes_on_while_items_come_and_go(opened):
    spool = opened(recent_bytes_max=12 << 20)
    send(spool, *(entry(number, trace_id=trace(1), size=1_000_000) for number in range(1, 11)))
    seen = []
    for number, each in enumerate(spool.recent([trace(1)]), start=11):
        seen.append(each.item.seq)
        send(spool, entry(number, trace_id=trace(1), size=1_000_000))
    assert seen == sorted(seen, reverse=True)
    assert seen[:4] == [10, 9, 8, 7]


@pytest.mark.parametrize("offset", [*range(65_536 - 40, 65_536 + 4), 2 * 65_536 - 30])
def test_an_id_is_found_wherever_it_stands_in_a_large_request(opened, offset):
    spool = opened()
    start = len(otlp.traces(otlp.span(1, attributes={"filler": "x" * 60_000}))) - 60_000
    spans = [otlp.span(1, attributes={"filler": "x" * (offset - start)}), otlp.span(2, trace_id=trace(7))]
    payload = otlp.traces(*spans)
    spool.commit([Entry(signal="traces", received_at_ns=1, digest=bytes(16), payload=payload, findings=None)])
    assert found(spool, trace(7)) == [1]


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["send", "commit", "done", "restart"]), st.integers(1, 60_000)), max_size=30
    )
)
def test_whatever_the_order_what_waits_is_there_and_what_is_recent_keeps_to_its_bytes(tmp_path_factory, steps):
    opened = Opened(tmp_path_factory.mktemp("spool") / "0")
    spool = opened(bytes_max=8 << 20, recent_bytes_max=100_000)
    done = number = 0
    for what, size in steps:
        if what in {"send", "commit"}:
            number += 1
            (send if what == "send" else lambda to, each: to.commit([each]))(spool, entry(number, size=size))
            done = number if what == "send" else done
        elif what == "done":
            spool.advance("forward", number)
            spool.commit([])
            done = number
        else:
            spool = opened(bytes_max=8 << 20, recent_bytes_max=100_000)
        assert [item.seq for item in spool.read("forward", items_max=99, bytes_max=1 << 30)] == [
            *range(done + 1, number + 1)
        ]
        assert spool.recent_bytes() <= 100_000
        kept = found(spool, *map(trace, range(1, number + 1)))
        assert kept == list(range(number, number - len(kept), -1))
        assert len(kept) >= number - done
    opened.close()


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells what is mapped")
def test_keeping_and_searching_does_not_keep_the_pages_in_memory(opened):
    process = psutil.Process(os.getpid())
    spool = opened(recent_bytes_max=64 << 20)
    before = process.memory_info().rss
    for number in range(1, 65):
        spool.commit([entry(number, size=1 << 20)])
        spool.read("forward", items_max=10, bytes_max=8 << 20)
        spool.advance("forward", number)
    assert spool.recent_bytes() > 60 << 20
    assert found(spool, trace(1), trace(64)) == [64, 1]
    assert process.memory_info().rss - before < 32 << 20
