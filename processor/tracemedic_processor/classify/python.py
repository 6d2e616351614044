"""Python: the exceptions of the language, its standard library and well-known packages that are no database."""

from tracemedic_processor.classify.rule import rule, table

_LANGUAGE = (
    rule(
        "programming_error",
        0.86,
        "Python's own error for a bug in the code",
        types="""
        TypeError AttributeError NameError UnboundLocalError IndexError AssertionError ZeroDivisionError
        NotImplementedError SyntaxError IndentationError TabError StopIteration StopAsyncIteration OverflowError
        ReferenceError FloatingPointError ArithmeticError dataclasses.FrozenInstanceError decimal.* statistics.*
        re.* sre_constants.* _sre.* graphlib.* numpy.* scipy.* polars.* attr.exceptions.* attrs.* sympy.*
        xarray.* networkx.NetworkXError lxml.etree.XPathEvalError lxml.etree.XPathError copy.* inspect.*
        ctypes.* regex.* injector.* pluggy.* jax.* tensorflow.python.framework.errors_impl.InvalidArgumentError
        unittest.* pytest.*
        """,
    ),
    rule("programming_error", 0.84, "a key that is not in the mapping", types="KeyError LookupError"),
    rule(
        "dependency",
        0.88,
        "a package of another version",
        types="AttributeError",
        phrases=[r"^module '[\w.]+' has no attribute"],
        severity="high",
    ),
    rule(
        "programming_error",
        0.9,
        "modules that import each other",
        types="AttributeError ImportError",
        phrases=[r"partially initialized module"],
        severity="critical",
    ),
    rule(
        "dependency",
        0.8,
        "a model or data set cannot be fetched",
        types="OSError",
        phrases=[r"can't load (tokenizer|the configuration|the model|feature|image)|huggingface\.co"],
        severity="high",
    ),
    rule("programming_error", 0.8, "a recursion without an end", types="RecursionError"),
    rule(
        "configuration",
        0.93,
        "a key in the spelling of a setting is missing",
        types="KeyError",
        phrases=[r"(?-i)^['\"]?[A-Z][A-Z0-9]+(_[A-Z0-9]+)+['\"]?$"],
        severity="critical",
    ),
    rule(
        "dependency",
        0.93,
        "a Python module or name cannot be imported",
        types="""
        ImportError ModuleNotFoundError pkg_resources.* importlib.metadata.PackageNotFoundError zipimport.*
        """,
        severity="critical",
    ),
    rule("validation", 0.5, "a value was refused", types="ValueError"),
    rule(
        "serialization",
        0.9,
        "text that is no number, date or identifier",
        types="ValueError decimal.InvalidOperation",
        phrases=[
            r"invalid literal for",
            r"could not convert string to (float|int|complex)",
            r"(time data|unconverted data remains|does not match format)",
            r"invalid isoformat string",
            r"badly formed hexadecimal uuid",
            r"\b(month|day|hour|minute|year|second) (must be in|is out of range)",
            r"decimal\.(ConversionSyntax|InvalidOperation)",
            r"malformed node or string",
            r"non-hexadecimal number found",
            r"unsupported pickle protocol|valid semver|circular reference",
            r"not JSON serializable|out of range float values are not JSON",
        ],
    ),
    rule(
        "programming_error",
        0.86,
        "values that do not fit each other in the code",
        types="ValueError RuntimeError",
        phrases=[
            r"(not enough|too many) values to unpack",
            r"shapes? .*(cannot|could not|mismatch|not aligned|incompatible)",
            r"dimension(s)? .*(mismatch|out of range)",
            r"(truth value of (an array|a Series|a DataFrame))",
            r"list\.(remove|index)\(x\)|is not in (list|tuple|deque)|substring not found|not in tuple",
            r"(arrays must|all arrays|must) be? ?(all )?(the )?same (length|shape|size)|length of values",
            r"I/O operation on closed file",
            r"unable to coerce to series|length must be|math domain error|cannot convert float (nan|infinity)",
            r"setting an array element with a sequence",
            r"invalid __array_struct__|cannot reshape|cannot reindex|expected all tensors to be on the same device",
            r"size (of tensor|mismatch)|expected scalar type|element \d+ of tensors does not require grad",
            r"max\(\) (arg|iterable argument) is|min\(\) (arg|iterable argument) is|empty (range|sequence)",
            r"super\(\)|generator (raised|ignored)|no active exception to reraise|cannot reuse already awaited",
        ],
    ),
    rule(
        "programming_error",
        0.9,
        "a missing column or label of a data frame",
        types="KeyError",
        phrases=[r"not (in|found in) (index|axis)|None of \["],
    ),
    rule("programming_error", 0.8, "a value of the wrong type to encode", types="TypeError", phrases=[r"NoneType"]),
    rule(
        "serialization",
        0.93,
        "a field nobody expects while decoding",
        types="msgspec.ValidationError",
        phrases=[r"unknown field|missing required field|expected `"],
        firm=True,
    ),
    rule(
        "validation",
        0.93,
        "an argument of the command line was refused",
        types="click.exceptions.* typer.BadParameter",
        severity="low",
        firm=True,
    ),
    rule(
        "serialization",
        0.93,
        "an object that JSON cannot carry",
        types="TypeError",
        phrases=[r"is not JSON serializable|not serializable|cannot pickle|can't pickle|keys must be str, int"],
        firm=True,
    ),
    rule(
        "serialization",
        0.93,
        "text or bytes that cannot be decoded",
        types="""
        json.decoder.JSONDecodeError json.JSONDecodeError simplejson.* orjson.* msgspec.* UnicodeDecodeError
        UnicodeEncodeError UnicodeError UnicodeTranslateError xml.parsers.expat.ExpatError
        xml.etree.ElementTree.ParseError lxml.etree.XMLSyntaxError yaml.* tomllib.TOMLDecodeError tomli.*
        csv.Error binascii.Error struct.error pickle.* zlib.error zstandard.* _csv.Error brotli.*
        gzip.BadGzipFile lzma.LZMAError google.protobuf.message.DecodeError
        google.protobuf.json_format.ParseError configparser.ParsingError plistlib.* msgpack.* cbor2.* avro.*
        fastavro.* toml.* ujson.* rapidjson.* requests.exceptions.JSONDecodeError httpx.DecodingError
        aiohttp.ContentTypeError aiohttp.client_exceptions.ContentTypeError pandas.errors.ParserError
        pandas.errors.EmptyDataError dateutil.parser._parser.ParserError dateutil.parser.ParserError
        marshmallow.exceptions.StringNotCollectionError requests.exceptions.ContentDecodingError
        urllib3.exceptions.DecodeError pyarrow.lib.ArrowInvalid pandas._libs.tslibs.parsing.DateParseError
        pandas._libs.tslibs.np_datetime.OutOfBoundsDatetime bs4.* html5lib.*
        phonenumbers.phonenumberutil.NumberParseException ZoneInfoNotFoundError ast.* tokenize.* _pickle.*
        ruamel.* packaging.* semver.* jsonpointer.* arrow.* pendulum.* defusedxml.* xmltodict.* tomlkit.*
        json5.* hjson.* cloudpickle.* dill.* pyarrow.* icalendar.* quopri.* email.errors.* html.* snappy.* lz4.*
        bz2.* blosc.* construct.* asn1crypto.* pyasn1.* dataclasses_json.* mashumaro.* sympy.core.* markdown.*
        feedparser.*
        """,
        firm=True,
    ),
    rule(
        "filesystem",
        0.88,
        "a damaged archive or document",
        types="""
        openpyxl.* xlrd.* pypdf.* PyPDF2.* docx.* PIL.* py7zr.* rarfile.* h5py.* fsspec.* zipfile.BadZipFile
        tarfile.ReadError tarfile.* zipfile.LargeZipFile
        """,
    ),
)

