"""Rust: panics, the standard library and well-known crates that are no database."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "programming_error",
        0.95,
        "nothing where the code expects something",
        phrases=[r"on a `none` value|`none` value|option::unwrap|option::expect"],
        severity="high",
    ),
    rule(
        "programming_error",
        0.93,
        "a panic of the language",
        phrases=[
            r"index out of bounds|range (start|end) index|slice index starts|out of range for slice",
            r"byte index \d+ is|not a char boundary",
            r"attempt to (divide|add|subtract|multiply|negate|shift|calculate|get)",
            r"internal error: entered unreachable|not (yet )?implemented",
            r"assertion `?(left|.{0,80}failed)|explicit panic|no entry found for key|removal index",
            r"called `result::unwrap_err|capacity overflow",
        ],
        severity="high",
    ),
    rule(
        "concurrency",
        0.95,
        "a cell, lock or runtime used by two at once",
        phrases=[
            r"already (mutably )?borrowed|BorrowMutError|BorrowError|PoisonError|poisoned",
            r"cannot start a runtime from within",
            r"cannot drop a runtime|no reactor running|must be called from the context of a tokio",
            r"there is no reactor|can call blocking only|rwlock .{0,20}deadlock|JoinError",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "serialization",
        0.93,
        "text or bytes that cannot be decoded",
        types="""
        serde_json.* serde.* serde_yaml.* toml.* quick_xml.* csv.* core.num.* std.num.* ParseIntError
        ParseFloatError std.str.* core.str.* core.char.* chrono.* uuid.* base64.* bincode.* prost.* rmp_serde.*
        ron.* std.string.FromUtf8Error alloc.string.FromUtf8Error serde_urlencoded.* hex.* ciborium.*
        time.error.* ParseBoolError Utf8Error FromUtf8Error simd_json.* serde_path_to_error.* postcard.*
        serde_qs.* roxmltree.* rust_decimal.* semver.* rmp.* bson.* xml.* jiff.* toml_edit.* json5.* flate2.*
        zstd.* image.* http.* mime.* percent_encoding.* speedy.* borsh.* apache_avro.*
        """,
        firm=True,
    ),
    rule(
        "serialization",
        0.93,
        "text or bytes that cannot be decoded",
        phrases=[
            r"invalid digit found|missing field `|unknown (field|variant) `|invalid type: .{0,120}expected",
            r"at line \d+ column \d+|expected value at line",
            r"stream did not contain valid utf-8|invalid utf-8 sequence|trailing (characters|comma)",
            r"eof while parsing|cannot parse (integer|float)|invalid float literal|duplicate field `",
            r"error decoding response body|premature end of input|input contains invalid characters",
        ],
        firm=True,
    ),
    rule(
        "network",
        0.62,
        "an HTTP call failed",
        types="""
        reqwest.* hyper.* hyper_util.* awc.* surf.* attohttpc.* rumqttc.* h2.* isahc.* ureq.* tungstenite.*
        tokio_tungstenite.* lapin.* rdkafka.* lettre.* async_nats.*
        """,
        severity="high",
    ),
    rule(
        "network", 0.9, "TLS failed", types="rustls.* native_tls.* openssl.* webpki.* tokio_rustls.*", severity="high"
    ),
    rule(
        "timeout",
        0.93,
        "a time limit passed",
        types="tokio.time.error.Elapsed tokio.time.Elapsed Elapsed tower.timeout.*",
    ),
    rule("timeout", 0.92, "a time limit passed", phrases=[r"deadline has elapsed|operation timed out"]),
    rule(
        "configuration",
        0.93,
        "a setting is missing",
        types="std.env.VarError config.* figment.* envy.* dotenvy.* confy.* VarError",
        severity="critical",
        firm=True,
    ),
    rule(
        "configuration",
        0.94,
        "a setting is missing",
        phrases=[r"environment variable not found|NotPresent|configuration property \""],
        severity="critical",
    ),
    rule(
        "configuration",
        0.7,
        "the settings could not be read",
        phrases=[r"(failed|unable|could not|cannot) (to )?(read|load|open|parse) (the )?config"],
        severity="critical",
    ),
    rule(
        "authentication",
        0.92,
        "a token was refused",
        types="jsonwebtoken.* oauth2.* openidconnect.*",
        severity="medium",
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule",
        types="url.* validator.* garde.* axum.* actix_web.* clap.* jsonschema.* nutype.* pico_args.*",
        severity="low",
    ),
    rule("filesystem", 0.85, "a damaged archive", types="zip.* tar.* sevenz_rust.*"),
    rule("programming_error", 0.8, "a pattern that is no pattern, or a task that panicked", types="regex.* *JoinError"),
    rule(
        "filesystem", 0.6, "input or output failed", types="std.io.Error std.io.error.Error io.Error std.fs.* walkdir.*"
    ),
    rule(
        "dependency",
        0.55,
        "another service answered with an error",
        types="aws_sdk_s3.* aws_smithy_runtime_api.* octocrab.* aws_sdk_dynamodb.* kube.*",
    ),
    rule(
        "concurrency",
        0.8,
        "a channel's other end is gone",
        phrases=[
            r"(sending|receiving) on a (closed|disconnected) channel|channel closed|SendError|RecvError",
            r"send failed because receiver is gone",
        ],
        severity="medium",
    ),
    rule(
        "programming_error",
        0.9,
        "a recursion without an end",
        phrases=[r"has overflowed its stack"],
        severity="critical",
    ),
    rule(
        "serialization",
        0.97,
        "text or bytes that cannot be decoded",
        phrases=[
            r"\berror\(\"[^\"]{1,200}\", line: \d+, column: \d+\)|kind: (invaliddata|invaliddigit|decode)\b",
            r"stream did not contain valid",
        ],
        firm=True,
    ),
    rule("timeout", 0.96, "a time limit passed", phrases=[r"err` value: elapsed|kind: timedout|messagetimedout"]),
    rule(
        "network",
        0.9,
        "a stream ended early",
        phrases=[r"kind: (brokenpipe|connectionreset|connectionaborted|notconnected)"],
    ),
    rule(
        "concurrency",
        0.93,
        "a lock or channel whose other side is gone",
        phrases=[r"err` value: \"?(poisonerror|senderror|recverror|trysenderror|tryrecverror|joinerror)"],
    ),
    rule(
        "programming_error",
        0.9,
        "a value of another type",
        phrases=[
            r"err` value: (tryfrominterror|any\b|any \{|tryfromsliceerror|layouterror|infallible)",
            r"variable in strict mode",
        ],
    ),
    rule(
        "resource_exhaustion",
        0.85,
        "a limit of memory or space",
        phrases=[r"exceededlimit|kind: (outofmemory|storagefull)|out of resources"],
    ),
    rule("filesystem", 0.85, "a template is not there", phrases=[r"^template '[^']{1,200}' not found"]),
    rule(
        "concurrency",
        0.9,
        "a channel whose other side is gone",
        phrases=[r"^channel (is )?closed$|sending on a (closed|disconnected)|receiving on (a closed|an empty)"],
    ),
    rule("filesystem", 0.5, "a truncated file", phrases=[r"kind: unexpectedeof|failed to fill whole buffer"]),
    rule(
        "serialization",
        0.93,
        "text that cannot be decoded",
        phrases=[r"err` value: (syntax|parse|invaliddigit|invalid(month|day|year|time|date))\b"],
    ),
    rule("filesystem", 0.9, "a file is not there", phrases=[r"repr: os\(2\)"]),
    rule(
        "configuration",
        0.96,
        "a setting is missing or wrong",
        types="figment.* dotenvy.* config.ConfigError envy.Error twelf.* confy.*",
        firm=True,
    ),
    languages="rust",
    wrappers="""
        panic anyhow.Error eyre.Report Box<dyn std.error.Error> Error std.error.Error PanicException Report
        """,
)
