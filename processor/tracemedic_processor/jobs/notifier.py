"""Tells webhooks: within the hour's limit, each change once, with the diagnosis where there already is one."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Final

from tracemedic_exporters.exporter import PermanentError, RetryableError
from tracemedic_exporters.webhook import Webhook
from tracemedic_processor import announcement
from tracemedic_storage import notifications, queries
from tracemedic_storage.database import Database
from tracemedic_storage.records import PatternChange, Record

_log = logging.getLogger(__name__)

ATTEMPTS_MAX: Final = 30
"""With growing pauses about a day; news older than that is in the history of the pattern."""
WAIT_S: Final = 5.0
WAIT_S_MAX: Final = 3_600.0
HOUR_NS: Final = 3_600_000_000_000
_FORMATS: Final = {"json": announcement.as_json, "slack": announcement.as_slack}


class Channel(Record, frozen=True, kw_only=True):
    """One webhook: which changes it wants, how they are written, how many an hour."""

    webhook: Webhook
    kinds: frozenset[str]
    format: str
    per_hour: int


class Told(Record, frozen=True, kw_only=True):
    """How a message went; `again_s` says when to try again, None never."""

    outcome: str
    again_s: float | None = None


class Notifier:
    """Tells changes to channels."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        database: Database,
        pattern_url: str | None,
        now_ns: Callable[[], int],
    ) -> None:
        self._channels = dict(channels)
        self._database = database
        self._pattern_url = pattern_url
        self._now_ns = now_ns

    def channels_for(self, kind: str) -> tuple[str, ...]:
        """The names of the channels that want changes of this kind."""
        return tuple(name for name, channel in self._channels.items() if kind in channel.kinds)

    async def tell(self, name: str, change: PatternChange, key: str, attempt: int) -> Told:
        """One attempt to tell the channel `name` of `change`; `key` names the message for good."""
        channel = self._channels.get(name)
        if channel is None:
            return Told(outcome="the webhook is no longer configured")
        body = await asyncio.to_thread(self._body, name, channel, change, key)
        if body is None:
            return Told(outcome=await asyncio.to_thread(notifications.outcome_of, self._database, key) or "gone")
        try:
            await channel.webhook.post(body, key=key)
        except RetryableError as error:
            if attempt + 1 < ATTEMPTS_MAX:
                wait_s = error.retry_after_s if error.retry_after_s is not None else WAIT_S * 2**attempt
                return Told(outcome=str(error), again_s=min(WAIT_S_MAX, wait_s))
            return await self._given_up(name, key, error)
        except PermanentError as error:
            return await self._given_up(name, key, error)
        await asyncio.to_thread(self._finish, key, notifications.SENT)
        return Told(outcome=notifications.SENT)

    async def _given_up(self, name: str, key: str, error: Exception) -> Told:
        _log.warning("webhook %s was not told: %s", name, error)
        await asyncio.to_thread(self._finish, key, str(error))
        return Told(outcome=str(error))

    def _finish(self, key: str, outcome: str) -> None:
        notifications.finish(self._database, key, outcome=outcome, now_ns=self._now_ns())

    def _body(self, name: str, channel: Channel, change: PatternChange, key: str) -> bytes | None:
        now_ns = self._now_ns()
        pattern = queries.get_pattern(self._database, change.pattern_id)
        if pattern is None:
            return None
        is_claimed = notifications.claim(
            self._database,
            key,
            channel=name,
            kind=change.kind,
            pattern_id=change.pattern_id,
            per_hour=channel.per_hour,
            now_ns=now_ns,
        )
        if not is_claimed:
            return None
        url = None if self._pattern_url is None else self._pattern_url.format(id=pattern.id)
        left_out = notifications.capped_since(self._database, name, now_ns - HOUR_NS)
        return _FORMATS[channel.format](change, pattern, key=key, url=url, left_out=left_out)