_SYSTEM = (
    rule(
        "filesystem",
        0.92,
        "the file system said no",
        types="FileNotFoundError FileExistsError NotADirectoryError IsADirectoryError shutil.* PermissionError",
        severity="medium",
    ),
    rule("resource_exhaustion", 0.95, "the process has no memory left", types="MemoryError", severity="critical"),
    rule("network", 0.86, "a connection failed", types="ConnectionRefusedError", severity="high"),
    rule(
        "network",
        0.86,
        "a connection broke",
        types="""
        ConnectionError ConnectionResetError ConnectionAbortedError BrokenPipeError EOFError
        asyncio.IncompleteReadError asyncio.exceptions.IncompleteReadError http.client.* urllib.error.URLError
        """,
        severity="medium",
    ),
    rule(
        "network",
        0.92,
        "name resolution, TLS or a proxy failed",
        types="""
        socket.gaierror socket.herror gaierror ssl.SSLError ssl.SSLCertVerificationError ssl.CertificateError
        ssl.SSLEOFError ssl.SSLZeroReturnError SSLCertVerificationError urllib3.exceptions.NameResolutionError
        """,
        severity="high",
    ),
    rule(
        "timeout",
        0.9,
        "a time limit passed",
        types="""
        TimeoutError asyncio.TimeoutError asyncio.exceptions.TimeoutError concurrent.futures.TimeoutError
        concurrent.futures._base.TimeoutError socket.timeout subprocess.TimeoutExpired async_timeout.*
        eventlet.timeout.* gevent.timeout.* gevent.Timeout trio.TooSlowError queue.Empty
        billiard.exceptions.TimeLimitExceeded billiard.exceptions.SoftTimeLimitExceeded
        celery.exceptions.TimeLimitExceeded celery.exceptions.SoftTimeLimitExceeded multiprocessing.TimeoutError
        multiprocessing.context.TimeoutError
        """,
    ),
    rule("timeout", 0.55, "the work was cancelled", types="asyncio.CancelledError asyncio.exceptions.CancelledError"),
    rule(
        "network",
        0.6,
        "a broken stream",
        types="anyio.* trio.*",
        severity="medium",
    ),
    rule(
        "concurrency",
        0.92,
        "wrong use of threads, tasks or the event loop",
        types="""
        RuntimeError asyncio.InvalidStateError asyncio.exceptions.InvalidStateError ValueError
        django.core.exceptions.SynchronousOnlyOperation sqlite3.ProgrammingError
        """,
        phrases=[
            r"event loop is (closed|already running)|running event loop|no (current|running) event loop",
            r"attached to a different loop|bound to a different event loop",
            r"changed size during iteration|mutated during iteration|changed during iteration",
            r"release unlocked lock|cannot (join|release|acquire).*(thread|lock)|threads can only be started once",
            r"coroutine .*(was never awaited|is being awaited already)|readexactly\(\) called while another",
            r"cannot schedule new futures|already executing|different (task|thread) than",
            r"asynchronous code from a sync",
            r"cannot call this from an async context|async context - use",
        ],
        firm=True,
    ),
    rule(
        "concurrency",
        0.9,
        "wrong use of threads, tasks or the event loop",
        types="""
        asyncio.InvalidStateError asyncio.exceptions.InvalidStateError asyncio.queues.QueueFull queue.Full
        django.core.exceptions.SynchronousOnlyOperation threading.BrokenBarrierError
        asyncio.exceptions.BrokenBarrierError filelock.* redis.exceptions.LockError
        """,
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.9,
        "the process has no room for more",
        types="concurrent.futures.process.BrokenProcessPool billiard.exceptions.WorkerLostError",
        severity="critical",
    ),
    rule("dependency", 0.75, "a program started by the service failed", types="subprocess.CalledProcessError"),
    rule(
        "authentication",
        0.93,
        "credentials were refused",
        types="""
        smtplib.SMTPAuthenticationError pika.exceptions.ProbableAuthenticationError argon2.* bcrypt.*
        cryptography.exceptions.InvalidSignature multiprocessing.context.AuthenticationError nkeys.* pyotp.*
        jwcrypto.jws.InvalidJWSSignature imaplib.* jwt.exceptions.* jwt.* jose.* ldap.INVALID_CREDENTIALS
        ldap3.core.exceptions.LDAPBindError ldap3.core.exceptions.LDAPInvalidCredentialsResult gssapi.*
        kerberos.* oauthlib.* authlib.* google.auth.exceptions.RefreshError
        google.auth.exceptions.DefaultCredentialsError msal.* azure.core.exceptions.ClientAuthenticationError
        azure.identity.* paramiko.ssh_exception.AuthenticationException paramiko.AuthenticationException
        paramiko.ssh_exception.PasswordRequiredException itsdangerous.* passlib.*
        django.core.signing.BadSignature rest_framework.exceptions.NotAuthenticated
        rest_framework.exceptions.AuthenticationFailed requests_oauthlib.* asyncssh.PermissionDenied
        """,
        severity="high",
    ),
    rule(
        "authentication",
        0.93,
        "a caller's token is out of date or wrong",
        types="""
        jwt.exceptions.ExpiredSignatureError jwt.exceptions.InvalidSignatureError jwt.ExpiredSignatureError
        jwt.exceptions.InvalidTokenError jwt.exceptions.DecodeError jwt.exceptions.InvalidAudienceError
        jwt.exceptions.ImmatureSignatureError jose.exceptions.ExpiredSignatureError jose.exceptions.JWTError
        itsdangerous.exc.SignatureExpired itsdangerous.exc.BadSignature
        """,
        severity="medium",
    ),
    rule(
        "network",
        0.8,
        "a mail server or LDAP server could not be used",
        types="smtplib.* ldap3.* ldap.SERVER_DOWN paramiko.*",
    ),
    rule("validation", 0.75, "a mail server refused an address", types="smtplib.SMTPRecipientsRefused", severity="low"),
    rule("network", 0.85, "the mail server hung up", types="smtplib.SMTPServerDisconnected smtplib.SMTPConnectError"),
)

