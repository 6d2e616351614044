from tracemedic_storage import executors
from tracemedic_storage.database import Database

SECOND_NS = 1_000_000_000


def test_an_executor_that_does_not_speak_is_silent_until_it_does(database: Database) -> None:
    executors.beat(database, "one", host="here", now_ns=10 * SECOND_NS)
    executors.beat(database, "two", host="here", now_ns=20 * SECOND_NS)
    assert executors.silent_since(database, 20 * SECOND_NS) == ("one",)
    assert executors.alive_since(database, 20 * SECOND_NS) == ("two",)
    executors.beat(database, "one", host="here", now_ns=30 * SECOND_NS)
    assert executors.silent_since(database, 20 * SECOND_NS) == ()


def test_a_forgotten_executor_may_come_back(database: Database) -> None:
    executors.beat(database, "one", host="here", now_ns=10 * SECOND_NS)
    executors.forget(database, ["one", "never seen"])
    assert executors.silent_since(database, 99 * SECOND_NS) == ()
    executors.beat(database, "one", host="here", now_ns=50 * SECOND_NS)
    assert executors.alive_since(database, 50 * SECOND_NS) == ("one",)
