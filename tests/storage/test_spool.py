"""The spool: durable, bounded, read by several, whole again after whatever happened to its files."""

import os
import random
import subprocess
import sys

import lmdb
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_storage import spool as spools
from tracemedic_storage.records import Findings, RequestCount
from tracemedic_storage.spool import Entry, SpoolBusy, SpoolFull, Undecodable, open_spool

CONSUMERS = {"record": "findings", "forward:a": "payload", "forward:b": "payload"}
EVERYTHING = {"items_max": 10_000, "bytes_max": 1 << 30}
FOUND = Findings(
    requests=(
        RequestCount(kind="request", service="shop", environment="", service_version="", minute=7, total=3, failed=1),
    )
)


def entry(number, *, payload=True, findings=True, size=100):
    return Entry(
        signal=("traces", "logs", "metrics")[number % 3],
        received_at_ns=number * 1000,
        digest=number.to_bytes(16, "big"),
        payload=b"%08d" % number + b"x" * size if payload else None,
        findings=FOUND if findings else None,
    )


@pytest.fixture
def opened(tmp_path):
    """Opens the same spool again and again, as a process that is started anew."""
    spool = []

    def opened(consumers=CONSUMERS, **more):
        for each in spool:
            each.close()
        new, broken = open_spool(tmp_path / "spool", consumers, **more)
        assert broken is None
        spool[:] = [new]
        return new

    yield opened
    for each in spool:
        each.close()


def numbers(items):
    return [int(item.payload[:8]) for item in items]


def test_items_are_read_as_they_were_kept(opened):
    spool = opened()
    assert spool.commit([entry(1), entry(2)]) == [1, 2]
    assert spool.commit([entry(3)]) == [3]
    items = spool.read("forward:a", **EVERYTHING)
    assert [(item.seq, item.signal, item.received_at_ns, item.payload) for item in items] == [
        (seq, entry(seq).signal, seq * 1000, entry(seq).payload) for seq in (1, 2, 3)
    ]
    assert spool.read_findings("record", items_max=10, events_max=10) == [(1, FOUND), (2, FOUND), (3, FOUND)]
    assert spool.last_seq == 3


def test_an_empty_spool_has_nothing_for_anybody(opened):
    spool = opened()
    assert spool.read("forward:a", **EVERYTHING) == []
    assert spool.read_findings("record", items_max=10, events_max=10) == []
    assert (spool.last_seq, spool.backlog("record"), spool.used_bytes()) == (0, 0, 0)
    assert spool.oldest_received_at_ns("forward:a") is None
    assert not spool.dirty


def test_each_consumer_has_a_position_of_its_own(opened):
    spool = opened()
    spool.commit([entry(1), entry(2), entry(3)])
    spool.advance("forward:a", 2)
    assert numbers(spool.read("forward:a", **EVERYTHING)) == [3]
    assert numbers(spool.read("forward:b", **EVERYTHING)) == [1, 2, 3]
    assert (spool.backlog("forward:a"), spool.backlog("forward:b"), spool.backlog("record")) == (1, 3, 3)
    assert spool.oldest_received_at_ns("forward:a") == 3000
    assert spool.oldest_received_at_ns("record") is None


def test_a_position_never_goes_back(opened):
    spool = opened()
    spool.commit([entry(1), entry(2)])
    spool.advance("record", 2)
    spool.advance("record", 1)
    assert spool.position("record") == 2


def test_parts_that_nobody_asked_to_keep_are_not_kept(opened):
    spool = opened()
    spool.commit([entry(1, payload=False), entry(2, findings=False), entry(3)])
    assert numbers(spool.read("forward:a", **EVERYTHING)) == [2, 3]
    assert [seq for seq, _ in spool.read_findings("record", items_max=10, events_max=10)] == [1, 3]


