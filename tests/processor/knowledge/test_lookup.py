"""One row per lesson: what an error says, and the entry that a senior engineer would turn to first."""

# ruff: noqa: E501 -- a row of the table is a line

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_processor.knowledge import Subject, default, is_default, lookup
from tracemedic_processor.knowledge.codes import TEXT_CHARS_MAX, codes_in, codes_of
from tracemedic_processor.knowledge.tables import TABLES
from tracemedic_storage.records import CATEGORIES

LESSONS = [
    # type, message, category, key
    ("psycopg.errors.UniqueViolation", 'duplicate key value violates unique constraint "users_email_key"', "database", "SQLSTATE 23505"),
    ("pymysql.err.IntegrityError", "(1062, \"Duplicate entry 'a' for key 'users.email'\")", "database", "SQLSTATE 23505"),
    ("PrismaClientKnownRequestError", "Unique constraint failed on the fields: (`email`) P2002", "database", "SQLSTATE 23505"),
    ("java.sql.SQLException", "ORA-00001: unique constraint (SHOP.PK_ORDERS) violated", "database", "SQLSTATE 23505"),
    ("*pgconn.PgError", 'ERROR: insert or update on table "o" violates foreign key constraint "fk" (SQLSTATE 23503)', "database", "SQLSTATE 23503"),
    ("IntegrityError", "NOT NULL constraint failed: orders.total", "database", "SQLSTATE 23502"),
    ("error", "pq: deadlock detected (40P01)", "database", "SQLSTATE 40P01"),
    ("PDOException", "SQLSTATE[40001]: Serialization failure: 1213 Deadlock found when trying to get lock", "database", "SQLSTATE 40P01"),
    ("sqlalchemy.exc.OperationalError", "canceling statement due to statement timeout", "database", "SQLSTATE 57014"),
    ("psycopg.OperationalError", "FATAL:  sorry, too many clients already", "database", "SQLSTATE 53300"),
    ("psycopg.errors.UndefinedTable", 'relation "orders" does not exist', "database", "SQLSTATE 42P01"),
    ("sqlite3.OperationalError", "no such table: orders", "database", "SQLSTATE 42P01"),
    ("sqlite3.OperationalError", "no such column: total", "database", "SQLSTATE 42703"),
    ("psycopg.OperationalError", 'password authentication failed for user "shop"', "database", "SQLSTATE 28P01"),
    ("InFailedSqlTransaction", "current transaction is aborted, commands ignored until end of block", "database", "SQLSTATE 25P02"),
    ("psycopg.OperationalError", "server closed the connection unexpectedly", "database", "SQLSTATE 08006"),
    ("psycopg.OperationalError", 'connection to server at "db" (10.0.0.1), port 5432 failed: Connection refused', "database", "SQLSTATE 08001"),
    ("Error", 'prepared statement "s1" already exists', "database", "SQLSTATE 26000"),
    ("sqlite3.OperationalError", "database is locked", "database", "SQLITE_BUSY"),
    ("sqlalchemy.exc.TimeoutError", "QueuePool limit of size 5 overflow 10 reached, connection timed out", "database", "pool exhausted"),
    ("java.sql.SQLTransientConnectionException", "HikariPool-1 - Connection is not available, request timed out after 30000ms.", "database", "pool exhausted"),
    ("DetachedInstanceError", "Parent instance is not bound to a Session; lazy load operation of attribute 'x'", "database", "lazy load outside session"),
    ("pymongo.errors.DuplicateKeyError", "E11000 duplicate key error collection: shop.users", "database", "mongodb 11000"),
    ("pymongo.errors.ServerSelectionTimeoutError", "No replica set members found yet", "database", "mongodb server selection"),
    ("redis.exceptions.ReadOnlyError", "You can't write against a read only replica.", "database", "redis READONLY"),
    ("ReplyError", "OOM command not allowed when used memory > 'maxmemory'.", "database", "redis OOM"),
    ("ReplyError", "WRONGTYPE Operation against a key holding the wrong kind of value", "database", "redis WRONGTYPE"),
    ("CommitFailedException", "Commit cannot be completed since the group has already rebalanced", "dependency", "kafka rebalance"),
    ("ChannelClosedByBroker", "(406, \"PRECONDITION_FAILED - inequivalent arg 'durable'\")", "dependency", "amqp channel closed"),
    ("FileNotFoundError", "[Errno 2] No such file or directory: '/etc/shop.yaml'", "filesystem", "ENOENT"),
    ("Error", "ENOENT: no such file or directory, open 'x.json'", "filesystem", "ENOENT"),
    ("std::io::Error", "Permission denied (os error 13)", "filesystem", "EACCES"),
    ("OSError", "[Errno 28] No space left on device", "resource_exhaustion", "ENOSPC"),
    ("OSError", "[Errno 24] Too many open files: 'a'", "resource_exhaustion", "EMFILE"),
    ("RuntimeError", "can't start new thread", "resource_exhaustion", "EAGAIN threads"),
    ("CalledProcessError", "Command '['x']' returned non-zero exit status 137.", "infrastructure", "SIGKILL"),
    ("torch.cuda.OutOfMemoryError", "CUDA out of memory. Tried to allocate 2.00 GiB", "resource_exhaustion", "GPU out of memory"),
    ("ConnectionRefusedError", "[Errno 111] Connection refused", "network", "ECONNREFUSED"),
    ("Error", "connect ECONNREFUSED 127.0.0.1:8080", "network", "ECONNREFUSED"),
    ("AggregateError", "read ECONNRESET", "network", "ECONNRESET"),
    ("Error", "socket hang up", "network", "ECONNRESET"),
    ("Error", "getaddrinfo ENOTFOUND api.internal", "network", "ENOTFOUND"),
    ("socket.gaierror", "[Errno -3] Temporary failure in name resolution", "network", "EAI_AGAIN"),
    ("ssl.SSLCertVerificationError", "certificate verify failed: certificate has expired", "network", "certificate expired"),
    ("javax.net.ssl.SSLHandshakeException", "PKIX path building failed: unable to find valid certification path", "network", "certificate not trusted"),
    ("ssl.SSLError", "[SSL: WRONG_VERSION_NUMBER] wrong version number", "network", "TLS handshake"),
    ("OSError", "[Errno 98] Address already in use", "network", "EADDRINUSE"),
    ("requests.exceptions.ReadTimeout", "HTTPConnectionPool(host='x', port=80): Read timed out. (read timeout=5)", "timeout", "read timeout"),
    ("requests.exceptions.HTTPError", "404 Client Error: Not Found for url: /x", "dependency", "http 404"),
    ("httpx.HTTPStatusError", "Client error '401 Unauthorized' for url", "authentication", "http 401"),
    ("AxiosError", "Request failed with status code 429", "rate_limit", "http 429"),
    ("AxiosError", "Request failed with status code 502", "dependency", "http 502"),
    ("HttpServerErrorException", "503 Service Unavailable: [no body]", "dependency", "http 503"),
    ("grpc.RpcError", 'status = StatusCode.DEADLINE_EXCEEDED details = "Deadline Exceeded"', "timeout", "grpc DEADLINE_EXCEEDED"),
    ("*status.Error", "rpc error: code = PermissionDenied desc = no", "authorization", "grpc PERMISSION_DENIED"),
    ("io.grpc.StatusRuntimeException", "UNAUTHENTICATED: token expired", "authentication", "grpc UNAUTHENTICATED"),
    ("Error", "14 UNAVAILABLE: No connection established", "network", "grpc UNAVAILABLE"),
    ("botocore.exceptions.ClientError", "An error occurred (AccessDenied) when calling the GetObject operation", "authorization", "AWS AccessDenied"),
    ("botocore.exceptions.ClientError", "An error occurred (ThrottlingException) when calling X: Rate exceeded", "rate_limit", "AWS throttling"),
    ("botocore.exceptions.NoCredentialsError", "Unable to locate credentials", "authentication", "AWS no credentials"),
    ("NoSuchKey", "The specified key does not exist.", "filesystem", "S3 NoSuchKey"),
    ("google.auth.exceptions.DefaultCredentialsError", "Your default credentials were not found.", "authentication", "GCP default credentials"),
    ("MsalServiceError", "AADSTS7000222: The provided client secret keys are expired.", "authentication", "Entra AADSTS"),
    ("TokenExpiredError", "jwt expired", "authentication", "JWT expired"),
    ("Error", "container terminated: OOMKilled (exit code 137)", "resource_exhaustion", "OOMKilled"),
    ("Error", "Back-off pulling image: ImagePullBackOff", "infrastructure", "ImagePullBackOff"),
    ("Error", "pod is in CrashLoopBackOff", "infrastructure", "CrashLoopBackOff"),
    ("Error", "0/3 nodes are available: 3 Insufficient cpu.", "infrastructure", "FailedScheduling"),
    ("KeyError", "'DATABASE_URL'", "configuration", "KeyError environ"),
    ("KeyError", "'sku'", "programming_error", "KeyError"),
    ("ModuleNotFoundError", "No module named 'numpy'", "dependency", "module not found"),
    ("ImportError", "cannot import name 'soft_unicode' from 'markupsafe'", "dependency", "name gone"),
    ("OSError", "libGL.so.1: cannot open shared object file: No such file or directory", "dependency", "native library"),
    ("json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", "serialization", "JSON empty"),
    ("json.decoder.JSONDecodeError", "Expecting ',' delimiter: line 3 column 5 (char 40)", "serialization", "JSON syntax"),
    ("TypeError", "Object of type datetime is not JSON serializable", "serialization", "JSON not writable"),
    ("UnicodeDecodeError", "'utf-8' codec can't decode byte 0xe4 in position 1: invalid continuation byte", "serialization", "Unicode decode"),
    ("ValueError", "invalid literal for int() with base 10: 'x'", "serialization", "date or number text"),
    ("pydantic_core._pydantic_core.ValidationError", "1 validation error for Order\nsku\n  Field required [type=missing]", "validation", "pydantic validation"),
    ("AttributeError", "'NoneType' object has no attribute 'id'", "programming_error", "None has no attribute"),
    ("RuntimeError", "dictionary changed size during iteration", "concurrency", "changed while iterated"),
    ("RuntimeError", "This event loop is already running", "concurrency", "event loop"),
    ("ZeroDivisionError", "division by zero", "programming_error", "ZeroDivisionError"),
    ("TypeError", "Cannot read properties of undefined (reading 'map')", "programming_error", "property of undefined"),
    ("TypeError", "x.map is not a function", "programming_error", "is not a function"),
    ("Error", "Cannot set headers after they are sent to the client", "programming_error", "headers sent"),
    ("ChunkLoadError", "Loading chunk 12 failed.", "network", "chunk load"),
    ("java.lang.NullPointerException", 'Cannot invoke "String.length()" because "s" is null', "programming_error", "NullPointerException"),
    ("java.lang.OutOfMemoryError", "Java heap space", "resource_exhaustion", "heap space"),
    ("runtime.Error", "runtime error: invalid memory address or nil pointer dereference", "programming_error", "go nil pointer"),
    ("fatal error", "concurrent map writes", "concurrency", "go concurrent map"),
    ("System.NullReferenceException", "Object reference not set to an instance of an object.", "programming_error", "NullReferenceException"),
    ("NoMethodError", "undefined method `name' for nil:NilClass", "programming_error", "ruby nil"),
    ("Error", "Call to a member function getName() on null", "programming_error", "php null"),
    ("panic", "called `Option::unwrap()` on a `None` value", "programming_error", "rust unwrap None"),
    ("MatchError", "no match of right hand side value: {:error, :enoent}", "programming_error", "elixir no match"),
    ("openai.RateLimitError", "Error code: 429 - Rate limit reached for gpt", "llm_api", "llm rate limit"),
    ("openai.RateLimitError", "Error code: 429 - You exceeded your current quota (insufficient_quota)", "llm_api", "llm quota"),
    ("openai.BadRequestError", "This model's maximum context length is 8192 tokens", "llm_api", "llm context length"),
    ("anthropic.APIStatusError", "Error code: 529 - overloaded_error", "llm_api", "llm overloaded"),
    ("openai.AuthenticationError", "Error code: 401 - Incorrect API key provided", "llm_api", "llm key"),
    ("openai.NotFoundError", "The model `gpt-9` does not exist or you do not have access to it", "llm_api", "llm model not found"),
    ("pydantic_ai.exceptions.UnexpectedModelBehavior", "Exceeded maximum retries (1) for output validation", "agent_tool", "agent output retries"),
    ("langgraph.errors.GraphRecursionError", "Recursion limit of 25 reached without hitting a stop condition", "agent_tool", "agent iteration limit"),
    ("ToolException", "Error calling tool 'search'", "agent_tool", "tool failed"),
    ("McpError", "MCP error -32000: Connection closed", "agent_tool", "MCP connection"),
]  # fmt: skip


