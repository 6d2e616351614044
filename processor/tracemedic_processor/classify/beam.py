"""Elixir and Erlang: the language, OTP, Phoenix and well-known packages that are no database."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "programming_error",
        0.86,
        "the BEAM's own error for a bug in the code",
        types="""
        FunctionClauseError MatchError CaseClauseError ArithmeticError BadMapError BadArityError
        BadFunctionError BadBooleanError KeyError ArgumentError CondClauseError WithClauseError TryClauseError
        UndefinedFunctionError Protocol.UndefinedError Enum.* TokenMissingError SyntaxError CompileError badarg
        badarith function_clause case_clause badmatch undef if_clause badarity badfun badkey nocatch
        BadStructError Phoenix.Template.UndefinedError Phoenix.ActionClauseError badmap Access.*
        Plug.Conn.AlreadySentError Phoenix.LiveView.* Enum.EmptyError Enum.OutOfBoundsError
        """,
    ),
    rule(
        "dependency",
        0.9,
        "a module is not there",
        types="UndefinedFunctionError undef",
        phrases=[r"\(module .{1,80}is not available\)"],
        severity="high",
    ),
    rule("configuration", 0.94, "a setting is missing", types="System.EnvError Config.*", severity="critical"),
    rule(
        "configuration",
        0.94,
        "a setting is missing",
        phrases=[
            r"could not fetch (environment variable|application environment)",
            r"environment variable .{1,60} is missing|application environment .{0,80}not set|was not set in config",
        ],
        severity="critical",
    ),
    rule(
        "network",
        0.93,
        "the socket said no",
        phrases=[r":(nxdomain|econnrefused|ehostunreach|enetunreach|eaddrinuse)\b|nxdomain|:tls_alert|reason: :closed"],
        severity="high",
    ),
    rule(
        "network",
        0.9,
        "the socket broke",
        phrases=[r":(econnreset|closed|epipe|socket_closed_remotely)\b"],
        severity="medium",
    ),
    rule(
        "timeout",
        0.94,
        "a call to a process or a socket took too long",
        phrases=[
            r"\(exit\) time out|:etimedout|:timeout\b|^timeout$|\*\* \(exit\) time|\{:?timeout,|request_timeout",
            r"connect_timeout",
        ],
    ),
    rule("filesystem", 0.92, "the file system said no", phrases=[r":(enoent|eacces|eisdir|enotdir|eexist|erofs)\b"]),
    rule("filesystem", 0.92, "the file system said no", types="File.* IO.StreamError"),
    rule(
        "resource_exhaustion",
        0.96,
        "the machine has no room left",
        phrases=[r":(enospc|enomem)\b|system_limit|eheap_alloc|too many processes"],
        severity="critical",
    ),
    rule(
        "resource_exhaustion", 0.95, "the process has no handles left", phrases=[r":(emfile|enfile)\b"], severity="high"
    ),
    rule(
        "serialization",
        0.93,
        "text or bytes that cannot be decoded",
        types="""
        Jason.* Poison.* UnicodeConversionError Plug.Parsers.* Protobuf.* NimbleCSV.* YamlElixir.* Date.*
        Plug.Conn.InvalidQueryError Plug.Parsers.ParseError
        """,
        firm=True,
    ),
    rule(
        "serialization",
        0.88,
        "a value without an encoder",
        types="Protocol.UndefinedError",
        phrases=[r"protocol (jason|poison)\.encoder"],
        firm=True,
    ),
    rule(
        "serialization",
        0.88,
        "text that is no number, date or atom",
        types="ArgumentError",
        phrases=[
            r"not a textual representation of (an integer|a float)|cannot parse|not an already existing atom",
            r"could not (convert|parse)|invalid_(format|date)",
        ],
    ),
    rule(
        "validation",
        0.92,
        "input breaks a rule",
        types="""
        Phoenix.Router.NoRouteError Phoenix.ActionClauseError NimbleOptions.* Plug.Parsers.RequestTooLargeError
        Phoenix.NotAcceptableError Plug.Conn.InvalidHeaderError Phoenix.MissingParamError
        Plug.Parsers.UnsupportedMediaTypeError Absinthe.* Plug.BadRequestError ExJsonSchema.* Ash.Error.Invalid
        """,
        severity="low",
    ),
    rule(
        "authentication",
        0.9,
        "a form's token is wrong",
        types="Plug.CSRFProtection.* Guardian.* Joken.* Ueberauth.*",
        severity="low",
    ),
    rule(
        "concurrency",
        0.85,
        "a process is gone or already there",
        phrases=[
            r"no process: the process is not alive|already_started|:noproc|process is not alive|no persistent term"
        ],
        firm=True,
    ),
    rule(
        "network",
        0.75,
        "an HTTP call failed",
        types="Mint.* Finch.* HTTPoison.* Tesla.* Req.TransportError hackney.* Bandit.* AMQP.* ThousandIsland.*",
        severity="high",
    ),
    rule("dependency", 0.6, "another service failed", types="Req.* ExAws.* Stripe.* Swoosh.*"),
    rule(
        "programming_error",
        0.85,
        "the BEAM's own error for a bug in the code",
        phrases=[
            r"^\{?:?(badmatch|badarg|badarith|function_clause|case_clause|if_clause|undef|badkey|badmap|badfun|badarity)\b",
        ],
    ),
    rule("concurrency", 0.9, "a process is gone", phrases=[r"\{:?noproc,|\{:?normal,|\{:?shutdown,"]),
    rule(
        "serialization",
        0.9,
        "a value that cannot be loaded or cast",
        types="ArgumentError",
        phrases=[r"cannot load `|cannot be (loaded|dumped|cast)|value .{1,80} (in|for) .{1,80} cannot be cast"],
    ),
    rule("network", 0.9, "the socket broke", phrases=[r"\beconnaborted\b|connection_terminated|:?closed_by_peer"]),
    languages="beam",
    wrappers="RuntimeError ErlangError exit throw EXIT error shutdown Plug.Conn.WrapperError Task.Supervised",
)
