from tracemedic_processor.jobs.pause import PROBE_S, Pause


class Clock:
    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def test_while_all_is_well_nobody_waits() -> None:
    pause = Pause(Clock())
    assert pause.trouble is None
    assert pause.wait_s() == 0.0


def test_after_a_refusal_all_wait_and_then_one_tries() -> None:
    clock = Clock()
    pause = Pause(clock)
    assert pause.begin("the key is refused") == PROBE_S
    assert pause.trouble == "the key is refused"
    assert pause.wait_s() == PROBE_S
    clock.now_s += PROBE_S
    assert pause.wait_s() == 0.0
    assert pause.wait_s() == PROBE_S, "the others wait for what the first one finds out"


def test_an_answer_ends_it() -> None:
    pause = Pause(Clock())
    pause.begin("the key is refused")
    pause.end()
    assert pause.trouble is None
    assert pause.wait_s() == 0.0
