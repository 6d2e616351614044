"""JavaScript and TypeScript: browsers, Node.js and well-known packages that are no database."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "programming_error",
        0.86,
        "JavaScript's own error for a bug in the code",
        types="""
        TypeError ReferenceError RangeError EvalError AssertionError ERR_ASSERTION ERR_INVALID_ARG_TYPE
        ERR_INVALID_ARG_VALUE
        """,
    ),
    rule("serialization", 0.55, "text that is no code or JSON", types="SyntaxError"),
    rule(
        "serialization",
        0.93,
        "text that is no JSON",
        types="SyntaxError",
        phrases=[
            r"json|unexpected token|unexpected end of|unexpected non-whitespace|bad control character",
            r"expected property name|unterminated string",
        ],
    ),
    rule(
        "dependency",
        0.92,
        "code in the wrong module system or language version",
        types="SyntaxError",
        phrases=[
            r"cannot use import statement outside|unexpected token '?(export|import|\?\?)",
            r"does not provide an export|requested module|named export",
        ],
        severity="critical",
    ),
    rule(
        "programming_error",
        0.9,
        "code that does not compile",
        types="SyntaxError",
        phrases=[
            r"has already been declared|unexpected identifier|missing \)",
            r"invalid (or unexpected token|left-hand|regular expression)|await is only valid|illegal",
        ],
    ),
    rule(
        "serialization",
        0.92,
        "a structure that cannot be encoded",
        types="TypeError",
        phrases=[r"circular structure|serialize a bigint|could not be cloned"],
        firm=True,
    ),
    rule(
        "serialization",
        0.9,
        "a date, address or encoding that makes no sense",
        types="RangeError URIError TypeError",
        phrases=[r"invalid time value|URI malformed|invalid date|encoded data was not valid"],
    ),
    rule(
        "serialization",
        0.92,
        "an encoding that makes no sense",
        types="""
        URIError YAMLException YAMLParseError XMLParserError CsvError CSV_* Z_* ERR_ENCODING_*
        entity.parse.failed encoding.unsupported charset.unsupported DataCloneError TomlError BSONError
        AvroError
        """,
        firm=True,
    ),
    rule(
        "configuration",
        0.8,
        "keys or addresses that cannot be used",
        types="ERR_OSSL_* ERR_CRYPTO_* ERR_INVALID_PROTOCOL",
    ),
    rule(
        "configuration",
        0.93,
        "a setting is missing",
        phrases=[
            r"(?-i)\b[A-Z][A-Z0-9]+(_[A-Z0-9]+)+ (is |was |must be |has )?(not (set|defined|found)|missing|set\b)",
            r"secretOrPrivateKey must|requires a secret",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "serialization",
        0.85,
        "text, images or markup that cannot be read",
        phrases=[r"unsupported image format|non-whitespace before first tag|invalid (record length|closing quote)"],
    ),
    rule("filesystem", 0.85, "a file is not there", phrases=[r"input file is missing"]),
    rule(
        "programming_error", 0.85, "arguments of the wrong kind", phrases=[r"illegal arguments?:|arguments required$"]
    ),
    rule(
        "network",
        0.9,
        "a fetch found no way to the server",
        types="TypeError",
        phrases=[
            (
                r"^(typeerror: )?(failed to fetch|fetch failed|networkerror when attempting|load failed|network"
                r" request failed|terminated|cancelled)"
            )
        ],
        severity="medium",
    ),
    rule(
        "validation",
        0.85,
        "an address that is none",
        types="TypeError",
        phrases=[r"invalid url|only absolute urls|failed to parse url"],
        severity="medium",
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule of the schema",
        types="""
        ZodError ValibotError $ZodError ValiError AjvError BadRequestError UnprocessableEntityError
        BadRequestException UnprocessableEntityException UnsupportedMediaTypeError NotFoundException
        NotFoundError PayloadTooLargeError MulterError GraphQLError UserInputError JoiValidationError LIMIT_*
        FST_ERR_* ERR_INVALID_URL EENVELOPE EMESSAGE entity.too.large parameters.too.many ERR_VALIDATION
        FST_ERR_VALIDATION FastifyError StructError ArkErrors RequestValidationError MethodNotAllowedException
        """,
        severity="low",
    ),
    rule("validation", 0.8, "input breaks a rule of the schema", types="ValidationError", severity="low", firm=True),
    rule(
        "authentication",
        0.93,
        "a caller's token is out of date or wrong",
        types="""
        ERR_JWT_* ERR_JWS_* ERR_JWE_* ERR_JWK* ERR_JOSE_* auth.* EAUTH JsonWebTokenError TokenExpiredError
        NotBeforeError JWTExpired JWSSignatureVerificationFailed JWTInvalid JWTClaimValidationFailed
        UnauthorizedError UnauthorizedException AuthenticationError InvalidTokenError OAuth2Error
        InvalidClientError InvalidGrantError OPError AuthApiError SessionRequired CredentialsSignin
        """,
        severity="medium",
    ),
    rule(
        "authentication",
        0.93,
        "credentials are missing or refused",
        types="CredentialsProviderError TokenProviderError InvalidClientError",
        severity="high",
    ),
    rule(
        "authorization",
        0.93,
        "the caller may not do this",
        types="ForbiddenError ForbiddenException NotAllowedError SecurityError EBADCSRFTOKEN",
        severity="medium",
    ),
    rule(
        "rate_limit", 0.9, "too many requests", types="TooManyRequestsError ThrottlerException TooManyRequestsException"
    ),
    rule(
        "timeout",
        0.88,
        "a time limit passed",
        types="""
        TimeoutError ConnectTimeoutError HeadersTimeoutError BodyTimeoutError ETIMEDOUT ESOCKETTIMEDOUT
        ERR_SOCKET_CONNECTION_TIMEOUT UND_ERR_CONNECT_TIMEOUT UND_ERR_HEADERS_TIMEOUT RequestTimeout
        UND_ERR_BODY_TIMEOUT ECONNABORTED RequestTimeoutException GatewayTimeoutException
        """,
    ),
    rule("timeout", 0.6, "the work was called off", types="AbortError CanceledError ERR_CANCELED ABORT_ERR"),
    rule(
        "network",
        0.88,
        "a connection failed",
        types="""
        SocketError UND_ERR_SOCKET ECONNREFUSED ENOTFOUND EAI_AGAIN ERR_NETWORK NetworkError
        KafkaJSConnectionError KafkaJSBrokerNotFound ERR_TLS_CERT_ALTNAME_INVALID KafkaJSNumberOfRetriesExceeded
        DEPTH_ZERO_SELF_SIGNED_CERT
        """,
        severity="high",
    ),
    rule(
        "network",
        0.88,
        "a connection broke",
        types="""
        ECONNRESET EPIPE HPE_* ERR_HTTP2_* ERR_STREAM_PREMATURE_CLOSE request.aborted KafkaJS*
        ChunkLoadError ERR_HTTP2_STREAM_ERROR
        """,
        severity="medium",
    ),
    rule(
        "timeout",
        0.55,
        "the work was called off",
        phrases=[r"(operation|request) was (aborted|cancell?ed)|aborted a request"],
    ),
    rule("timeout", 0.9, "a broker took too long", types="KafkaJSRequestTimeoutError KafkaJSLockTimeout"),
    rule(
        "dependency",
        0.65,
        "another service answered with an error",
        types="""
        AxiosError HTTPError FetchError StripeAPIError Stripe* RequestError ResponseError StatusCodeError
        GotError HttpError ApolloError KafkaJSError BadGatewayException ServiceUnavailableException
        InternalServerErrorException ServerParseError ServerError FirebaseError TRPCClientError
        """,
    ),
    rule(
        "dependency",
        0.93,
        "a module or file of a package is missing",
        phrases=[
            r"(cannot|can't|could not) (find|resolve) (module|package)|can't resolve '|ERR_MODULE_NOT_FOUND",
            r"MODULE_NOT_FOUND",
            r"no \"exports\" main defined|ERR_PACKAGE_PATH_NOT_EXPORTED|is not exported (from|by)|ERR_REQUIRE_ESM",
            r"require\(\) of es module",
            r"was compiled against a different node\.js version|invalid elf header|unsupported engine",
            r"failed to resolve import",
            r"the requested module .{0,120}does not provide",
        ],
        types="""
        Error SyntaxError ReferenceError TypeError MODULE_NOT_FOUND ERR_MODULE_NOT_FOUND ERR_REQUIRE_ESM
        ModuleNotFoundError ERR_DLOPEN_FAILED ModuleBuildError
        """,
        severity="critical",
    ),
    rule(
        "programming_error",
        0.88,
        "a mistake in a page's component",
        phrases=[
            r"minified react error|invalid hook call|rendered (more|fewer) hooks|too many re-renders",
            r"maximum update depth",
            r"objects are not valid as a react child|element type is invalid|nothing was returned from render",
            r"ExpressionChangedAfterItHasBeenChecked",
            r"NG0\d{3,4}|NullInjectorError|hooks can only be called|must be used within a? ?<?\w*provider",
            r"cannot update a component|React\.Children\.only",
            r"cannot read propert(y|ies) of (undefined|null)|is not a function",
            r"is not (iterable|defined|a constructor)|undefined is not an object",
        ],
        severity="high",
    ),
    rule(
        "programming_error",
        0.86,
        "server and browser render different pages",
        phrases=[r"hydrat(ion|ing)|text content does not match server|did not match\. server"],
        severity="medium",
    ),
    rule(
        "programming_error",
        0.85,
        "a value of the wrong kind",
        phrases=[
            r"cannot read propert(y|ies) of (undefined|null)|is not a function$|cannot (set|destructure) propert",
            r"before initialization",
            r"assignment to constant variable|undefined is not|null is not an object|maximum call stack",
            r"cannot convert undefined or null",
            r"invalid array length|must be of type|the \"[\w.]+\" argument must be",
            r"cannot set headers after they are sent",
        ],
        severity="medium",
    ),
    rule(
        "programming_error",
        0.85,
        "the DOM was used the wrong way",
        types="""
        InvalidStateError NotFoundError HierarchyRequestError InvalidCharacterError DataCloneError
        ViewNotFoundError InvariantError Invariant TransformError TemplateError ERR_HTTP_HEADERS_SENT
        ERR_STREAM_WRITE_AFTER_END ERR_STREAM_DESTROYED NG0100
        """,
    ),
    rule(
        "configuration",
        0.9,
        "the application cannot be wired",
        types="UnknownDependenciesException UndefinedDependencyException",
        severity="critical",
    ),
    rule(
        "configuration",
        0.9,
        "the application cannot be wired",
        phrases=[r"nest can't resolve dependencies"],
        severity="critical",
    ),
    rule("resource_exhaustion", 0.96, "the browser has no room left", types="QuotaExceededError", severity="medium"),
    rule(
        "resource_exhaustion",
        0.96,
        "JavaScript's heap is full",
        phrases=[
            r"javascript heap out of memory|reached heap limit|array buffer allocation failed",
            r"ERR_WORKER_OUT_OF_MEMORY|reached its heap limit",
        ],
        severity="critical",
    ),
    rule(
        "network",
        0.88,
        "code could not be loaded by the browser",
        phrases=[
            r"loading (css )?chunk [\w-]+ failed|failed to fetch dynamically imported module",
            r"importing a module script failed|loading chunk",
        ],
        severity="medium",
    ),
    rule(
        "network",
        0.8,
        "the browser saw no answer",
        phrases=[r"^network error$|net::ERR_(?:INTERNET|NAME|CONN|ADDRESS|CERT|SSL|NETWORK|EMPTY|TUNNEL|PROXY)"],
        severity="medium",
    ),
    rule("filesystem", 0.88, "the file system said no", types="ENOENT EACCES EISDIR ENOTDIR EEXIST EPERM"),
    rule(
        "dependency",
        0.97,
        "code in the wrong module system or of another version",
        types="""
        SyntaxError ERR_REQUIRE_ESM ERR_PACKAGE_PATH_NOT_EXPORTED ERR_UNSUPPORTED_DIR_IMPORT
        ERR_OSSL_EVP_UNSUPPORTED
        """,
        phrases=[
            r"unexpected token '?(export|import)|require\(\) of es module|package subpath|directory import",
            r"digital envelope",
            r"does not provide an export named|no \"exports\" main",
        ],
        severity="high",
    ),
    rule(
        "dependency",
        0.9,
        "something of another version, or missing",
        phrases=[
            r"\bERESOLVE\b|unable to resolve dependency|could not resolve dependency|\bETARGET\b|no matching version",
            r"module build failed|failed to resolve import|can't resolve '|module parse failed|unsupported engine",
            r"is not exported (from|by) |peer dep|loader .{0,60}not found|EBADENGINE|webpack.{0,40}(fail|error)",
            r"command failed( with exit code \d+)?: (npm|yarn|pnpm|npx|git|node|docker|bash|sh) ",
        ],
        severity="high",
    ),
    rule(
        "dependency",
        0.95,
        "a program could not be started",
        phrases=[
            r"\bspawn [\w./:\\-]{1,120} ENOENT|\b(command|executable( file)?) ['\"]?[\w./-]{0,80}['\"]?:? ?not found\b"
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.85,
        "more than the engine can hold",
        types="ERR_STRING_TOO_LONG ERR_BUFFER_TOO_LARGE ERR_WORKER_OUT_OF_MEMORY ERR_MEMORY_ALLOCATION_FAILED",
    ),
    rule(
        "programming_error",
        0.85,
        "a thing used at the wrong time",
        types="""
        ERR_SERVER_NOT_RUNNING ERR_SERVER_ALREADY_LISTEN ERR_STREAM_WRITE_AFTER_END ERR_METHOD_NOT_IMPLEMENTED
        ERR_UNHANDLED_REJECTION ERR_MULTIPLE_CALLBACK DynamicServerError TSError
        """,
    ),
    rule(
        "programming_error",
        0.88,
        "wrong use of a framework in the code",
        phrases=[
            r"(can't|cannot) set headers after|headers (have )?already (been )?sent|write after end",
            r"unable to compile typescript|\bTS\d{4}: |is not assignable to (type|parameter)|duplicate identifier",
            r"unhandled promise rejection|dynamic server usage|unrecognized selector|is not initialized yet",
        ],
    ),
    rule(
        "network",
        0.96,
        "a port the process may not use",
        phrases=[r"listen (EACCES|EPERM)|bind: permission denied|bind: operation not permitted"],
        severity="critical",
        firm=True,
    ),
    rule(
        "network",
        0.9,
        "the connection broke",
        phrases=[
            r"socket disconnected before|could not establish connection\. receiving end|message port closed",
            r"dynamically imported module|loading (css )?chunk [\w-]{1,60} failed|load failed$",
        ],
    ),
    rule(
        "validation",
        0.9,
        "input breaks a rule of the service",
        types="DiscordAPIError[50035] DiscordAPIError[10008] StripeInvalidRequestError StripeIdempotencyError",
        severity="low",
    ),
    rule(
        "validation",
        0.6,
        "nothing answers at that address",
        phrases=[r"^cannot (get|post|put|delete|patch) /"],
        severity="low",
    ),
    rule(
        "validation",
        0.75,
        "more than is allowed",
        phrases=[r"max(content|body)length|file too large|entity too large"],
        severity="low",
    ),
    rule("validation", 0.4, "a page that is not there", phrases=[r"^NEXT_(NOT_FOUND|REDIRECT)$"], severity="low"),
    rule(
        "authentication",
        0.93,
        "a signature or token is wrong",
        types="StripeSignatureVerificationError",
        phrases=[r"signature"],
        severity="high",
    ),
    rule(
        "concurrency",
        0.8,
        "two got into each other's way",
        phrases=[
            r"interrupted by a (call|new load)|terminated by other getupdates|message ?lock ?lost",
            r"lock supplied is invalid",
        ],
    ),
    rule(
        "agent_tool", 0.9, "a model's answer does not fit its schema", types="AI_TypeValidationError AI_JSONParseError"
    ),
    rule(
        "dependency",
        0.4,
        "a program that was started failed",
        phrases=[r"^command failed\b|exited with (code|status) [1-9]"],
    ),
    rule(
        "network",
        0.9,
        "the channel to a broker is closed",
        types="IllegalOperationError",
        phrases=[r"(channel|connection) clos"],
    ),
    rule(
        "validation",
        0.95,
        "an argument that cannot be used",
        types="""
        ERR_INVALID_CHAR ERR_UNESCAPED_CHARACTERS ERR_INVALID_URI ERR_INVALID_DOMAIN_NAME
        ERR_INVALID_FILE_URL_HOST
        """,
        severity="low",
        firm=True,
    ),
    rule(
        "programming_error",
        0.93,
        "an argument that cannot be used",
        types="""
        ERR_OUT_OF_RANGE ERR_BUFFER_OUT_OF_BOUNDS ERR_HTTP_INVALID_HEADER_VALUE ERR_UNKNOWN_ENCODING
        ERR_CRYPTO_INVALID_DIGEST ERR_INVALID_ARG_VALUE ERR_MISSING_ARGS ERR_INVALID_CALLBACK TemplateRenderError
        ERR_INVALID_THIS ERR_INVALID_RETURN_VALUE ERR_UNKNOWN_SIGNAL ERR_CRYPTO_INVALID_KEYLEN ERR_CRYPTO_INVALID_IV
        """,
    ),
    rule(
        "serialization",
        0.93,
        "text that cannot be deciphered",
        types="""
        ERR_OSSL_BAD_DECRYPT ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH ERR_OSSL_EVP_BAD_DECRYPT
        ERR_ENCODING_INVALID_ENCODED_DATA
        """,
    ),
    rule(
        "validation",
        0.97,
        "a zone or language nobody knows",
        types="RangeError",
        phrases=[r"(time ?zone|locale|currency|language|unit)"],
        severity="low",
    ),
    languages="javascript",
    wrappers="""
        Error AggregateError DOMException UnhandledPromiseRejection UnhandledRejection CombinedError
        InternalServerError
        """,
)
