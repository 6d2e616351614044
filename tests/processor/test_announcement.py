import json

from tests.processor.jobs.samples import change, pattern
from tracemedic_processor import announcement

HOSTILE = "<!channel> <https://evil.example|click> & *bold* @here `rm`"


def test_json_tells_the_change_and_the_pattern_as_values():
    told = json.loads(
        announcement.as_json(change(), pattern(ai_root_cause="why"), key="k", url="https://t/p", left_out=2)
    )
    assert told["event"] == "pattern.created"
    assert told["id"] == "k"
    assert told["left_out"] == 2
    assert told["at"].endswith("+00:00")
    assert told["pattern"]["root_cause"] == "why"
    assert told["pattern"]["url"] == "https://t/p"
    assert told["pattern"]["occurrences"] == 3


def test_slack_shows_texts_of_others_as_plain_text_only():
    told = json.loads(
        announcement.as_slack(
            change(),
            pattern(name=HOSTILE, ai_root_cause=HOSTILE, ai_suggested_fix="x" * 5000),
            key="k",
            url=None,
            left_out=0,
        )
    )
    assert "<" not in told["text"]
    assert {block["text"]["type"] for block in told["blocks"]} == {"plain_text"}
    assert all(len(block["text"]["text"]) <= announcement.TEXT_CHARACTERS_MAX for block in told["blocks"])
    assert len(told["blocks"][0]["text"]["text"]) <= 150


def test_slack_says_what_was_left_out_and_links_only_to_our_page():
    told = json.loads(announcement.as_slack(change(), pattern(), key="k", url="https://t/p", left_out=7))
    assert "7 more messages" in told["blocks"][-2]["text"]["text"]
    assert told["blocks"][-1]["elements"][0]["url"] == "https://t/p"