@pytest.mark.parametrize(
    ("items_max", "bytes_max", "expected"), [(2, 10**6, 2), (10, 250, 2), (10, 1, 1), (1, 10**6, 1)]
)
def test_reading_stops_at_either_bound_but_gives_at_least_one(opened, items_max, bytes_max, expected):
    spool = opened()
    spool.commit([entry(number) for number in range(1, 6)])
    assert len(spool.read("forward:a", items_max=items_max, bytes_max=bytes_max)) == expected


def test_everything_is_there_after_a_restart(opened):
    spool = opened()
    spool.commit([entry(1), entry(2), entry(3)])
    spool.advance("forward:a", 1)
    spool.advance("record", 3)
    identity = spool.id
    spool = opened()
    assert spool.id == identity
    assert numbers(spool.read("forward:a", **EVERYTHING)) == [2, 3]
    assert numbers(spool.read("forward:b", **EVERYTHING)) == [1, 2, 3]
    assert spool.backlog("record") == 0
    assert spool.commit([entry(4)]) == [4]


def test_numbers_go_on_when_everything_was_read_and_deleted(opened):
    spool = opened()
    spool.commit([entry(1), entry(2)])
    for consumer in CONSUMERS:
        spool.advance(consumer, 2)
    spool = opened()
    assert spool.last_seq == 2
    assert spool.used_bytes() == 0
    assert spool.commit([entry(3)]) == [3]
    assert [seq for seq, _ in spool.read_findings("record", items_max=10, events_max=10)] == [3]


def test_what_a_killed_process_had_committed_is_there(tmp_path):
    program = (
        "import os, sys; from tests.storage.test_spool import *;"
        "spool, _ = open_spool(Path(sys.argv[1]), CONSUMERS);"
        "spool.commit([entry(1), entry(2)]); spool.advance('forward:a', 1); spool.commit([entry(3)]);"
        "spool.advance('forward:a', 3); os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", f"from pathlib import Path; {program}", str(tmp_path)], check=False)
    assert killed.returncode == -9
    spool, broken = open_spool(tmp_path, CONSUMERS)
    assert broken is None
    assert numbers(spool.read("forward:b", **EVERYTHING)) == [1, 2, 3]
    assert numbers(spool.read("forward:a", **EVERYTHING)) == [2, 3], "the last position had no commit to ride on"
    spool.close()


def test_a_new_consumer_starts_behind_what_is_there_and_one_no_longer_wanted_is_forgotten(opened):
    spool = opened()
    spool.commit([entry(1)])
    spool = opened({"record": "findings", "forward:c": "payload"})
    spool.commit([entry(2)])
    assert numbers(spool.read("forward:c", **EVERYTHING)) == [2]
    spool = opened()
    assert numbers(spool.read("forward:a", **EVERYTHING)) == []


def test_a_part_is_deleted_when_all_of_its_readers_are_past_it(opened):
    spool = opened()
    spool.commit([entry(number, size=50_000) for number in range(1, 5)])
    full = spool.used_bytes()
    spool.advance("forward:a", 4)
    spool.commit([])
    assert spool.used_bytes() == full
    spool.advance("forward:b", 2)
    spool.commit([])
    assert spool.used_bytes() < full
    assert numbers(spool.read("forward:b", **EVERYTHING)) == [3, 4]
    assert len(spool.read_findings("record", items_max=10, events_max=10)) == 4


def test_a_long_backlog_is_deleted_over_several_commits(opened):
    spool = opened()
    count = spools.DELETIONS_PER_COMMIT_MAX + 10
    spool.commit([entry(number, size=0) for number in range(1, count + 1)])
    for consumer in CONSUMERS:
        spool.advance(consumer, count)
    spool.commit([])
    assert spool.used_bytes() > 0
    assert spool.dirty
    spool.commit([])
    assert spool.used_bytes() == 0
    assert not spool.dirty


