"""Errors as libraries of many ecosystems word them: a row per lesson of how types and messages generalise.

Written from memory of the libraries, not from the raised errors of `tests/data`.
"""

import pytest

from tracemedic_processor.classify import Subject, classify

ERRORS = r"""
rust | sqlx_core::error::Error | pool timed out while waiting for an open connection | database
rust | reqwest::error::Error | error decoding response body | serialization
rust | hyper::Error | connection closed before message completed | network
rust | hyper_util::client::legacy::client::Error | client error (Connect) | network
rust | serde_json::error::Error | missing field `sku` at line 1 column 20 | serialization
rust | serde_json::error::Error | expected `,` or `}` at line 1 column 12 | serialization
rust | serde_json::Error | EOF while parsing an object at line 1 column 9 | serialization
rust | quick_xml::errors::Error | ill-formed document: expected `</a>`, but `</b>` was found | serialization
rust | redis::types::RedisError | Connection refused (os error 111) | database
rust | mongodb::error::Error | Kind: Server selection timeout: No available servers | database
rust | rusqlite::error::Error | UNIQUE constraint failed: users.email | database
rust | rusqlite::Error | no such table: x | database
rust | tokio::time::error::Elapsed | deadline has elapsed | timeout
rust | std::env::VarError | environment variable not found | configuration
rust | validator::types::ValidationErrors | email: Validation error: email [{}] | validation
rust | garde::error::Report | name: length is lower than 1 | validation
rust | jsonwebtoken::errors::Error | ExpiredSignature | authentication
rust | jsonwebtoken::errors::Error | InvalidToken | authentication
rust | std::sync::poison::PoisonError | poisoned lock: another task failed inside | concurrency
rust | tungstenite::error::Error | Connection closed normally | network
rust | lapin::Error | IO error: Connection refused (os error 111) | network
rust | async_openai::error::OpenAIError | insufficient_quota: You exceeded your current quota | llm_api
rust | tokio_rustls::rustls::Error | invalid peer certificate: UnknownIssuer | network
go | *errors.errorString | no rows in result set | database
go | *errors.errorString | record not found | database
go | sqlite3.Error | UNIQUE constraint failed: users.email | database
go | *errors.errorString | redis: nil | database
go | mongo.CommandError | (Unauthorized) command insert requires authentication | database
go | *json.SyntaxError | unexpected end of JSON input | serialization
go | *json.UnsupportedTypeError | json: unsupported type: chan int | serialization
go | *json.MarshalerError | json: error calling MarshalJSON for type main.X: boom | serialization
go | *errors.errorString | yaml: line 2: did not find expected key | serialization
go | *csv.ParseError | record on line 2: wrong number of fields | serialization
go | validation.Errors | email: must be a valid email address. | validation
go | *errors.errorString | token has invalid claims: token is expired | authentication
go | *jwt.ValidationError | signature is invalid | authentication
go | *fmt.wrapErrors | token signature is invalid: signature is invalid | authentication
go | *status.Error | rpc error: code = PermissionDenied desc = no | authorization
go | kafka.Error | Local: Broker transport failure | network
go | *errors.errorString | nats: no servers available for connection | network
go | *errors.errorString | nats: timeout | timeout
go | *errors.errorString | template: pattern matches no files: `*.html` | filesystem
go | *exec.ExitError | exit status 2 | dependency
go | *googleapi.Error | googleapi: Error 429: Quota exceeded, rateLimitExceeded | rate_limit
go | *net.DNSError | lookup x.invalid: no such host | network
go | *errors.errorString | context canceled | timeout
go | *multierror.Error | 2 errors occurred: connection refused | network
go | *websocket.CloseError | websocket: close 1006 (abnormal closure): unexpected EOF | network
go | *textproto.Error | 535 5.7.8 Error: authentication failed | authentication
go | *gobreaker.errorString | circuit breaker is open | dependency
go | *fs.PathError | open /x: permission denied | filesystem
nodejs | ER_PARSE_ERROR | You have an error in your SQL syntax; check the manual | database
nodejs | PROTOCOL_CONNECTION_LOST | Connection lost: The server closed the connection. | database
nodejs | SQLITE_CONSTRAINT_UNIQUE | UNIQUE constraint failed: users.email | database
nodejs | SQLITE_ERROR | no such table: x | database
nodejs | ERR_SQLITE_ERROR | no such table: x | database
nodejs | ValidationError | User validation failed: email: Path `email` is required. | validation
nodejs | ECONNREFUSED | connect ECONNREFUSED 127.0.0.1:9 | network
nodejs | ERR_BAD_REQUEST | Request failed with status code 404 | dependency
nodejs | ERR_BAD_REQUEST | Request failed with status code 401 | authentication
nodejs | ERR_BAD_RESPONSE | Request failed with status code 502 | dependency
nodejs | ECONNABORTED | timeout of 100ms exceeded | timeout
nodejs | ERR_CANCELED | canceled | timeout
nodejs | ERR_NETWORK | Network Error | network
nodejs | ENOTFOUND | getaddrinfo ENOTFOUND nowhere.invalid | network
nodejs | CERT_HAS_EXPIRED | certificate has expired | network
nodejs | UNABLE_TO_VERIFY_LEAF_SIGNATURE | unable to verify the first certificate | network
nodejs | ValidationError | sku is a required field | validation
nodejs | ValidationError | count must be greater than or equal to 1 | validation
nodejs | ValiError | Invalid type: Expected string but received 1 | validation
nodejs | StructError | At path: sku -- Expected a string, but received: undefined | validation
nodejs | JsonWebTokenError | invalid signature | authentication
nodejs | JsonWebTokenError | jwt malformed | authentication
nodejs | TokenExpiredError | jwt expired | authentication
nodejs | NotBeforeError | jwt not active | authentication
nodejs | entity.parse.failed | Unexpected token x in JSON at position 0 | serialization
nodejs | ForbiddenException | Forbidden resource | authorization
nodejs | NoSuchKey | The specified key does not exist. | filesystem
nodejs | NoSuchBucket | The specified bucket does not exist | filesystem
nodejs | ThrottlingException | Rate exceeded | rate_limit
nodejs | StripeRateLimitError | Too many requests | rate_limit
nodejs | 4 | 4 DEADLINE_EXCEEDED: Deadline exceeded after 0.1s | timeout
nodejs | AI_APICallError | Invalid API key | llm_api
nodejs | APIConnectionError | Connection error. | llm_api
nodejs | McpError | MCP error -32602: Invalid params | agent_tool
nodejs | -32602 | MCP error -32602: Input validation error | agent_tool
nodejs | -32601 | MCP error -32601: Method not found | agent_tool
nodejs | ToolInputParsingException | Received tool input did not match expected schema | agent_tool
nodejs | Error | Invalid Record Length: expect 2, got 3 on line 2 | serialization
nodejs | Z_DATA_ERROR | incorrect header check | serialization
nodejs | Z_BUF_ERROR | unexpected end of file | serialization
nodejs | ERR_ENCODING_INVALID_ENCODED_DATA | The encoded data was not valid for encoding utf-8 | serialization
nodejs | ERR_ASSERTION | Expected values to be strictly equal: 1 !== 2 | programming_error
nodejs | ERR_HTTP_HEADERS_SENT | Cannot set headers after they are sent to the client | programming_error
nodejs | TypeError | x.map is not a function | programming_error
nodejs | TypeError | Assignment to constant variable. | programming_error
nodejs | TypeError | Cannot mix BigInt and other types, use explicit conversions | programming_error
nodejs | AbortError | The operation was aborted | timeout
nodejs | AbortError | This operation was aborted | timeout
nodejs | Error | Missing required environment variable: SHOP_KEY | configuration
nodejs | Error | SHOP_URL is not defined | configuration
nodejs | Error | secretOrPrivateKey must have a value | configuration
nodejs | Error | Input file is missing: /x.png | filesystem
nodejs | Error | Lock is already held | concurrency
nodejs | ELOCKED | Lock file is already being held | concurrency
nodejs | BreakerOpenError | Breaker is open | dependency
nodejs | EOPENBREAKER | Breaker is open | dependency
python | requests.exceptions.JSONDecodeError | Expecting value: line 1 column 1 (char 0) | serialization
python | aiohttp.client_exceptions.ServerDisconnectedError | Server disconnected | network
python | pymongo.errors.ServerSelectionTimeoutError | 127.0.0.1:9: [Errno 111] Connection refused | database
python | pymongo.errors.DuplicateKeyError | E11000 duplicate key error | database
python | django.db.utils.IntegrityError | UNIQUE constraint failed: shop_user.email | database
python | shop.models.Order.DoesNotExist | Order matching query does not exist. | database
python | django.template.exceptions.TemplateDoesNotExist | x.html | filesystem
python | jinja2.exceptions.TemplateNotFound | x.html | filesystem
python | attrs.exceptions.NotAnAttrsClassError | x is not an attrs-decorated class | programming_error
python | yaml.scanner.ScannerError | mapping values are not allowed here | serialization
python | ruamel.yaml.scanner.ScannerError | mapping values are not allowed here | serialization
python | xmltodict.expat.ExpatError | not well-formed (invalid token): line 1, column 4 | serialization
python | lxml.etree.XPathEvalError | Invalid expression | programming_error
python | numpy.exceptions.AxisError | axis 3 is out of bounds for array of dimension 1 | programming_error
python | jwt.exceptions.ExpiredSignatureError | Signature has expired | authentication
python | jwt.exceptions.DecodeError | Not enough segments | authentication
python | jose.exceptions.JWTClaimsError | Invalid audience | authentication
python | authlib.jose.errors.BadSignatureError | bad_signature:  | authentication
python | argon2.exceptions.VerifyMismatchError | The password does not match the supplied hash | authentication
python | kombu.exceptions.OperationalError | [Errno 111] Connection refused | network
python | celery.exceptions.TimeoutError | The operation timed out. | timeout
python | kafka.errors.NoBrokersAvailable | NoBrokersAvailable | network
python | nats.errors.NoServersError | nats: no servers available for connection | network
python | nats.errors.TimeoutError | nats: timeout | timeout
python | botocore.exceptions.NoRegionError | You must specify a region. | configuration
python | azure.core.exceptions.ServiceRequestError | Cannot connect to host x | network
python | anthropic.APIConnectionError | Connection error. | llm_api
python | anthropic.RateLimitError | Error code: 429 | llm_api
python | litellm.exceptions.ContextWindowExceededError | litellm.BadRequestError: x | llm_api
python | cohere.errors.too_many_requests_error.TooManyRequestsError | status_code: 429 | llm_api
python | groq.RateLimitError | Error code: 429 | llm_api
python | langchain_core.exceptions.OutputParserException | Invalid json output: x | agent_tool
python | mcp.shared.exceptions.McpError | Connection closed | agent_tool
python | mcp.server.fastmcp.exceptions.ToolError | Error executing tool x: boom | agent_tool
python | agents.exceptions.MaxTurnsExceeded | Max turns (2) exceeded | agent_tool
python | instructor.exceptions.InstructorRetryException | 1 validation error for Order | agent_tool
python | dateutil.parser._parser.ParserError | Unknown string format: x | serialization
python | email_validator.exceptions_types.EmailSyntaxError | An email address must have an @-sign. | validation
python | stripe._error.CardError | Your card was declined. | validation
python | elastic_transport.ConnectionError | Connection error caused by: NewConnectionError | database
python | pexpect.exceptions.TIMEOUT | Timeout exceeded. | timeout
python | environ.exceptions.ImproperlyConfigured | Set the SECRET environment variable | configuration
python | dynaconf.validator.ValidationError | X is required in env main | configuration
python | omegaconf.errors.ConfigAttributeError | Missing key x | configuration
python | starlette.exceptions.HTTPException | 404: Not Found | validation
python | flask.cli.NoAppException | Could not locate a Flask application. | configuration
python | sanic.exceptions.NotFound | Requested URL /x not found | validation
python | kubernetes.client.exceptions.ApiException | (404) Reason: Not Found | infrastructure
python | pybreaker.CircuitBreakerError | Timeout not elapsed yet, circuit breaker still open | dependency
python | ratelimit.exception.RateLimitException | too many calls | rate_limit
python | ValueError | math domain error | programming_error
python | ValueError | Unable to coerce to Series, length must be 1: given 2 | programming_error
python | playwright._impl._errors.TimeoutError | Timeout 1000ms exceeded. | timeout
python | torch.cuda.OutOfMemoryError | CUDA out of memory. | resource_exhaustion
java | com.mysql.cj.jdbc.exceptions.CommunicationsException | Communications link failure | database
java | org.sqlite.SQLiteException | [SQLITE_CONSTRAINT_UNIQUE] A UNIQUE constraint failed | database
java | com.mongodb.MongoWriteException | Write operation error on server: E11000 duplicate key | database
java | redis.clients.jedis.exceptions.JedisConnectionException | Failed to create socket. | database
java | io.lettuce.core.RedisConnectionException | Unable to connect to localhost:9 | database
java | java.net.ConnectException | Connection refused | network
java | java.net.http.HttpConnectTimeoutException | HTTP connect timed out | timeout
java | java.net.http.HttpTimeoutException | request timed out | timeout
java | org.apache.http.conn.ConnectTimeoutException | Connect to x timed out | timeout
java | org.apache.http.client.HttpResponseException | status code: 404, reason phrase: Not Found | dependency
java | org.apache.hc.client5.http.HttpResponseException | status code: 503 | dependency
java | org.apache.http.client.ClientProtocolException | x | network
java | org.apache.http.conn.ConnectionPoolTimeoutException | Timeout waiting for connection from pool | timeout
java | okhttp3.internal.http2.StreamResetException | stream was reset: CANCEL | network
java | java.net.SocketTimeoutException | timeout | timeout
java | retrofit2.HttpException | HTTP 404 Not Found | dependency
java | retrofit2.adapter.rxjava2.HttpException | HTTP 500 | dependency
java | feign.FeignException$ServiceUnavailable | [503] during [GET] to [x] | dependency
java | feign.codec.DecodeException | Error while extracting response | serialization
java | org.yaml.snakeyaml.scanner.ScannerException | mapping values are not allowed here | serialization
java | com.thoughtworks.xstream.mapper.CannotResolveClassException | x | serialization
java | org.apache.commons.csv.CSVException | x | serialization
java | jakarta.validation.ConstraintViolationException | sku: must not be null | validation
java | org.springframework.web.servlet.resource.NoResourceFoundException | No static resource x. | validation
java | io.jsonwebtoken.ExpiredJwtException | JWT expired at 2024 | authentication
java | io.jsonwebtoken.MalformedJwtException | Invalid compact JWT string | authentication
java | com.auth0.jwt.exceptions.TokenExpiredException | The Token has expired on 2024 | authentication
java | com.nimbusds.jwt.proc.BadJWTException | Expired JWT | authentication
java | org.springframework.security.access.AccessDeniedException | Access is denied | authorization
java | org.apache.shiro.authz.UnauthorizedException | Subject does not have permission [x] | authorization
java | org.apache.kafka.common.errors.SerializationException | Error deserializing key/value | serialization
java | com.rabbitmq.client.AlreadyClosedException | channel is already closed due to channel error | network
java | com.rabbitmq.client.AuthenticationFailureException | ACCESS_REFUSED - Login was refused | authentication
java | io.grpc.StatusRuntimeException | UNAVAILABLE: io exception | network
java | io.grpc.StatusRuntimeException | INVALID_ARGUMENT: x | validation
java | com.openai.errors.RateLimitException | 429: x | llm_api
java | com.openai.errors.UnauthorizedException | 401: Incorrect API key provided | llm_api
java | com.anthropic.errors.BadRequestException | 400: x | llm_api
java | dev.langchain4j.exception.RateLimitException | x | llm_api
java | io.micronaut.context.exceptions.NoSuchBeanException | No bean of type [X] exists. | configuration
java | java.lang.IllegalStateException | Duplicate key a (attempted merging values 1 and 2) | programming_error
java | java.util.concurrent.RejectedExecutionException | Task rejected from ThreadPoolExecutor | concurrency
java | java.util.concurrent.CompletionException | java.lang.NullPointerException | programming_error
java | org.apache.commons.cli.UnrecognizedOptionException | Unrecognized option: -x | validation
java | jakarta.ws.rs.NotFoundException | HTTP 404 Not Found | validation
php | mysqli_sql_exception | Connection refused | database
php | Illuminate\Validation\ValidationException | The email field is required. | validation
php | Predis\Connection\ConnectionException | Connection refused [tcp://127.0.0.1:9] | database
php | Predis\Response\ServerException | WRONGTYPE Operation against a key | database
php | RedisException | Connection refused | database
php | MongoDB\Driver\Exception\ConnectionTimeoutException | No suitable servers found | database
php | GuzzleHttp\Exception\InvalidArgumentException | json_decode error: Syntax error | serialization
php | JsonException | Syntax error | serialization
php | JsonException | Malformed UTF-8 characters, possibly incorrectly encoded | serialization
php | JsonException | Maximum stack depth exceeded | serialization
php | Symfony\Component\Yaml\Exception\ParseException | Malformed inline YAML string | serialization
php | Respect\Validation\Exceptions\NestedValidationException | All of the required rules must pass | validation
php | Webmozart\Assert\InvalidArgumentException | Expected a positive integer. Got: -1 | validation
php | Assert\LazyAssertionException | The following 1 assertions failed | validation
php | Opis\JsonSchema\Exceptions\UnresolvedReferenceException | x | validation
php | Firebase\JWT\ExpiredException | Expired token | authentication
php | Firebase\JWT\SignatureInvalidException | Signature verification failed | authentication
php | UnexpectedValueException | Wrong number of segments | authentication
php | League\OAuth2\Client\Provider\Exception\IdentityProviderException | invalid_grant | authentication
php | League\Flysystem\UnableToReadFile | Unable to read file from location: x. | filesystem
php | Brick\Math\Exception\DivisionByZeroException | Division by zero. | programming_error
php | OpenAI\Exceptions\ErrorException | Incorrect API key provided | llm_api
php | OpenAI\Exceptions\RateLimitException | x | llm_api
php | PHPMailer\PHPMailer\Exception | SMTP Error: Could not connect to SMTP host. | network
php | PHPMailer\PHPMailer\Exception | SMTP Error: Could not authenticate. | authentication
php | SoapFault | Could not connect to host | network
php | PharException | internal corruption of phar | filesystem
php | League\Csv\Exception | `x`: failed to open stream: No such file or directory. | filesystem
ruby | SQLite3::ConstraintException | UNIQUE constraint failed: users.email | database
ruby | SQLite3::SQLException | no such table: x | database
ruby | Redis::CannotConnectError | Connection refused - connect(2) for 127.0.0.1:9 | database
ruby | Redis::CommandError | WRONGTYPE Operation against a key | database
ruby | RedisClient::CannotConnectError | Connection refused | database
ruby | Faraday::TimeoutError | Net::ReadTimeout with #<TCPSocket:(closed)> | timeout
ruby | Faraday::ResourceNotFound | the server responded with status 404 | dependency
ruby | Faraday::UnauthorizedError | the server responded with status 401 | authentication
ruby | Faraday::ForbiddenError | the server responded with status 403 | authorization
ruby | Faraday::ServerError | the server responded with status 500 | dependency
ruby | Faraday::TooManyRequestsError | the server responded with status 429 | rate_limit
ruby | HTTP::ConnectionError | failed to connect: Connection refused | network
ruby | HTTP::TimeoutError | Timed out after using the allocated 0.1 seconds | timeout
ruby | RestClient::NotFound | 404 Not Found | dependency
ruby | RestClient::Exceptions::ReadTimeout | Timed out reading data from server | timeout
ruby | RestClient::InternalServerError | 500 Internal Server Error | dependency
ruby | Excon::Error::NotFound | Expected(200) <=> Actual(404 Not Found) | dependency
ruby | Excon::Error::Socket | Connection refused - connect(2) (Errno::ECONNREFUSED) | network
ruby | HTTPX::ConnectTimeoutError | timed out while waiting on 0.1 seconds | timeout
ruby | JSON::GeneratorError | source sequence is illegal/malformed utf-8 | serialization
ruby | Oj::ParseError | unexpected character | serialization
ruby | Psych::SyntaxError | (<unknown>): mapping values are not allowed in this context | serialization
ruby | Psych::DisallowedClass | Tried to load unspecified class: Symbol | serialization
ruby | Nokogiri::XML::SyntaxError | 1:1: FATAL: Document is empty | serialization
ruby | JWT::ExpiredSignature | Signature has expired | authentication
ruby | JWT::VerificationError | Signature verification failed | authentication
ruby | OAuth2::Error | invalid_grant: x | authentication
ruby | Pundit::NotAuthorizedError | not allowed to update? this Order | authorization
ruby | CanCan::AccessDenied | You are not authorized to access this page. | authorization
ruby | ActionController::ParameterMissing | param is missing or the value is empty: order | validation
ruby | Dry::Struct::Error | [Order.new] :sku is missing in Hash input | validation
ruby | JSONSchemer::InvalidRefResolution | x | validation
ruby | Grape::Exceptions::ValidationErrors | sku is missing | validation
ruby | Sinatra::NotFound | Sinatra::NotFound | validation
ruby | Rack::Timeout::RequestTimeoutException | Request ran for longer than 15000ms | timeout
ruby | Bunny::AuthenticationFailureError | Authentication with RabbitMQ failed. | authentication
ruby | Kafka::ConnectionError | Could not connect to any of the seed brokers | network
ruby | Aws::S3::Errors::NoSuchKey | The specified key does not exist. | filesystem
ruby | Aws::S3::Errors::AccessDenied | Access Denied | authorization
ruby | Aws::Errors::MissingRegionError | No region was provided. | configuration
ruby | OpenAI::Errors::RateLimitError | 429 | llm_api
ruby | Anthropic::Errors::AuthenticationError | 401 | llm_api
ruby | Zip::Error | File x not found | filesystem
ruby | KeyError | key not found: :price | programming_error
ruby | Errno::ENOENT | No such file or directory @ rb_sysopen - /x | filesystem
dotnet | System.Net.Http.HttpRequestException | Connection refused (127.0.0.1:9) | network
dotnet | FluentValidation.ValidationException | Validation failed: -- Sku: must not be empty | validation
dotnet | System.InvalidOperationException | Sequence contains no elements | programming_error
"""


