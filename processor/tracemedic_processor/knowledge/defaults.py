"""What can be said of a category when nothing more is known. Always true, seldom enough: the confidence is low."""

from typing import Final

from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_processor.knowledge.known import fix
from tracemedic_storage.records import Category, Fix

_CONFIDENCE: Final = 0.25


def _default(category: Category, title: str, meaning: str, causes: tuple[str, ...], *fixes: Fix) -> KnowledgeEntry:
    return KnowledgeEntry(
        key=f"category {category}",
        title=title,
        meaning=meaning,
        causes=causes,
        fixes=fixes,
        categories=(category,),
        confidence=0.1 if category == "unknown" else _CONFIDENCE,
    )


_ENTRIES: Final = (
    _default(
        "agent_tool",
        "An agent's step or tool failed",
        "A tool call, a structured output or the loop of an agent did not end as it should.",
        (
            "the tool itself failed and the agent only reports it",
            "the model gave arguments or an output that do not fit the schema",
        ),
        fix("Run the tool by itself with the arguments of the failing call", "the tool's function"),
        fix("Return a readable error to the model instead of raising, so that it can correct itself", "the tool"),
    ),
    _default(
        "llm_api",
        "The model provider refused or failed",
        "A request to a model provider got an error instead of an answer.",
        ("a limit of the provider or of the account was reached", "the request does not suit the model"),
        fix("Read status and error type of the provider's answer: they say whether a retry can help", "the LLM client"),
        fix("Retry 429 and 5xx with growing pauses and keep a second model as fallback", "the LLM client"),
    ),
    _default(
        "database",
        "The database refused or failed",
        "A statement, a connection or a transaction did not succeed at the database.",
        ("statement and schema do not fit each other", "the database is not reachable or overloaded"),
        fix("Look into the database's own log at the time of the failure", "the database server"),
        fix("Run the failing statement by hand with the service's user", "the database", "it succeeds"),
    ),
    _default(
        "rate_limit",
        "Called too often",
        "A service answers that the caller sends more than it is allowed to.",
        ("more calls than the quota allows, often by retries without pauses or by parallel workers",),
        fix("Wait as long as the answer says (Retry-After), then retry with growing, random pauses", "the client"),
        fix("Count calls per minute and cap them on our side, or ask for a higher quota", "the client's settings"),
    ),
    _default(
        "authentication",
        "Credentials were not accepted",
        "The far side does not know who is calling: a credential is missing, wrong or expired.",
        ("the secret was rotated or has expired", "the environment holds a secret of another environment"),
        fix("Check which credential the process really has, and when it expires", "environment or secret store"),
        fix("Issue a new one and restart what read the old one at start", "secret store", "the call succeeds"),
    ),
    _default(
        "authorization",
        "Not allowed",
        "The caller is known but has no right to do this.",
        ("a role or scope is missing after a change of either side", "a call runs under another identity than meant"),
        fix("Find out which identity made the call and which right the answer names", "identity provider or policy"),
        fix("Grant exactly this right to exactly this identity", "role, policy or scope"),
    ),
    _default(
        "resource_exhaustion",
        "The process or machine has run out of something",
        "Memory, disk, file handles, threads or ports were used up.",
        (
            "a leak: use grows until the limit",
            "a limit that is too low for the load",
            "one input that is far too large",
        ),
        fix("Compare the use over time with the limit: a slope is a leak, a step is an input", "metrics of the host"),
        fix("Bound what grows, then set the limit above the measured need", "the service and its deployment"),
    ),
    _default(
        "timeout",
        "Not answered in time",
        "A call took longer than its caller was ready to wait.",
        ("the far side is slow or overloaded", "the deadline is shorter than the work it covers"),
        fix("Look at the far side's duration for the same trace: was it slow, or was it never reached?", "the trace"),
        fix("Set the deadline from the measured 99th percentile; retry only what is safe to repeat", "the client"),
    ),
    _default(
        "network",
        "The connection failed",
        "A connection could not be made or was lost on the way.",
        ("the far side is down or restarting", "address, port, name resolution or firewall are wrong"),
        fix("Test name, port and certificate from the very host or container that failed", "the failing host"),
        fix("Retry with growing pauses where the call may be repeated", "the client"),
    ),
    _default(
        "infrastructure",
        "The platform failed",
        "A container, a node, an image or a cloud resource did not do its part.",
        ("a deployment object is wrong", "the platform has no capacity or a fault of its own"),
        fix("Read the platform's events of that time", "orchestrator or cloud console"),
        fix("Compare the manifest with the last one that worked", "deployment"),
    ),
    _default(
        "filesystem",
        "A file or folder is not as expected",
        "A path is missing, not accessible, or its content damaged.",
        ("the path is relative to another working folder than thought", "the file was never shipped or mounted"),
        fix("Check the path, its owner and rights as the user of the service", "the host or container"),
        fix("Make the path absolute or configurable and check it at start", "the code that opens it"),
    ),
    _default(
        "serialization",
        "Data could not be read or written in its format",
        "Bytes or text do not have the form that the parser expects, or a value cannot be written in the format.",
        ("the far side sent something else, often an error page or nothing", "the two sides have different schemas"),
        fix("Log the first 200 characters, the content type and the status of what was parsed", "the parsing code"),
        fix("Check status and content type before parsing; handle an empty body", "the parsing code"),
    ),
    _default(
        "validation",
        "The input breaks a rule",
        "Well-formed input was refused by a rule of the schema or the business.",
        ("the caller sends a value that is not allowed", "the rule is newer than the caller"),
        fix("Answer with the field and the rule (4xx), and do not report it as a fault of the service", "the handler"),
        fix("Find out which caller sends it, and since when", "the caller"),
    ),
    _default(
        "configuration",
        "A setting is missing or wrong",
        "The service runs with a configuration that it cannot work with.",
        ("a variable is not set in this environment", "a name or value changed with the last release"),
        fix("Compare the settings of this environment with one that works", "deployment configuration"),
        fix("Check required settings at start and fail with their names", "the service's start"),
    ),
    _default(
        "concurrency",
        "Two at a time where only one may be",
        "Something was used from two threads or tasks at once, or in an order that its state forbids.",
        ("shared state without a lock", "an object bound to one thread, loop or session was used in another"),
        fix("Find who else holds the object: log thread or task with each use", "the object's owner"),
        fix("Give each task its own instance, or guard the shared one with a lock", "the object's owner"),
    ),
    _default(
        "dependency",
        "Something we rely on failed",
        "A third-party service or package did not do what this code expects of it.",
        ("the other service has a fault", "versions do not fit each other after an upgrade"),
        fix("Check the other service's status and its answers at that time", "the dependency"),
        fix("Compare the locked versions with those of the last release that worked", "lock file"),
    ),
    _default(
        "programming_error",
        "A mistake in the code",
        "The code met a value or state that it does not handle.",
        ("a value is missing or of another type than assumed", "a case was not thought of"),
        fix("Reproduce it with the values of the trace in a test", "the innermost frame of the application"),
        fix("Handle the case where it begins, not where it surfaces", "the caller of that frame"),
    ),
    _default(
        "unknown",
        "Not enough is known",
        "Neither type nor message nor stack trace say what happened.",
        ("the original error was caught and replaced by one that says nothing",),
        fix("Keep the original error as the cause when wrapping it", "where the error is raised"),
        fix("Record the exception with its stack trace on the span", "the instrumentation"),
    ),
)

DEFAULTS: Final[dict[Category, KnowledgeEntry]] = {entry.categories[0]: entry for entry in _ENTRIES}
"""One entry for each category."""
