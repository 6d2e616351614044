"""Under which attribute keys the ids of requests, agents and users are looked for."""

from typing import Final

from tracemedic_storage.records import Record


class ContextAliases(Record, frozen=True, kw_only=True):
    """Attribute keys that may carry each id, the most telling first.

    OpenTelemetry standardises none for agent runs, sprints and requests (reference: semantic conventions 1.44), so
    these are the keys in use; a `baggage.` prefix is tried for each.
    """

    agent_run_id: tuple[str, ...] = (
        "agent_run_id",
        "agent.run_id",
        "agent.run.id",
        "gen_ai.agent.call.id",
        "gen_ai.agent.run.id",
        "run_id",
    )
    sprint_id: tuple[str, ...] = ("sprint_id", "sprint.id")
    request_id: tuple[str, ...] = (
        "request_id",
        "request.id",
        "http.request_id",
        "http.request.id",
        "http.request.header.x-request-id",
        "http.request.header.x-correlation-id",
        "correlation_id",
        "aws.request_id",
        "faas.invocation_id",
    )
    session_id: tuple[str, ...] = ("session.id", "session_id", "gen_ai.conversation.id")
    user_id: tuple[str, ...] = ("user.id", "enduser.id", "user_id", "enduser.pseudo.id")


DEFAULT_ALIASES: Final = ContextAliases()
