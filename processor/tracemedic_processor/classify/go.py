"""Go: the standard library, the runtime and well-known modules that are no database."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule("programming_error", 0.9, "a panic of Go's runtime", types="runtime.* reflect.ValueError", severity="high"),
    rule(
        "programming_error",
        0.93,
        "a panic of Go's runtime",
        phrases=[
            r"invalid memory address or nil pointer|index out of range|slice bounds out of range",
            r"integer divide by zero",
            r"interface conversion:|assignment to entry in nil map|close of nil channel|makeslice:|makemap:",
            r"hash of unhashable type",
            r"reflect: call of|call of nil function|panic: runtime error|negative shift amount",
            r"segmentation violation",
        ],
        severity="high",
    ),
    rule(
        "concurrency",
        0.96,
        "goroutines got into each other's way",
        phrases=[
            r"concurrent map|all goroutines are asleep|sync: (negative|unlock|waitgroup|runlock)",
            r"unlock of unlocked|waitgroup is reused",
            r"data race|deadlock!$",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "concurrency",
        0.93,
        "a channel was used after its end",
        phrases=[r"(send on|close of) closed channel"],
        severity="high",
        firm=True,
    ),
    rule(
        "programming_error",
        0.9,
        "a recursion without an end",
        phrases=[r"stack overflow|goroutine stack exceeds"],
        severity="critical",
    ),
    rule(
        "network",
        0.88,
        "a connection failed",
        types="net.OpError net.DNSError tls.* x509.* net.AddrError net.UnknownNetworkError",
        severity="high",
    ),
    rule("network", 0.62, "an HTTP call failed", types="url.Error", severity="medium"),
    rule(
        "timeout",
        0.9,
        "a time limit passed",
        types="context.deadlineExceededError context.DeadlineExceeded http.httpError os.ErrDeadlineExceeded",
    ),
    rule(
        "timeout",
        0.92,
        "a deadline passed",
        phrases=[
            r"context deadline exceeded|client\.timeout exceeded|i/o timeout|tls handshake timeout",
            r"timeout awaiting response headers",
        ],
    ),
    rule("timeout", 0.55, "the caller gave up", phrases=[r"context canceled|operation was canceled"], severity="low"),
    rule("filesystem", 0.85, "the file system said no", types="fs.PathError os.PathError os.LinkError os.SyscallError"),
    rule(
        "filesystem",
        0.8,
        "a damaged archive, or files that are not there",
        phrases=[r"(?-i)^(archive/)?(zip|tar): |pattern matches no files"],
    ),
    rule(
        "programming_error",
        0.85,
        "a template or pattern is wrong",
        types="template.* syntax.* regexp.*",
    ),
    rule(
        "programming_error",
        0.75,
        "a template, pattern or helper used the wrong way",
        phrases=[r"(?-i)^(html/|text/)?template: |^(reflect|regexp|strings|bytes|slices): |error parsing regexp"],
    ),
    rule(
        "network",
        0.6,
        "a client of the network failed",
        types="websocket.* kafka.* sarama.* nats.* amqp.* amqp091.* ssh.* textproto.* smtp.* mqtt.* http2.* quic.*",
        severity="medium",
    ),
    rule(
        "network",
        0.6,
        "a client of the network failed",
        phrases=[r"(?-i)^(nats|kafka|amqp|websocket|ssh|mqtt|smtp|net|dns|quic|sarama): |read/write on closed pipe"],
        severity="medium",
    ),
    rule("dependency", 0.8, "a program was not found or failed", types="exec.Error exec.ExitError plugin.*"),
    rule(
        "serialization",
        0.92,
        "text or bytes that cannot be decoded",
        types="""
        json.* xml.* strconv.NumError time.ParseError base64.CorruptInputError yaml.* toml.* csv.ParseError
        hex.* time.* decimal.* uuid.* bson.* cbor.* bzip2.* lzw.* multipart.* mime.* hex.InvalidByteError gob.*
        proto.* protojson.* asn1.* gzip.* zlib.* flate.* sonic.* mapstructure.* xml.SyntaxError hcl.* strfmt.*
        utf8.* msgpack.*
        """,
        firm=True,
    ),
    rule(
        "serialization",
        0.92,
        "text or bytes that cannot be decoded",
        phrases=[
            (
                r"(json|yaml|xml|proto|toml): (cannot|unknown|unsupported|line|invalid|syntax|unmarshal|expected"
                r"|unexpected)"
            ),
            r"cannot unmarshal|unexpected end of json|invalid character .{1,12}(looking for|after|in|as)",
            r"illegal base64|gzip: invalid",
            r"strconv\.\w+: parsing|parsing time \"|error unmarshal|failed to unmarshal|could not unmarshal",
            r"proto: |invalid wire-?format|can't convert .{1,40} to decimal|invalid uuid",
            (
                r"(?-i)^(encoding/\w+|json|xml|yaml|toml|csv|gob|asn1|hex|base64|gzip|zlib|flate|proto|msgpack|image|png|jpeg"
                r"|gif|mime|multipart|time|strconv|bson|cbor|avro|snappy|zstd|lz4): "
            ),
        ],
        firm=True,
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule",
        types="""
        validator.ValidationErrors validator.* validation.Errors govalidator.* gojsonschema.* protovalidate.*
        flag.* pflag.* flags.* cli.* cobra.* netip.* mail.* ozzo.*
        """,
        severity="low",
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule",
        phrases=[r"field validation for '|named cookie not present|missing '\]' in host|first path segment in url"],
        severity="low",
    ),
    rule(
        "authentication",
        0.92,
        "a token or password was refused",
        types="jwt.ValidationError oauth2.RetrieveError ldap.Error jwt.*",
        severity="medium",
    ),
    rule(
        "authentication",
        0.92,
        "a token or password was refused",
        phrases=[
            r"token (is|has) (invalid|expired|malformed)|token signature is invalid",
            r"ssh: unable to authenticate|oauth2: (cannot fetch token|token expired|\")",
            r"bcrypt: |hashedPassword is not the hash",
        ],
        severity="medium",
    ),
    rule("infrastructure", 0.6, "an object of the cluster", types="errors.StatusError", modules="k8s.io"),
    rule(
        "dependency",
        0.55,
        "another service answered with an error",
        types="googleapi.Error stripe.* twilio.* github.* slack.* smithy.OperationError http.ResponseError gqlerror.*",
    ),
    rule("configuration", 0.88, "the settings cannot be read", types="viper.ConfigFileNotFoundError envconfig.* env.*"),
    rule(
        "configuration",
        0.9,
        "a setting is missing",
        phrases=[
            r"required (key|environment variable|env(ironment)? var)|config file .{0,80}not found",
            r"unknown driver|unsupported protocol scheme|unsupported config type|_(HOST|PORT|URL) must be defined",
        ],
        severity="critical",
    ),
    rule(
        "dependency",
        0.96,
        "a program or module is missing",
        phrases=[
            r"executable file not found in \$path|cannot find package|missing go\.sum",
            r"plugin was built with a different|no required module",
        ],
        firm=True,
    ),
    rule("network", 0.62, "a stream ended early", phrases=[r"(^|: )(unexpected )?EOF$"], severity="medium"),
    rule(
        "network",
        0.8,
        "an HTTP/2 stream broke",
        phrases=[
            r"http2: |stream error: stream id|use of closed network connection|server sent goaway",
            r"transport is closing|client connection (is closing|lost|force closed)",
        ],
        severity="medium",
    ),
    rule(
        "validation",
        0.93,
        "a command line that breaks its rules",
        phrases=[
            r"flag provided but not defined|unknown (shorthand )?flag|required flag\(s\)|flag needs an argument",
            r"(accepts|requires) (at (least|most)|exactly|between) \d+ arg|accepts \d+ arg",
            r"invalid argument \"[^\"]*\" for",
        ],
        severity="low",
    ),
    rule(
        "database",
        0.9,
        "an embedded store",
        phrases=[
            r"^(bucket|leveldb:|badger:|pebble:|bolt:) ?(key )?not found$|^key not found$",
            r"^bucket (not found|already exists)",
        ],
    ),
    rule(
        "rate_limit",
        0.95,
        "a limiter refused to wait",
        phrases=[r"would exceed context deadline|exceeds limiter's burst"],
    ),
    rule(
        "serialization",
        0.93,
        "text or bytes that cannot be decoded",
        phrases=[
            r"bufio\.scanner: token too long|cipher: message authentication failed|illegal base64|invalid wire-format",
            r"strconv\.\w{1,20}: parsing|^invalid uuid|time: (invalid|unknown unit|missing unit)",
        ],
        severity="medium",
        firm=True,
    ),
    rule("validation", 0.6, "a form that cannot be read", phrases=[r"^schema: |^form: |^multipart: "], severity="low"),
    rule("network", 0.5, "a server was stopped", phrases=[r"^http: server closed$"], severity="low"),
    languages="go",
    wrappers="""
    errors.errorString fmt.wrapError errors.fundamental errors.withStack errors.withMessage errors.joinError
    fmt.wrapErrors multierror.Error panic error errors.Error fatal
    """,
)
