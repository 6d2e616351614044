"""The commands and their options; each command's work is in a file of its own."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer._click import exceptions as usage  # typer carries its own click and shows its errors nowhere else

from tracemedic_processor.cli.failure import Failure

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Error tracking and diagnosis for everybody who has OpenTelemetry.",
)
query = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Ask the database what the mission asks.")
app.add_typer(query, name="query")
patterns = typer.Typer(rich_markup_mode=None)
app.add_typer(patterns, name="patterns")
retention = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Where data goes as it ages.")
app.add_typer(retention, name="retention")


class Role(StrEnum):
    """Which part of the work a process does."""

    ALL = "all"
    INGEST = "ingest"
    WORKER = "worker"


class Format(StrEnum):
    """How a listing is printed."""

    TABLE = "table"
    JSON = "json"


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", "-c", envvar="TRACEMEDIC_CONFIG", help="Configuration file; tracemedic.yaml here by default."
    ),
]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to print it.")]
ArchiveOption = Annotated[bool, typer.Option("--archive", help="Look into the archive as well.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="At most so many rows.")]


@app.command()
def serve(
    config: ConfigOption = None,
    role: Annotated[Role | None, typer.Option(help="Part of the work: `ingest` or `worker`; without it both.")] = None,
    process: Annotated[str | None, typer.Option(hidden=True, help="Name among the children.")] = None,
) -> None:
    """Receive, diagnose, send on: start everything."""
    from tracemedic_processor.cli import serve as command

    command.serve(config, role=None if role is None else role.value, process=process)


@app.command("check-config")
def check_config(config: ConfigOption = None, form: FormatOption = Format.TABLE) -> None:
    """Read the configuration, say what it means, or what is wrong with it."""
    from tracemedic_processor.cli import check_config as command

    command.check_config(config, as_json=form is Format.JSON)


@app.command()
def errors(
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
    limit: LimitOption = 20,
    service: Annotated[str | None, typer.Option(help="Only of this service.")] = None,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    trace: Annotated[str | None, typer.Option(help="Only of this trace_id.")] = None,
    pattern: Annotated[
        str | None, typer.Option(help="Only of this pattern: its id or the start of its fingerprint.")
    ] = None,
    archive: ArchiveOption = False,
) -> None:
    """The newest errors."""
    from tracemedic_processor.cli import listings

    listings.errors(
        config,
        as_json=form is Format.JSON,
        limit=limit,
        service=service,
        category=category,
        trace=trace,
        pattern=pattern,
        archive=archive,
    )


@patterns.callback(invoke_without_command=True)
def list_patterns(
    context: typer.Context,
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
    limit: LimitOption = 20,
    category: Annotated[str | None, typer.Option(help="Only of this category.")] = None,
    status: Annotated[str | None, typer.Option(help="active, acknowledged, resolved, regressed or ignored.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also those that are resolved or ignored.")] = False,
) -> None:
    """Errors that recur and need attention, the most recently seen first; what is decided about them."""
    if context.invoked_subcommand is not None:
        context.obj = config
        return
    from tracemedic_processor.cli import listings

    as_json = form is Format.JSON
    listings.patterns(config, as_json=as_json, limit=limit, category=category, status=status, everything=everything)


PatternArgument = Annotated[
    str, typer.Argument(metavar="PATTERN", help="A pattern's id or the start of a fingerprint of it.")
]
AuthorOption = Annotated[str | None, typer.Option(help="Who decides; your login name by default.")]
NoteOption = Annotated[str, typer.Option(help="Why, for the pattern's history.")]


@patterns.command("show")
def show_pattern(
    context: typer.Context,
    pattern: PatternArgument,
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Everything about one: state, history, counts, diagnosis, examples."""
    from tracemedic_processor.cli import pattern_show

    pattern_show.show(config or context.obj, pattern, as_json=form is Format.JSON)


