from concurrent.futures import ThreadPoolExecutor

from tracemedic_storage import notifications
from tracemedic_storage.database import Database

HOUR_NS = 3_600_000_000_000
NOON_NS = 1_790_000_000_000_000_000


def claim(database: Database, id_: str, *, at_ns: int = NOON_NS, per_hour: int = 3) -> bool:
    return notifications.claim(
        database, id_, channel="chat", kind="created", pattern_id="p", per_hour=per_hour, now_ns=at_ns
    )


def test_what_was_interrupted_is_claimed_again_and_what_was_finished_is_not(database: Database) -> None:
    assert claim(database, "same")
    assert claim(database, "same")
    notifications.finish(database, "same", outcome=notifications.SENT, now_ns=NOON_NS)
    assert not claim(database, "same")


def test_the_cap_holds_however_many_ask_at_once(database: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        claimed = list(threads.map(lambda number: claim(database, str(number)), range(8)))
    assert claimed.count(True) == 3


def test_the_cap_of_an_hour_holds_and_what_it_left_out_is_counted(database: Database) -> None:
    assert [claim(database, str(number)) for number in range(5)] == [True, True, True, False, False]
    assert notifications.capped_since(database, "chat", NOON_NS) == 2
    assert claim(database, "later", at_ns=NOON_NS + HOUR_NS)
    assert notifications.capped_since(database, "other channel", 0) == 0


def test_how_it_ended_is_written_down(database: Database) -> None:
    claim(database, "one")
    notifications.finish(database, "one", outcome=notifications.SENT, now_ns=NOON_NS + 1_000)
    assert notifications.outcome_of(database, "one") == "sent"
    assert notifications.outcome_of(database, "never claimed") is None