@pytest.mark.parametrize("row", ERRORS.strip().splitlines())
def test_an_error_is_recognised_as_its_library_words_it(row: str) -> None:
    language, error_type, message, category = row.split(" | ")
    assert classify(Subject(error_type=error_type, message=message, language=language)).category == category


@pytest.mark.parametrize(
    ("error_type", "message", "language", "category"),
    [
        ("TypeError", "Cannot read properties of undefined (reading 'setting')", "nodejs", "programming_error"),
        ("ValidationError", '"colour" is not allowed', "nodejs", "validation"),
        ("toml::de::Error", "TOML parse error: duplicate key `a` in document root", "rust", "serialization"),
        ("ValueError", "Circular reference detected", "python", "serialization"),
        ("botocore.exceptions.ClientError", "(ResourceNotFoundException) no such thing", "python", "dependency"),
        ("ruamel.yaml.scanner.ScannerError", "mapping values are not allowed here", "python", "serialization"),
        ("xml.parsers.expat.ExpatError", "not well-formed (invalid token): line 1", "python", "serialization"),
    ],
)
def test_a_word_inside_another_sentence_decides_nothing(
    error_type: str, message: str, language: str, category: str
) -> None:
    assert classify(Subject(error_type=error_type, message=message, language=language)).category == category


def test_a_name_that_every_package_has_says_something_only_with_its_own_package() -> None:
    assert classify(Subject(error_type="*pq.Error", message="x", language="go")).category == "database"
    assert classify(Subject(error_type="*harbour.Error", message="x", language="go")).category == "unknown"
    assert classify(
        Subject(error_type="tokio_postgres::error::Error", message="db error", language="rust")
    ).category == ("database")
