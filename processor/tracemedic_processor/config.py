"""The configuration: one YAML file, every key also an environment variable, read strictly.

`TRACEMEDIC_SECTION__KEY` in the environment wins over the file, the file over the defaults; `${NAME}` inside a value of
the file is the environment variable of that name. An unknown key is an error that names the nearest known one.
"""

import difflib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from tracemedic_processor.aliases import DEFAULT_ALIASES
from tracemedic_processor.receive.settings import ReceiverSettings
from tracemedic_storage.records import ChangeKind

PREFIX: Final = "TRACEMEDIC_"
DEFAULT_FILE: Final = Path("tracemedic.yaml")
_FOR_OTHERS: Final = ("TRACEMEDIC_CONFIG", "TRACEMEDIC_TEST_", "TRACEMEDIC_BENCH_")
"""Variables of our own that are no configuration keys."""


class ConfigError(Exception):
    """The configuration cannot be used; the text has one line per mistake: what, where, and what to do."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Placement = Literal["inline", "tee"]
Role = Literal["all", "ingest", "worker"]


class IngestSettings(_Section):
    """How many processes receive."""

    processes: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that receive on the same ports, each with its own spool. One handles some tens of "
        "thousands of spans a second; more only help where there are as many cores.",
    )


class SpoolSettings(_Section):
    """The durable queue on local disk."""

    bytes_max: int = Field(
        default=1 << 30,
        ge=1 << 20,
        description="Room for requests that wait for exporters or the database, in bytes, per receiving process. When "
        "it is full, senders are asked to come back. 1 GiB is about an hour of 1,000 spans a second.",
    )
    recent_bytes_max: int = Field(
        default=64 << 20,
        ge=0,
        description="Of what was sent already, so many bytes stay readable, per receiving process: a new pattern's "
        "traces are looked for there. 64 MiB is some four minutes of 1,000 spans a second.",
    )
    aside_bytes_max: int = Field(
        default=256 << 20,
        ge=1 << 20,
        description="Room for requests that a far side refused for good, kept as files for a person to look at.",
    )


class _ExporterSettings(_Section):
    timeout_s: float = Field(default=10.0, gt=0, description="Longest time one attempt may take.")
    retry_s_max: float = Field(
        default=30.0, gt=0, description="Longest pause between two attempts. They go on until the far side takes it."
    )


class LogfireSettings(_ExporterSettings):
    """Pydantic Logfire."""

    type: Literal["logfire"]
    token: SecretStr | None = Field(
        default=None, description="Write token of the project; without it `LOGFIRE_TOKEN`. It also names the region."
    )
    base_url: str | None = Field(
        default=None, description="Address of a self-hosted Logfire; without it `LOGFIRE_BASE_URL`, else by the token."
    )


class _OtlpSettings(_ExporterSettings):
    endpoint: str = Field(description="Where to send, such as `http://collector:4318` or `collector:4317`.")
    headers: dict[str, SecretStr] = Field(default={}, description="Headers or metadata of every request.")
    ca_file: Path | None = Field(
        default=None, description="PEM file of the authorities to trust instead of the system's."
    )
    certificate_file: Path | None = Field(default=None, description="PEM file of our certificate, for mutual TLS.")
    key_file: Path | None = Field(default=None, description="PEM file of its private key.")


class OtlpHttpSettings(_OtlpSettings):
    """Any OTLP endpoint over HTTP."""

    type: Literal["otlp_http"]
    compression: Literal["gzip", "none"] = Field(default="gzip", description="How bodies are compressed.")


class OtlpGrpcSettings(_OtlpSettings):
    """Any OTLP endpoint over gRPC."""

    type: Literal["otlp_grpc"]
    compression: Literal["gzip", "none"] = Field(
        default="none", description="How bodies are compressed. Beside a Collector on the same machine: not at all."
    )


ExporterSettings = Annotated[LogfireSettings | OtlpHttpSettings | OtlpGrpcSettings, Field(discriminator="type")]


class DatabaseSettings(_Section):
    """Where errors and patterns are kept."""

    url: SecretStr | None = Field(
        default=None,
        description="`postgresql://user:password@host/name`; without it SQLite in the data folder.",
    )
    connections_max: int = Field(default=8, ge=1, description="Open connections of one process.")


class PatternSettings(_Section):
    """When an error is a pattern. Distinct traces count, never spans."""

    create_traces: int = Field(default=3, ge=1, description="So many traces within `create_window_s` make a pattern.")
    create_window_s: int = Field(default=86_400, ge=1, description="24 hours.")
    escalate_traces: int = Field(
        default=10, ge=1, description="So many traces within `escalate_window_s` raise the severity by a step."
    )
    escalate_window_s: int = Field(default=3_600, ge=1, description="One hour.")
    alert_traces: int = Field(
        default=100, ge=1, description="So many traces in all raise an alert and ask for a report."
    )
    calm_s: int = Field(
        default=6 * 3_600,
        ge=60,
        description="An escalated pattern that stayed below `escalate_traces` for so long is lowered again.",
    )
    alert_cooldown_s: int = Field(default=86_400, ge=0, description="Shortest time between two alerts of one pattern.")


class DiagnosisSettings(_Section):
    """What each pattern is, why, and how to fix it. Rules answer while no model is named."""

    models: tuple[str, ...] = Field(
        default=(),
        description="Models by their PydanticAI names, such as `anthropic:claude-sonnet-5-5` or `openai:gpt-5`, tried "
        "in this order. Their keys come from the environment (`ANTHROPIC_API_KEY`, `OPENAI_API_KEY`, ...).",
    )
    base_url: str | None = Field(
        default=None,
        description="Address of an OpenAI-compatible server, such as `http://localhost:11434/v1`; `openai:` models are "
        "asked there.",
    )
    api_key: SecretStr | None = Field(default=None, description="Its key, where it wants one.")
    timeout_s: float = Field(default=60.0, gt=0, description="Longest time one request to a model may take.")
    requests_per_minute: int = Field(default=30, ge=1, description="Requests to models a minute, over all replicas.")
    concurrency: int = Field(default=4, ge=1, description="Diagnoses under way at the same time, over all replicas.")
    tokens_per_day: int = Field(default=2_000_000, ge=0, description="Tokens of a day (UTC); then rules answer.")
    tokens_per_month: int = Field(default=20_000_000, ge=0, description="Tokens of a month (UTC); then rules answer.")
    usd_per_day: float = Field(default=5.0, ge=0, description="Money of a day (UTC), where the model's price is known.")
    usd_per_month: float = Field(default=50.0, ge=0, description="Money of a month (UTC).")
    runbooks: Path | None = Field(
        default=None, description="Folder of Markdown files about your errors; parts that fit go into the evidence."
    )
    exemplars_per_pattern: int = Field(default=3, ge=0, description="Whole traces kept of each pattern.")
    late_spans_per_pattern: int = Field(
        default=5, ge=0, description="Recent traces of a pattern that get an `error_diagnosed` span per diagnosis."
    )
    late_spans_per_hour: int = Field(default=200, ge=0, description="Such spans in all; Logfire bills each.")
    telemetry_content: bool = Field(
        default=False, description="Whether prompts and answers are part of our own telemetry."
    )


class WebhookSettings(_Section):
    """One address that is told of changes."""

    url: SecretStr = Field(description="Where to post; the address itself is often the secret.")
    format: Literal["json", "slack"] = Field(default="json", description="Of the body.")
    kinds: tuple[ChangeKind, ...] = Field(
        default=("created", "escalated", "regressed", "alert"),
        description="Which changes: also `calmed`, `resolved`, `diagnosed`, ...",
    )
    headers: dict[str, SecretStr] = Field(default={}, description="Headers of every request.")
    per_hour: int = Field(default=60, ge=1, description="Messages an hour; the rest is counted and told in one line.")
    allow_private: bool = Field(
        default=False, description="Whether addresses of private networks and of this machine may be called."
    )


class ContextSettings(_Section):
    """Attribute keys under which ids are looked for: on the exception, its span, the spans above and the resource."""

    agent_run_id: tuple[str, ...] = Field(default=DEFAULT_ALIASES.agent_run_id, description="Of an agent's run.")
    sprint_id: tuple[str, ...] = Field(default=DEFAULT_ALIASES.sprint_id, description="Of a sprint.")
    request_id: tuple[str, ...] = Field(default=DEFAULT_ALIASES.request_id, description="Of a request.")
    session_id: tuple[str, ...] = Field(default=DEFAULT_ALIASES.session_id, description="Of a session.")
    user_id: tuple[str, ...] = Field(default=DEFAULT_ALIASES.user_id, description="Of a user; an id, no details.")


class InAppSettings(_Section):
    """Which frames are application code, where the default judgement is wrong."""

    include: tuple[str, ...] = Field(default=(), description="Module prefixes or file globs that are.")
    exclude: tuple[str, ...] = Field(default=(), description="Module prefixes or file globs that are not; wins.")


class ServiceSettings(_Section):
    """What differs for one service."""

    in_app: InAppSettings = InAppSettings()
    source_roots: tuple[Path, ...] = Field(
        default=(), description="Folders that hold the service's code, for the lines around a frame."
    )


class GroupingRuleSettings(_Section):
    """One rule of grouping: what it matches, then a fixed key or a change of the default parts."""

    error_type: str = Field(default="*", description="Glob on the exception's type.")
    message: str = Field(default="*", description="Glob on its message.")
    service: str = Field(default="*", description="Glob on the service's name.")
    attributes: dict[str, str] = Field(default={}, description="Globs on attributes of the span.")
    fingerprint: str | None = Field(
        default=None, description="The key, with `{service}`, `{error_type}` and `{default}` filled in."
    )
    add: tuple[str, ...] = Field(default=(), description="Parts added to type, message and source.")
    remove: tuple[Literal["type", "message", "source"], ...] = Field(default=(), description="Parts left out.")


class RedactionSettings(_Section):
    """What must never leave, beyond the built-in rules."""

    ip_addresses: bool = Field(default=False, description="Whether IP addresses are redacted as well.")
    extra_patterns: dict[str, str] = Field(default={}, description="Further regular expressions by kind.")
    exceptions: tuple[str, ...] = Field(default=(), description="Texts that look secret and are not.")


class ReportSettings(_Section):
    """Health reports by the clock."""

    daily: bool = Field(default=True, description="Whether there is one for each day.")
    weekly: bool = Field(default=True, description="Whether there is one for each week, Monday to Sunday.")
    hour: int = Field(default=7, ge=0, le=23, description="Hour of the day, in `time_zone`, at which they are made.")
    time_zone: str = Field(default="UTC", description="IANA name, such as `Europe/Berlin`; days begin and end in it.")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = f"{name!r} is no time zone that this machine knows; write an IANA name such as Europe/Berlin"
            raise ValueError(message) from None
        return name


class TierSettings(_Section):
    """How long one kind of data stays where; after the archive it is deleted."""

    hot_days: int = Field(ge=1, description="Days in the database.")
    cold_days: int = Field(ge=0, description="Days in all until it leaves the cold store.")
    archive_days: int = Field(ge=0, description="Days in all until it leaves the archive.")


class RetentionSettings(_Section):
    """Where data goes as it ages."""

    error_events: TierSettings = TierSettings(hot_days=30, cold_days=365, archive_days=2_557)
    reports: TierSettings = TierSettings(hot_days=90, cold_days=730, archive_days=2_557)
    feedback: TierSettings = TierSettings(hot_days=365, cold_days=1_095, archive_days=2_557)
    cold_url: str | None = Field(
        default=None,
        description="Where the cold store is: a folder, or `s3://`, `gs://`, `az://` with credentials from the "
        "environment; without it a folder in the data folder.",
    )
    archive_url: str | None = Field(default=None, description="The archive, a separate place; alike.")
    hour: int = Field(default=3, ge=0, le=23, description="Hour of the day (UTC) at which the daily run begins.")


class WebSettings(_Section):
    """Health, metrics, API and pages."""

    address: str = Field(default="127.0.0.1:4319", description="host:port to listen on.")
    public_url: str | None = Field(
        default=None, description="Address under which people reach the pages; spans then carry `diagnostic.url`."
    )


class TelemetrySettings(_Section):
    """What tracemedic tells about its own work."""

    logfire_token: SecretStr | None = Field(
        default=None,
        description="Write token of a Logfire project for our own spans and metrics; without it none leave.",
    )
    logfire_base_url: str | None = Field(default=None, description="Address of a self-hosted Logfire.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Of the lines on standard error."
    )


class Settings(BaseSettings):
    """Everything that can be configured."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix=PREFIX, env_nested_delimiter="__", hide_input_in_errors=True
    )

    data_dir: Path = Field(
        default=Path("tracemedic-data"), description="Folder for the spool and the embedded database."
    )
    shutdown_s: float = Field(
        default=20.0,
        ge=0,
        description="How long a stop waits for exporters and the database; the rest stays in the spool.",
    )
    role: Role = Field(
        default="all",
        description="What this process does: `ingest` receives, enriches, sends on and records; `worker` diagnoses and "
        "tells; `all` does both, the worker as a child of its own. Several of each share one PostgreSQL.",
    )
    placement: Placement = Field(
        default="inline",
        description="`inline`: what comes in goes on, enriched. `tee`: what comes in is a copy, its originals go on "
        "another way; only spans of our own (`error_captured`) go on, in the same traces.",
    )
    receive: ReceiverSettings = ReceiverSettings()
    ingest: IngestSettings = IngestSettings()
    spool: SpoolSettings = SpoolSettings()
    exporters: dict[str, ExporterSettings] = Field(
        default={}, description="By a name of your choice; each has its own position in the spool."
    )
    database: DatabaseSettings = DatabaseSettings()
    patterns: PatternSettings = PatternSettings()
    context: ContextSettings = ContextSettings()
    in_app: InAppSettings = InAppSettings()
    grouping: tuple[GroupingRuleSettings, ...] = Field(default=(), description="The first rule that matches decides.")
    redaction: RedactionSettings = RedactionSettings()
    services: dict[str, ServiceSettings] = Field(default={}, description="By `service.name`.")
    diagnosis: DiagnosisSettings = DiagnosisSettings()
    webhooks: dict[str, WebhookSettings] = Field(default={}, description="By a name of your choice.")
    reports: ReportSettings = ReportSettings()
    retention: RetentionSettings = RetentionSettings()
    web: WebSettings = WebSettings()
    telemetry: TelemetrySettings = TelemetrySettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment before the file, nothing else."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The configuration from `file` (or `tracemedic.yaml` where one lies here) and `environment`.

    Raises `ConfigError`.
    """
    environment = os.environ if environment is None else environment
    chosen = file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    values = _read(chosen, environment) if chosen else {}
    _check_environment(environment)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise ConfigError(_explained(error, chosen)) from None
    return _with_logfire(settings, environment)


def _read(file: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        values = yaml.safe_load(text)
    except OSError as error:
        message = f"{file}: cannot be read: {error.strerror}"
        raise ConfigError(message) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        message = f"{file}: is not YAML: {' '.join(str(error).split())}"
        raise ConfigError(message) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        message = f"{file}: has to be a mapping of sections, such as `receive:`"
        raise ConfigError(message)
    return cast("dict[str, Any]", _filled(cast("object", values), environment, str(file)))


_VARIABLE: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


def _filled(value: object, environment: Mapping[str, str], where: str) -> object:
    """`value` with `${NAME}` and `${NAME:-default}` replaced."""
    if isinstance(value, dict):
        entries = cast("dict[object, object]", value).items()
        return {str(key): _filled(each, environment, f"{where}: {key}") for key, each in entries}
    if isinstance(value, list):
        return [_filled(each, environment, where) for each in cast("list[object]", value)]
    if not isinstance(value, str):
        return value

    def one(match: re.Match[str]) -> str:
        fallback: str | None = match[2]
        found = environment.get(match[1], fallback)
        if found is None:
            message = (
                f"{where}: the environment variable {match[1]} is not set; set it or write ${{{match[1]}:-default}}"
            )
            raise ConfigError(message)
        return found

    return _VARIABLE.sub(one, value)


def _check_environment(environment: Mapping[str, str]) -> None:
    """A mistyped variable would be ignored in silence."""
    sections = {name.upper() for name in Settings.model_fields}
    for name in environment:
        if not name.startswith(PREFIX) or name.startswith(_FOR_OTHERS):
            continue
        section = name.removeprefix(PREFIX).split("__")[0]
        if section not in sections:
            message = f"environment variable {name}: unknown{_nearest(section, sorted(sections), prefix=PREFIX)}"
            raise ConfigError(message)


def _with_logfire(settings: Settings, environment: Mapping[str, str]) -> Settings:
    """`LOGFIRE_TOKEN` alone is a whole configuration; written entries get their token and address from there."""
    token, base_url = environment.get("LOGFIRE_TOKEN"), environment.get("LOGFIRE_BASE_URL") or None
    exporters: dict[str, LogfireSettings | OtlpHttpSettings | OtlpGrpcSettings] = dict(settings.exporters)
    if not exporters and token:
        exporters["logfire"] = LogfireSettings(type="logfire")
    for name, exporter in exporters.items():
        if not isinstance(exporter, LogfireSettings):
            continue
        given = exporter.token or (SecretStr(token) if token else None)
        if given is None or not given.get_secret_value():
            message = f"exporters.{name}.token: missing; set it, or LOGFIRE_TOKEN in the environment"
            raise ConfigError(message)
        exporters[name] = exporter.model_copy(update={"token": given, "base_url": exporter.base_url or base_url})
    return settings.model_copy(update={"exporters": exporters})


def _explained(error: ValidationError, file: Path | None) -> str:
    return "\n".join(_line(details, file) for details in error.errors(include_url=False, include_input=False))


def _line(details: ErrorDetails, file: Path | None) -> str:
    path = [str(part) for part in details["loc"] if str(part) not in _TAGS]
    variable = f"{PREFIX}{'__'.join(path)}".upper()
    from_file = file is not None and variable not in {name.upper() for name in os.environ}
    where = f"{file}: {'.'.join(path)}" if from_file else f"environment variable {variable}"
    if details["type"] != "extra_forbidden":
        return f"{where}: {details['msg'].removeprefix('Value error, ')}"
    return f"{where}: unknown key{_nearest(path[-1], sorted(_known_keys(path[:-1])))}"


_TAGS: Final = frozenset({"logfire", "otlp_http", "otlp_grpc"})
"""pydantic puts the tag of the chosen exporter type into the path of an error; nobody wrote it."""


def _known_keys(path: Sequence[str]) -> Iterator[str]:
    """The keys that would have been right at `path`."""
    models: list[type[BaseModel]] = [Settings]
    for part in path:
        models = [inner for model in models for inner in _models_in(model, part)]
    for model in models:
        yield from model.model_fields


def _models_in(model: type[BaseModel], name: str) -> list[type[BaseModel]]:
    """Models at field `name`; inside containers (`exporters.<name>`, `grouping.0`) the container's models again."""
    if name not in model.model_fields:
        return [model]
    return list(_models(model.model_fields[name].annotation))


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for argument in get_args(annotation):
        yield from _models(argument)


def _nearest(word: str, known: Sequence[str], *, prefix: str = "") -> str:
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {prefix}{found[0]}?" if found else f"; known are {', '.join(known)}"