@patterns.command("acknowledge")
def acknowledge_pattern(
    context: typer.Context,
    pattern: PatternArgument,
    author: AuthorOption = None,
    note: NoteOption = "",
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Somebody looks after it."""
    from tracemedic_processor.cli import pattern_commands as command

    signed = command.Signed(author=author, note=note)
    command.acknowledge(config or context.obj, pattern, signed=signed, as_json=form is Format.JSON)


@patterns.command("resolve")
def resolve_pattern(
    context: typer.Context,
    pattern: PatternArgument,
    in_version: Annotated[
        str | None, typer.Option(help="Repaired in this version of the service: older ones may still show it.")
    ] = None,
    author: AuthorOption = None,
    note: NoteOption = "",
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """It is repaired; when it is seen again it has regressed."""
    from tracemedic_processor.cli import pattern_commands as command

    signed = command.Signed(author=author, note=note)
    command.resolve(config or context.obj, pattern, version=in_version, signed=signed, as_json=form is Format.JSON)


@patterns.command("ignore")
def ignore_pattern(
    context: typer.Context,
    pattern: PatternArgument,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Until 2026-12-24, 2026-12-24T18:00Z, or for 90m, 12h, 7d, 2w.")
    ] = None,
    until_escalated: Annotated[bool, typer.Option("--until-escalated", help="Until it escalates again.")] = False,
    author: AuthorOption = None,
    note: NoteOption = "",
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """It is not wanted: for good, until a time, or until it escalates."""
    from tracemedic_processor.cli import pattern_commands as command

    command.ignore(
        config or context.obj,
        pattern,
        until=until,
        until_escalated=until_escalated,
        signed=command.Signed(author=author, note=note),
        as_json=form is Format.JSON,
    )


@patterns.command("reopen")
def reopen_pattern(
    context: typer.Context,
    pattern: PatternArgument,
    author: AuthorOption = None,
    note: NoteOption = "",
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """It needs attention again, whatever was decided before."""
    from tracemedic_processor.cli import pattern_commands as command

    signed = command.Signed(author=author, note=note)
    command.reopen(config or context.obj, pattern, signed=signed, as_json=form is Format.JSON)


@patterns.command("merge")
def merge_patterns(
    context: typer.Context,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The pattern that stays.")],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="Those that become part of it.")],
    author: AuthorOption = None,
    note: NoteOption = "",
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Make several patterns one, counted together."""
    from tracemedic_processor.cli import pattern_commands as command

    signed = command.Signed(author=author, note=note)
    command.merge(config or context.obj, into, others, signed=signed, as_json=form is Format.JSON)


@patterns.command("split")
def split_pattern(
    context: typer.Context,
    pattern: PatternArgument,
    fingerprint: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="The start of it; `show` names them.")],
    author: AuthorOption = None,
    note: NoteOption = "",
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Give a fingerprint of a pattern a pattern of its own again."""
    from tracemedic_processor.cli import pattern_commands as command

    signed = command.Signed(author=author, note=note)
    command.split(config or context.obj, pattern, fingerprint, signed=signed, as_json=form is Format.JSON)


@app.command()
def diagnose(
    pattern: Annotated[str, typer.Argument(help="A pattern's id or the start of its fingerprint.")],
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
    show: Annotated[bool, typer.Option("--show", help="Only show the diagnoses there are.")] = False,
    verdict: Annotated[str | None, typer.Option(help="Say how the newest one was: right, partly or wrong.")] = None,
    category: Annotated[str | None, typer.Option(help="With --verdict: the right category.")] = None,
    note: Annotated[str, typer.Option(help="With --verdict: what was right or wrong.")] = "",
    author: Annotated[str | None, typer.Option(help="Who says so; your login name by default.")] = None,
    wait: Annotated[float, typer.Option(min=0.0, help="Seconds to wait for the answer.")] = 90.0,
) -> None:
    """What a pattern is, why it happens and how to fix it: asked anew, shown, or judged."""
    from tracemedic_processor.cli import diagnose as command

    if verdict is not None:
        command.judge(config, pattern, verdict=verdict, category=category, note=note, author=author)
    elif show:
        command.show(config, pattern, as_json=form is Format.JSON)
    else:
        command.ask(config, pattern, as_json=form is Format.JSON, wait_s=wait, author=author)


@query.command("errors-by-category")
def errors_by_category(
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
    hours: Annotated[float, typer.Option(min=0.01, help="How far back.")] = 24.0,
    archive: ArchiveOption = False,
) -> None:
    """Errors by category in the last 24 hours."""
    from tracemedic_processor.cli import listings

    listings.errors_by_category(config, as_json=form is Format.JSON, hours=hours, archive=archive)


@query.command("active-patterns")
def active_patterns(
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
    more_than: Annotated[int, typer.Option(min=0, help="Occurrences above this.")] = 10,
) -> None:
    """Active patterns with many occurrences."""
    from tracemedic_processor.cli import listings

    listings.active_patterns(config, as_json=form is Format.JSON, more_than=more_than)


@query.command("agent-run")
def agent_run(
    agent_run_id: Annotated[str, typer.Argument(metavar="ID", help="The agent_run_id.")],
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
    archive: ArchiveOption = False,
) -> None:
    """The errors of one agent run, in their order, with their patterns."""
    from tracemedic_processor.cli import listings

    listings.agent_run(config, agent_run_id, as_json=form is Format.JSON, archive=archive)


@app.command()
def kpis(
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="2026-12-24, 2026-12-24T18:00Z, or 12h, 7d, 2w ago.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Alike; now by default.")] = None,
    service: Annotated[str | None, typer.Option(help="Only of this service.")] = None,
    environment: Annotated[str | None, typer.Option(help="Only of this environment.")] = None,
    version: Annotated[str | None, typer.Option(help="Only of this version of a service.")] = None,
    sprint: Annotated[str | None, typer.Option(help="Only of this sprint_id.")] = None,
) -> None:
    """The key figures with target and state, over the last seven days unless asked otherwise."""
    from tracemedic_processor.cli import kpis as command

    chosen = command.Chosen(
        since=since, until=until, service=service, environment=environment, version=version, sprint=sprint
    )
    command.kpis(config, chosen, as_json=form is Format.JSON)


class ReportKind(StrEnum):
    """What period a report covers when none is given."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MANUAL = "manual"