def test_a_full_spool_keeps_nothing_of_the_request_and_has_room_again_when_it_was_read(opened):
    spool = opened(bytes_max=1 << 20)
    for number in range(1, 9):
        spool.commit([entry(number, size=110_000)])
    kept = spool.last_seq
    with pytest.raises(SpoolFull, match="holds its 1048576 bytes"):
        spool.commit([entry(kept + 1, size=400_000)])
    assert spool.last_seq == kept
    assert not spool.seen(entry(kept + 1).digest)
    for consumer in CONSUMERS:
        spool.advance(consumer, kept)
    spool.commit([])
    assert spool.commit([entry(kept + 1, size=100_000)]) == [kept + 1]


def test_positions_can_be_stored_in_a_full_spool(opened):
    spool = opened(bytes_max=1 << 20)
    spool.commit([entry(1, size=(1 << 20) - 10_000)])
    with pytest.raises(SpoolFull):
        spool.commit([entry(2, size=100_000)])
    spool.advance("forward:a", 1)
    assert spool.commit([]) == []
    assert not spool.dirty


def test_filling_and_reading_for_ever_does_not_grow_the_file_without_bound(opened):
    spool = opened(bytes_max=1 << 20)
    for number in range(1, 301):
        spool.commit([entry(number, size=(number * 7919) % 60_000)])
        for consumer in CONSUMERS:
            spool.advance(consumer, number - 5)
    assert (spool.folder / "data.mdb").stat().st_size < 4 << 20


def test_digests_of_what_was_committed_are_remembered_over_a_restart(opened):
    spool = opened()
    spool.commit([entry(1), entry(2)])
    assert spool.seen(entry(2).digest)
    assert not spool.seen(entry(3).digest)
    spool = opened()
    assert spool.seen(entry(1).digest)
    assert spool.seen(entry(2).digest)


def test_the_oldest_digests_are_forgotten_first_also_after_a_restart(opened):
    spool = opened()
    last = spools.SEEN_MAX + 100
    for first in range(1, last + 1, 1024):
        batch = range(first, min(first + 1024, last + 1))
        spool.commit([entry(number, size=0, findings=False) for number in batch])
    assert not spool.seen(entry(100).digest)
    assert spool.seen(entry(101).digest)
    spool = opened()
    spool.commit([entry(last + more, size=0, findings=False) for more in range(1, 51)])
    assert not spool.seen(entry(150).digest)
    assert all(spool.seen(entry(number).digest) for number in range(151, last + 51))


def test_two_processes_cannot_share_a_folder(tmp_path):
    spool, _ = open_spool(tmp_path, CONSUMERS)
    with pytest.raises(SpoolBusy, match=f"in use by process {os.getpid()}"):
        open_spool(tmp_path, CONSUMERS)
    spool.close()
    again, _ = open_spool(tmp_path, CONSUMERS)
    again.close()


def test_findings_that_cannot_be_read_are_handed_out_once_they_are_the_next(opened, tmp_path):
    spool = opened()
    spool.commit([entry(1), entry(2), entry(3)])
    spool.close()
    with lmdb.open(str(tmp_path / "spool"), max_dbs=8) as environment, environment.begin(write=True) as transaction:
        odd = msgspec.msgpack.encode({"events": [{"colour": "red"}]})
        transaction.put((2).to_bytes(8, "big"), odd, db=environment.open_db(b"findings", transaction))
    spool = opened()
    assert [seq for seq, _ in spool.read_findings("record", items_max=10, events_max=10)] == [1]
    spool.advance("record", 1)
    with pytest.raises(Undecodable, match="item 2 cannot be read") as caught:
        spool.read_findings("record", items_max=10, events_max=10)
    assert (caught.value.seq, caught.value.raw) == (2, odd)
    spool.advance("record", 2)
    assert [seq for seq, _ in spool.read_findings("record", items_max=10, events_max=10)] == [3]


