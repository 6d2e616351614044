"""Swift, Objective-C, Dart, Flutter, C and C++."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "programming_error",
        0.93,
        "a fatal error of Swift",
        phrases=[
            r"unexpectedly found nil|index out of range|force unwrap|could not cast value of type",
            r"precondition failed|unrecognized selector",
            r"beyond (bounds|end)|duplicate (keys|elements) of type|EXC_BAD_ACCESS|EXC_BREAKPOINT|division by zero",
            r"can't form range|not enough bits|arithmetic overflow",
        ],
        severity="high",
    ),
    rule(
        "programming_error",
        0.86,
        "an exception of Cocoa for a bug in the code",
        types="""
        NSInvalidArgumentException NSRangeException NSInternalInconsistencyException NSUnknownKeyException
        NSGenericException
        """,
        severity="high",
    ),
    rule(
        "network",
        0.85,
        "a URL session failed",
        types="NSURLErrorDomain URLError kCFErrorDomainCFNetwork NWError AFError",
        severity="medium",
    ),
    rule("timeout", 0.94, "a URL session took too long", phrases=[r"the request timed out|code=-1001\b|-1001 "]),
    rule(
        "network",
        0.93,
        "a URL session failed",
        phrases=[
            r"code=-(100[3-69]|120[0-6]|1020)\b|appears to be offline|hostname could not be found",
            r"network connection was lost|could not connect to the server|an ssl error has occurred",
            r"certificate for this server is invalid",
        ],
        severity="high",
    ),
    rule(
        "serialization",
        0.93,
        "data that cannot be decoded",
        types="""
        DecodingError Swift.DecodingError EncodingError FormatException nlohmann.* nlohmann.detail.* rapidjson.*
        YAML.* google.protobuf.* boost.property_tree.* CheckedFromJsonException simdjson.* tinyxml2.*
        toml.parse_error JsonUnsupportedObjectError
        """,
        firm=True,
    ),
    rule(
        "serialization",
        0.93,
        "data that cannot be decoded",
        phrases=[
            r"(keynotfound|typemismatch|valuenotfound|datacorrupted)\(",
            r"couldn.t be read because it (isn.t in the correct format|is missing)|json\.exception",
            r"swift\.decodingerror",
        ],
        firm=True,
    ),
    rule(
        "filesystem",
        0.85,
        "a file is not there or may not be read",
        types="NSCocoaErrorDomain CocoaError FileSystemException PathNotFoundException PathAccessException",
    ),
    rule(
        "filesystem", 0.85, "the file system said no", types="std.filesystem.* std.ios_base.failure boost.filesystem.*"
    ),
    rule(
        "programming_error",
        0.88,
        "Dart's own error for a bug in the code",
        types="""
        _TypeError NoSuchMethodError RangeError StateError ArgumentError UnsupportedError UnimplementedError
        LateInitializationError _AssertionError AssertionError CastError _CastError LateError StackOverflowError
        IntegerDivisionByZeroException FlutterError ProviderNotFoundException IndexError TypeError
        """,
    ),
    rule(
        "programming_error",
        0.93,
        "a mistake in a Dart screen",
        phrases=[
            r"null check operator used on a null|is not a subtype of type|setstate\(\) called after dispose",
            r"renderflex overflowed|looking up a deactivated widget",
            r"lateinitializationerror|ancestor (is|was) (unsafe|not)|nosuchmethod|no material widget",
            r"incorrect use of parentdatawidget|bad state: (no element|too many|future already)",
        ],
        severity="high",
    ),
    rule(
        "programming_error",
        0.94,
        "null where a value is needed",
        types="_TypeError",
        phrases=[r"is not a subtype of type"],
        severity="medium",
    ),
    rule(
        "concurrency",
        0.93,
        "a collection changed while iterated, or a stream used twice",
        types="ConcurrentModificationError",
        firm=True,
    ),
    rule(
        "concurrency",
        0.85,
        "a stream used twice",
        phrases=[
            r"stream has already been listened to|modifying state during (view update|build)|called during build",
            r"must be used from main thread",
        ],
    ),
    rule(
        "network",
        0.9,
        "a connection failed",
        types="""
        SocketException HandshakeException TlsException ClientException HttpException WebSocketException
        CertificateException
        """,
        severity="high",
    ),
    rule("timeout", 0.9, "a time limit passed", types="TimeoutException"),
    rule(
        "dependency",
        0.6,
        "another service or a plug-in failed",
        types="DioException DioError PlatformException MissingPluginException FirebaseException GraphQLException",
    ),
    rule("dependency", 0.92, "a plug-in is missing", types="MissingPluginException"),
    rule("authentication", 0.85, "a login failed", types="FirebaseAuthException AuthException"),
    rule(
        "resource_exhaustion",
        0.96,
        "memory ran out",
        types="std.bad_alloc bad_alloc std.bad_array_new_length OutOfMemoryError",
        severity="critical",
    ),
    rule(
        "programming_error",
        0.85,
        "the standard library refused the code's use of it",
        types="""
        std.out_of_range std.logic_error std.bad_cast std.bad_optional_access std.bad_variant_access
        std.bad_function_call std.bad_typeid std.domain_error std.length_error std.bad_any_cast std.bad_weak_ptr
        std.bad_expected_access
        """,
        severity="high",
    ),
    rule(
        "serialization",
        0.85,
        "text that is no number",
        types="std.invalid_argument std.out_of_range boost.bad_lexical_cast boost.bad_lexical_cast",
        phrases=[r"^(stoi|stod|stol|stoul|stof|stoll|bad lexical)"],
    ),
    rule("validation", 0.5, "an argument was refused", types="std.invalid_argument"),
    rule("concurrency", 0.85, "threads got into each other's way", types="std.future_error", firm=True),
    rule(
        "concurrency",
        0.9,
        "a thread or lock used the wrong way",
        types="std.system_error",
        phrases=[r"resource deadlock|operation not permitted|invalid argument"],
        firm=True,
    ),
    rule("network", 0.85, "a connection failed", types="boost.asio.* asio.* curlpp.* Poco.Net.*", severity="high"),
    rule("dependency", 0.6, "a library failed", types="grpc.* cv.Exception Ort.Exception"),
    languages="native",
    wrappers="""
    Fatal NSError Exception _Exception std.exception std.runtime_error std.system_error error runtime_error
    terminate Error
    """,
)