class ReportForm(StrEnum):
    """How a report is written."""

    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


@app.command()
def report(
    config: ConfigOption = None,
    kind: Annotated[ReportKind, typer.Option(help="The last day, the last seven days, or what --from says.")] = (
        ReportKind.MANUAL
    ),
    since: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="2026-12-24, 2026-12-24T18:00Z, or 12h, 7d, 2w ago.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Alike; now by default.")] = None,
    pattern: Annotated[
        str | None, typer.Option(help="About this pattern: its id or the start of its fingerprint.")
    ] = None,
    service: Annotated[str | None, typer.Option(help="Only of this service.")] = None,
    environment: Annotated[str | None, typer.Option(help="Only of this environment.")] = None,
    version: Annotated[str | None, typer.Option(help="Only of this version of a service.")] = None,
    sprint: Annotated[str | None, typer.Option(help="Only of this sprint_id.")] = None,
    form: Annotated[ReportForm, typer.Option("--format", "-f", help="How to write it.")] = ReportForm.MARKDOWN,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Into this file.")] = None,
    show: Annotated[str | None, typer.Option(metavar="ID", help="Write one that is kept, instead.")] = None,
    listed: Annotated[
        bool, typer.Option("--list", help="List those that are kept; with --format json as JSON.")
    ] = False,
    limit: LimitOption = 20,
) -> None:
    """Make a diagnostic report up to now, keep it and write it."""
    from tracemedic_processor.cli import report as command

    if listed:
        command.list_reports(config, as_json=form is ReportForm.JSON, limit=limit)
    elif show is not None:
        command.show(config, show, form=form.value, output=output)
    else:
        wanted = command.Wanted(
            kind=kind.value,
            since=since,
            until=until,
            pattern=pattern,
            service=service,
            environment=environment,
            version=version,
            sprint=sprint,
        )
        command.report(config, wanted, form=form.value, output=output)


@retention.command("plan")
def plan_retention(config: ConfigOption = None, form: FormatOption = Format.TABLE) -> None:
    """What is due to move or to be deleted; changes nothing."""
    from tracemedic_processor.cli import retention as command

    command.plan(config, as_json=form is Format.JSON)


@retention.command("run")
def run_retention(config: ConfigOption = None, form: FormatOption = Format.TABLE) -> None:
    """Do now what is due; the worker does it every night."""
    from tracemedic_processor.cli import retention as command

    command.run(config, as_json=form is Format.JSON)


@retention.command("restore")
def restore_period(
    since: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day, such as 2026-01-01 (UTC).")],
    until: Annotated[str, typer.Option(metavar="DAY", help="The day after the last.")],
    into: Annotated[Path, typer.Option(metavar="FILE", help="A SQLite file, made when needed.")],
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Bring a period back from cold store and archive, into a database of its own."""
    from tracemedic_processor.cli import retention as command

    command.restore(config, since=since, until=until, into=into, as_json=form is Format.JSON)


@retention.command("forget")
def forget_user(
    user: Annotated[str, typer.Option(metavar="ID", help="The user's id, as errors carry it.")],
    yes: Annotated[bool, typer.Option("--yes", help="Delete; without it only say how much there is.")] = False,
    author: AuthorOption = None,
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Delete one user's errors everywhere, cold store and archive included."""
    from tracemedic_processor.cli import retention as command

    command.forget(config, user=user, sure=yes, author=author, as_json=form is Format.JSON)


@app.command()
def explain(
    file: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="JSON lines, or one raw stack trace; - reads standard input.")
    ] = "-",
    diff: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Two files with one exception each: say why they fall together or apart."),
    ] = None,
    config: ConfigOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Show what the pipeline would make of an exception, and why. Needs no running service."""
    from tracemedic_processor.cli import explain as command

    if diff is None:
        command.explain(file, config, as_json=form is Format.JSON)
    else:
        command.explain_diff(*diff, config, as_json=form is Format.JSON)


@app.command()
def demo(
    seconds: Annotated[float, typer.Option(min=1, help="How long failing requests are sent.")] = 8.0,
) -> None:
    """Send real failing requests of a small instrumented service through, and show the enriched spans as they leave."""
    from tracemedic_processor.cli import demo as command

    command.demo(seconds)


def main() -> None:
    """Run the command line: results on standard output, one clear line on standard error and code 2 for bad input."""
    try:
        app(standalone_mode=False)
    except Failure as failure:
        _fail(str(failure))
    except usage.NoArgsIsHelpError as error:
        error.show()
        sys.exit(2)
    except usage.ClickException as error:
        _fail(error.format_message())
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader has seen enough; Python would complain about the unwritten rest
        sys.exit(0)


def _fail(message: str) -> None:
    for line in message.splitlines():
        sys.stderr.write(f"tracemedic: {line}\n")
    sys.exit(2)