@pytest.mark.parametrize(("error_type", "message", "category", "key"), LESSONS)
def test_an_error_finds_its_entry_first(error_type: str, message: str, category: str, key: str) -> None:
    found = lookup(Subject(types=(error_type,), messages=(message,), category=category))
    assert found[0].key == key


def test_the_root_cause_says_more_than_what_wraps_it() -> None:
    found = lookup(
        Subject(
            types=("psycopg.errors.UndefinedTable", "KeyError"),
            messages=('relation "orders" does not exist', "'sku'"),
            category="database",
        )
    )
    assert found[0].key == "SQLSTATE 42P01"


@pytest.mark.parametrize(
    ("attributes", "key"),
    [
        ({"http.response.status_code": "503"}, "http 503"),
        ({"rpc.grpc.status_code": "14"}, "grpc UNAVAILABLE"),
        ({"db.response.status_code": "23505"}, "SQLSTATE 23505"),
        ({"error.type": "ECONNREFUSED"}, "ECONNREFUSED"),
        ({"process.exit.code": "139"}, "SIGSEGV"),
    ],
)
def test_attributes_carry_codes(attributes: dict[str, str], key: str) -> None:
    assert lookup(Subject(attributes=attributes))[0].key == key


@pytest.mark.parametrize("category", CATEGORIES)
def test_where_nothing_fits_the_category_answers_with_low_confidence(category: str) -> None:
    (entry,) = lookup(Subject(types=("shop.Oddity",), messages=("the widget is sad",), category=category))
    assert entry == default(category)
    assert is_default(entry)
    assert entry.confidence <= 0.25