_HTTP = (
    rule(
        "timeout",
        0.93,
        "an HTTP call took too long",
        types="""
        requests.exceptions.ReadTimeout requests.exceptions.ConnectTimeout requests.exceptions.Timeout
        httpx.ReadTimeout httpx.ConnectTimeout httpx.WriteTimeout httpx.PoolTimeout httpx.TimeoutException
        httpcore.ReadTimeout httpcore.ConnectTimeout httpcore.PoolTimeout httpcore.WriteTimeout
        urllib3.exceptions.ReadTimeoutError urllib3.exceptions.ConnectTimeoutError aiohttp.ServerTimeoutError
        aiohttp.client_exceptions.ServerTimeoutError aiohttp.client_exceptions.ConnectionTimeoutError
        aiohttp.client_exceptions.SocketTimeoutError botocore.exceptions.ReadTimeoutError
        botocore.exceptions.ConnectTimeoutError playwright._impl._errors.TimeoutError
        selenium.common.exceptions.TimeoutException
        """,
    ),
    rule(
        "network",
        0.88,
        "an HTTP connection failed",
        types="""
        requests.exceptions.ConnectionError requests.exceptions.SSLError requests.exceptions.ProxyError
        requests.exceptions.ChunkedEncodingError httpx.ConnectError httpx.ReadError httpx.WriteError
        httpx.CloseError httpx.NetworkError httpx.RemoteProtocolError httpx.ProxyError httpx.LocalProtocolError
        httpx.TransportError httpcore.* h11.* h2.* urllib3.* aiohttp.* websockets.* websocket.*
        botocore.exceptions.EndpointConnectionError botocore.exceptions.ConnectionClosedError
        botocore.exceptions.SSLError botocore.exceptions.ProxyConnectionError OpenSSL.SSL.* pika.* aio_pika.*
        amqp.* kombu.* kafka.errors.* aiokafka.* confluent_kafka.* nats.* zmq.* paho.* stomp.* ftplib.* dns.*
        telnetlib.* poplib.* nntplib.* asyncssh.* geventhttpclient.* pycurl.* treq.* twisted.* aiosmtplib.*
        aiormq.* pulsar.* socks.* tornado.*
        """,
        severity="high",
    ),
    rule(
        "network",
        0.88,
        "an HTTP connection broke",
        types="""
        requests.exceptions.ChunkedEncodingError httpx.ReadError httpx.WriteError httpx.RemoteProtocolError
        httpcore.RemoteProtocolError httpcore.ReadError urllib3.exceptions.ProtocolError
        urllib3.exceptions.IncompleteRead aiohttp.client_exceptions.ServerDisconnectedError
        aiohttp.client_exceptions.ClientPayloadError aiohttp.client_exceptions.ClientOSError
        http.client.RemoteDisconnected http.client.IncompleteRead http.client.BadStatusLine
        websockets.exceptions.ConnectionClosedError websockets.exceptions.ConnectionClosedOK
        websockets.exceptions.ConnectionClosed tornado.iostream.StreamClosedError
        starlette.websockets.WebSocketDisconnect starlette.requests.ClientDisconnect fastapi.WebSocketDisconnect
        """,
        severity="medium",
    ),
    rule(
        "dependency",
        0.6,
        "another service answered with an error",
        types="""
        requests.exceptions.HTTPError httpx.HTTPStatusError aiohttp.client_exceptions.ClientResponseError
        urllib.error.HTTPError botocore.exceptions.ClientError requests.exceptions.RequestException
        httpx.HTTPError stripe.* twilio.* slack_sdk.* airflow.* prefect.* celery.* rq.* dramatiq.* huey.*
        luigi.* jira.* shopify.* braintree.* paypalrestsdk.* boxsdk.* dropbox.* notion_client.* telegram.*
        discord.* tweepy.* github.* googleapiclient.* google.api_core.exceptions.* azure.core.exceptions.*
        boto3.* zeep.* sentry_sdk.* sendgrid.* graphql.* gql.* tenacity.* aiobotocore.*
        """,
    ),
    rule(
        "configuration",
        0.96,
        "a key that is no key",
        phrases=[
            r"fernet key must be|unknown url type|key must be \d+ (url-safe )?(bytes|base64)|unsupported protocol '"
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "configuration",
        0.9,
        "an address without a usable scheme or host",
        types="""
        requests.exceptions.MissingSchema requests.exceptions.InvalidSchema
        httpx.UnsupportedProtocol httpcore.UnsupportedProtocol
        """,
        severity="medium",
    ),
)

_FRAMEWORKS = (
    rule(
        "validation",
        0.92,
        "input breaks a rule of the schema",
        types="""
        pydantic_core._pydantic_core.ValidationError pydantic.ValidationError
        pydantic.error_wrappers.ValidationError pydantic.errors.* fastapi.exceptions.RequestValidationError
        marshmallow.* jsonschema.* cerberus.* voluptuous.* attr.exceptions.*
        django.core.exceptions.ValidationError rest_framework.exceptions.ValidationError
        rest_framework.exceptions.ParseError wtforms.* schema.SchemaError
        botocore.exceptions.ParamValidationError pandera.* great_expectations.* fastjsonschema.*
        email_validator.* django.http.Http404 django.http.response.Http404
        django.core.exceptions.SuspiciousOperation msgspec.ValidationError werkzeug.exceptions.BadRequest
        werkzeug.exceptions.NotFound werkzeug.exceptions.BadRequestKeyError
        werkzeug.exceptions.UnprocessableEntity django.core.exceptions.BadRequest
        werkzeug.exceptions.RequestEntityTooLarge werkzeug.exceptions.MethodNotAllowed
        requests.exceptions.InvalidURL httpx.InvalidURL urllib3.exceptions.LocationParseError
        aiohttp.client_exceptions.InvalidURL aiohttp.client_exceptions.InvalidUrlClientError
        click.exceptions.BadParameter bson.errors.InvalidId typer.BadParameter argparse.* ipaddress.* pytz.*
        babel.* zoneinfo.* cattrs.* lxml.etree.DocumentInvalid xmlschema.* graphql.* networkx.* jsonpatch.*
        django.urls.exceptions.Resolver404 typeguard.* beartype.* formencode.* colander.* tornado.web.*
        flask_restful.* sanic.exceptions.* falcon.* litestar.* aiohttp.web.* strictyaml.* schematics.*
        trafaret.*
        """,
        severity="low",
    ),
    rule(
        "configuration",
        0.94,
        "settings that are missing or wrong",
        types="""
        pydantic_settings.* django.core.exceptions.ImproperlyConfigured decouple.* environ.* environs.*
        dynaconf.* configparser.NoOptionError configparser.NoSectionError configparser.MissingSectionHeaderError
        botocore.exceptions.NoRegionError botocore.exceptions.ProfileNotFound
        botocore.exceptions.InvalidRegionError botocore.exceptions.PartialCredentialsError
        celery.exceptions.ImproperlyConfigured celery.exceptions.NotRegistered omegaconf.* hydra.*
        kombu.exceptions.ContentDisallowed django.core.exceptions.AppRegistryNotReady
        django.core.exceptions.DisallowedHost kubernetes.config.* flask.cli.* simple_settings.* confuse.*
        prettyconf.* goodconf.* jwcrypto.* aiohttp.client_exceptions.NonHttpUrlClientError
        cryptography.exceptions.UnsupportedAlgorithm dotenv.*
        """,
    ),
    rule(
        "configuration",
        0.93,
        "a settings class could not be filled",
        types="""
        pydantic_core._pydantic_core.ValidationError pydantic.ValidationError ValidationError
        pydantic.error_wrappers.ValidationError
        """,
        phrases=[r"validation errors? for \w*(settings|config(uration)?|env(ironment)?)\b"],
        severity="critical",
    ),
    rule(
        "programming_error",
        0.8,
        "wrong use of a library in the code",
        types="""
        pydantic.errors.PydanticUserError pydantic.errors.PydanticSchemaGenerationError jinja2.* mako.*
        jinja2.exceptions.UndefinedError jinja2.exceptions.TemplateSyntaxError
        django.urls.exceptions.NoReverseMatch django.core.exceptions.FieldError
        django.core.exceptions.MultipleObjectsReturned fastapi.exceptions.FastAPIError
        django.core.exceptions.FieldDoesNotExist mako.* chameleon.* selenium.common.exceptions.*
        werkzeug.routing.exceptions.BuildError numpy.exceptions.AxisError numpy.linalg.LinAlgError
        django.template.exceptions.TemplateSyntaxError pandas.errors.* sklearn.exceptions.NotFittedError
        fastapi.exceptions.ResponseValidationError starlette.routing.NoMatchFound
        """,
    ),
    rule(
        "filesystem",
        0.85,
        "a template is not there",
        types="""
        jinja2.exceptions.TemplateNotFound django.template.exceptions.TemplateDoesNotExist
        jinja2.TemplateNotFound
        """,
    ),
    rule(
        "authorization",
        0.93,
        "the caller may not do this",
        types="""
        django.core.exceptions.PermissionDenied rest_framework.exceptions.PermissionDenied
        werkzeug.exceptions.Forbidden django.middleware.csrf.*
        """,
        severity="low",
    ),
    rule(
        "validation",
        0.85,
        "the caller asked for what is not there or wrong",
        types="""
        fastapi.exceptions.HTTPException starlette.exceptions.HTTPException HTTPException
        """,
        phrases=[r"^(400|404|405|409|410|413|415|422)\b"],
        severity="low",
    ),
    rule(
        "authentication",
        0.9,
        "the caller is not known",
        types="""
        fastapi.exceptions.HTTPException starlette.exceptions.HTTPException HTTPException
        """,
        phrases=[r"^401\b"],
        severity="low",
    ),
    rule(
        "authorization",
        0.9,
        "the caller may not do this",
        types="""
        fastapi.exceptions.HTTPException starlette.exceptions.HTTPException HTTPException
        """,
        phrases=[r"^403\b"],
        severity="low",
    ),
    rule(
        "validation",
        0.85,
        "a payment was declined",
        types="stripe.error.CardError stripe.CardError stripe._error.CardError",
        severity="low",
    ),
    rule("authentication", 0.9, "the caller is not known", types="werkzeug.exceptions.Unauthorized", severity="low"),
    rule(
        "rate_limit",
        0.93,
        "too many requests",
        types="""
        rest_framework.exceptions.Throttled slowapi.* ratelimit.* limits.* werkzeug.exceptions.TooManyRequests
        tweepy.errors.TooManyRequests praw.*
        """,
    ),
    rule(
        "resource_exhaustion",
        0.95,
        "memory ran out",
        types="""
        numpy.core._exceptions._ArrayMemoryError numpy._core._exceptions._ArrayMemoryError
        torch.OutOfMemoryError torch.cuda.OutOfMemoryError cupy.*
        """,
        severity="critical",
    ),
    rule(
        "infrastructure",
        0.85,
        "a container or a cluster failed",
        types="""
        docker.errors.* kubernetes.client.exceptions.* kubernetes.client.rest.* openstack.* ray.exceptions.*
        kubernetes_asyncio.*
        """,
    ),
    rule("dependency", 0.7, "a third party's answer", types="http.client.HTTPException"),
)

TABLE = table(
    *_LANGUAGE,
    *_SYSTEM,
    *_HTTP,
    *_FRAMEWORKS,
    rule(
        "serialization",
        0.95,
        "a message that cannot be encoded or decoded",
        types="kombu.exceptions.EncodeError kombu.exceptions.DecodeError kombu.exceptions.ContentDisallowed",
        firm=True,
    ),
    rule(
        "validation",
        0.95,
        "an address that is none",
        types="""
        urllib3.exceptions.LocationParseError urllib3.exceptions.LocationValueError yarl.*
        websockets.exceptions.InvalidURI requests.exceptions.InvalidURL aiohttp.client_exceptions.InvalidURL
        django.core.exceptions.SuspiciousOperation django.core.exceptions.SuspiciousFileOperation
        django.core.exceptions.RequestDataTooBig django.core.exceptions.TooManyFieldsSent
        """,
        severity="low",
        firm=True,
    ),
    rule(
        "programming_error",
        0.95,
        "wrong use of a framework in the code",
        types="django.urls.exceptions.NoReverseMatch werkzeug.routing.exceptions.BuildError",
    ),
    rule(
        "programming_error",
        0.7,
        "wrong use of a framework in the code",
        phrases=[
            r"working outside of (application|request) context|apps aren't loaded|popped wrong (app|request) context",
            r"cudnn_status_bad_param|cublas_status_invalid_value|expected (scalar type|all tensors|input batch|\d+d)",
            r"shapes? .{0,60}(not aligned|cannot be (multiplied|broadcast)|mismatch)|incompatible (shape|dimension)",
        ],
    ),
    rule(
        "dependency",
        0.93,
        "a driver or program of another version, or not there",
        types="""
        selenium.common.exceptions.SessionNotCreatedException selenium.common.exceptions.NoSuchDriverException
        selenium.common.exceptions.WebDriverException playwright._impl._errors.Error
        """,
        phrases=[
            r"only supports|executable (doesn't exist|may have wrong|needs to be)|unable to obtain driver|cannot find"
        ],
    ),
    rule(
        "network",
        0.9,
        "the browser saw no answer",
        phrases=[
            r"\bnet::ERR_(CONNECTION|NAME|INTERNET|ADDRESS|SSL|CERT|NETWORK|PROXY|EMPTY|SOCKET)\w*",
            r"NS_ERROR_(NET|UNKNOWN_HOST|CONNECTION)",
        ],
    ),
    rule("timeout", 0.93, "the browser saw no answer in time", phrases=[r"\bnet::ERR_(TIMED_OUT|CONNECTION_TIMED)"]),
    rule(
        "dependency",
        0.93,
        "a binary built for another device or version",
        phrases=[
            r"no kernel image is available|compute capability|was compiled (without|with|against)",
            r"compiled with cuda enabled",
            r"failed to find data source|ClassNotFoundException|NoClassDefFoundError|NoSuchMethodError",
            r"torch not compiled with|requires the .{1,40} (library|package|extra)|chromedriver only supports",
        ],
        severity="high",
    ),
    rule("infrastructure", 0.9, "no usable device", phrases=[r"\b(cuda|gpu|rocm|mps) (is )?(not|un)[ -]?available\b"]),
    rule(
        "configuration",
        0.93,
        "a setting is missing or wrong",
        types="""
        scrapy.exceptions.NotConfigured airflow.exceptions.AirflowConfigException prefect.exceptions.MissingProfileError
        airflow.exceptions.AirflowNotFoundException prefect.exceptions.ObjectNotFound
        celery.exceptions.ImproperlyConfigured celery.exceptions.NotConfigured click.exceptions.NoSuchOptionConfig
        """,
    ),
    rule(
        "network",
        0.93,
        "a service could not be reached",
        types="""
        stripe.APIConnectionError stripe._error.APIConnectionError stripe.error.APIConnectionError
        """,
    ),
    rule(
        "infrastructure",
        0.97,
        "the container daemon could not be reached",
        types="docker.errors.DockerException",
        phrases=[r"server api version|connection aborted|connection refused|permission denied|no such file"],
        severity="high",
    ),
    rule(
        "serialization",
        0.96,
        "text that is no date",
        types="ValueError",
        phrases=[r"unconverted data remains|does not match format"],
        severity="low",
    ),
    rule(
        "programming_error",
        0.95,
        "wrong use of a library in the code",
        types="""
        attr.exceptions.FrozenInstanceError attr.exceptions.FrozenAttributeError attr.exceptions.NotAnAttrsClassError
        attr.exceptions.DefaultAlreadySetError typeguard.TypeCheckError beartype.* pint.errors.* sympy.*
        BufferError numpy.exceptions.* polars.exceptions.* xarray.* shapely.* injector.* numba.*
        cerberus.schema.SchemaError jsonschema.exceptions.SchemaError
        """,
    ),
    rule(
        "validation",
        0.96,
        "input breaks a rule of the schema",
        types="""
        msgspec.ValidationError fastavro.validation.ValidationError cattrs.errors.* getopt.GetoptError
        phonenumbers.phonenumberutil.NumberParseException zoneinfo._common.ZoneInfoNotFoundError docopt.*
        pytz.exceptions.UnknownTimeZoneError apscheduler.jobstores.base.* tortoise.exceptions.ValidationError
        networkx.exception.NetworkXNoPath networkx.exception.NodeNotFound psutil.NoSuchProcess
        """,
        severity="low",
        firm=True,
    ),
    rule("dependency", 0.96, "a package is missing", types="bs4.FeatureNotFound bs4.exceptions.FeatureNotFound"),
    rule(
        "filesystem",
        0.95,
        "a template is not there",
        types="mako.exceptions.TopLevelLookupException mako.exceptions.TemplateLookupException",
    ),
    rule(
        "serialization",
        0.95,
        "text or bytes that cannot be decoded or deciphered",
        types="""
        lark.exceptions.* nacl.exceptions.CryptoError wave.Error aifc.Error parsimonious.* textx.* construct.*
        cryptography.x509.base.InvalidVersion bson.errors.* amazon.ion.* asn1.* pyasn1.*
        """,
    ),
    rule(
        "serialization",
        0.97,
        "the bytes end too early",
        types="EOFError",
        phrases=[r"ran out of input|marker|unexpected end|compressed"],
    ),
    rule("timeout", 0.6, "no message in time", types="zmq.error.Again"),
    rule("validation", 0.35, "a command line was refused", types="SystemExit", phrases=[r"^2$"], severity="low"),
    rule(
        "validation",
        0.98,
        "a command line that breaks its rules",
        types="""
        click.exceptions.BadParameter click.exceptions.UsageError click.exceptions.MissingParameter
        click.exceptions.BadOptionUsage click.exceptions.BadArgumentUsage click.exceptions.NoSuchOption
        click.exceptions.NoSuchCommand typer.BadParameter argparse.ArgumentError argparse.ArgumentTypeError
        """,
        severity="low",
        firm=True,
    ),
    languages="python",
    wrappers="""
    Exception BaseException RuntimeError ExceptionGroup BaseExceptionGroup Error OSError IOError
    EnvironmentError SystemExit KeyboardInterrupt GeneratorExit click.exceptions.Abort click.exceptions.Exit
    concurrent.futures.process._RemoteTraceback multiprocessing.pool.RemoteTraceback
    fastapi.exceptions.HTTPException starlette.exceptions.HTTPException tenacity.RetryError
    """,
)