def damaged(folder, damage):
    """A spool of some items, its file damaged; what opening it gives."""
    spool, _ = open_spool(folder, CONSUMERS)
    spool.commit([entry(number, size=20_000) for number in range(1, 11)])
    spool.close()
    file = folder / "data.mdb"
    file.write_bytes(damage(file.read_bytes()))
    return open_spool(folder, CONSUMERS)


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: b"garbage" * 10_000,
        lambda raw: raw[:8192],
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:100],
        lambda raw: b"\0" * 8192 + raw[8192:],
    ],
    ids=["garbage", "only the head", "half", "a hundred bytes", "no head"],
)
def test_a_broken_spool_is_set_aside_to_the_byte_and_a_new_one_begun(tmp_path, damage):
    spool, aside = damaged(tmp_path / "0", damage)
    assert aside is not None
    assert aside.parent == tmp_path
    assert (aside / "data.mdb").exists()
    assert spool.last_seq == 0
    assert spool.commit([entry(1)]) == [1]
    spool.close()


@pytest.mark.parametrize("seed", range(8))
def test_a_spool_with_damaged_pages_is_either_whole_to_its_readers_or_set_aside(tmp_path, seed):
    chance = random.Random(seed)

    def damage(raw):
        pages = [raw[at : at + 4096] for at in range(0, len(raw), 4096)]
        for _ in range(6):
            pages[chance.randrange(2, len(pages))] = chance.randbytes(4096) if seed % 2 else bytes(4096)
        return b"".join(pages)

    spool, _ = damaged(tmp_path / "0", damage)
    for consumer in ("forward:a", "forward:b"):
        assert len(spool.read(consumer, **EVERYTHING)) == spool.last_seq
    assert spool.commit([entry(20)]) == [spool.last_seq]
    for consumer in CONSUMERS:
        spool.advance(consumer, spool.last_seq)
    spool.close()


def test_an_empty_file_is_a_new_spool(tmp_path):
    folder = tmp_path / "0"
    folder.mkdir()
    (folder / "data.mdb").write_bytes(b"")
    spool, _ = open_spool(folder, CONSUMERS)
    assert spool.commit([entry(1)]) == [1]
    spool.close()


def test_a_spool_of_a_newer_release_is_set_aside_rather_than_misread(tmp_path):
    spool, _ = open_spool(tmp_path / "0", CONSUMERS)
    spool.commit([entry(1)])
    spool.close()
    with lmdb.open(str(tmp_path / "0"), max_dbs=8) as environment, environment.begin(write=True) as transaction:
        transaction.put(b"format", b"2", db=environment.open_db(b"meta", transaction))
    spool, aside = open_spool(tmp_path / "0", CONSUMERS)
    assert aside is not None
    assert spool.last_seq == 0
    spool.close()


class Model:
    """What a spool is, in a few lines of lists."""

    def __init__(self):
        self.kept = []
        self.positions = dict.fromkeys(CONSUMERS, 0)

    def waiting(self, consumer):
        return [number for number in self.kept if number > self.positions[consumer]]


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("commit"), st.integers(1, 5)),
            st.tuples(st.sampled_from(sorted(CONSUMERS)), st.integers(1, 4)),
            st.tuples(st.just("restart"), st.just(0)),
        ),
        max_size=25,
    )
)
def test_whatever_the_order_nothing_is_lost_and_nothing_read_comes_back(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("spool")
    spool, _ = open_spool(folder, CONSUMERS)
    model = Model()
    for what, amount in steps:
        if what == "commit":
            new = range(len(model.kept) + 1, len(model.kept) + amount + 1)
            assert spool.commit([entry(number) for number in new]) == list(new)
            model.kept.extend(new)
        elif what == "restart":
            spool.close()
            spool, _ = open_spool(folder, CONSUMERS)
        else:
            done = model.waiting(what)[:amount]
            if done:
                spool.advance(what, done[-1])
                model.positions[what] = done[-1]
        for consumer in ("forward:a", "forward:b"):
            assert numbers(spool.read(consumer, **EVERYTHING)) == model.waiting(consumer)
        found = spool.read_findings("record", items_max=1000, events_max=1000)
        assert [seq for seq, _ in found] == model.waiting("record")
    spool.close()