def test_a_bare_number_is_no_code() -> None:
    (entry,) = lookup(Subject(messages=("order 23505 of 429 customers in 137 places",), category="unknown"))
    assert is_default(entry)


def test_as_many_as_asked_for_and_none_that_distracts() -> None:
    told = "Error code: 429 - Rate limit reached for x"
    subject = Subject(types=("openai.RateLimitError",), messages=(told,), category="llm_api")
    assert [one.key for one in lookup(subject, limit=1)] == ["llm rate limit"]
    assert len(lookup(subject, limit=3)) <= 3
    precise = lookup(Subject(types=("ChunkLoadError",), messages=("Loading chunk 12 failed.",)))
    assert [one.key for one in precise] == ["chunk load"]


ROWS = [row for table in TABLES for row in table]


def test_there_are_entries_for_the_field() -> None:
    assert len(ROWS) >= 250
    assert len({row.entry.key for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.entry.key)
def test_an_entry_is_whole(row: object) -> None:
    entry = row.entry
    assert 10 < len(entry.meaning) <= 200
    assert entry.meaning.endswith(".")
    assert entry.causes
    assert all(8 <= len(cause) <= 160 for cause in entry.causes)
    assert entry.fixes
    assert all(10 <= len(fix.what) <= 200 and fix.where and len(fix.where) <= 80 for fix in entry.fixes)
    assert entry.categories
    assert 0.3 <= entry.confidence <= 0.9
    assert row.codes or row.types or row.phrases
    assert "://" not in f"{entry}"


@given(st.text(max_size=300), st.text(max_size=3_000))
def test_any_text_is_answered(error_type: str, message: str) -> None:
    assert lookup(Subject(types=(error_type,), messages=(message,), attributes={"error.type": error_type}))


def test_only_the_beginning_of_a_text_is_read() -> None:
    assert "sqlstate:23505" in set(codes_in("SQLSTATE 23505"))
    assert "sqlstate:23505" not in set(codes_in("x " * (TEXT_CHARS_MAX // 2) + "SQLSTATE 23505"))


def test_numbers_beyond_their_range_are_no_status() -> None:
    assert set(codes_of({"rpc.grpc.status_code": "99"})) == {"grpc:99"}
    assert set(codes_of({"http.response.status_code": "9" * 100})) == {f"http:{'9' * 60}"}
