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
    # --- error domains of Apple's systems, whose codes tell more than the domain
    rule(
        "serialization",
        0.97,
        "Cocoa could not decode the data",
        types="""
        NSCocoaErrorDomain NSXMLParserErrorDomain Swift.DecodingError Swift.EncodingError Alamofire.AFError
        AFError
        """,
        phrases=[
            r"code=(3840|4864|4865|4866|2048|26[14])\b|(json|xml) text",
            r"(could not be|responseserialization|be) serialized",
        ],
        firm=True,
    ),
    rule("database", 0.97, "Core Data failed", types="NSCocoaErrorDomain", phrases=[r"code=13[0-9]{4}\b|core ?data"]),
    rule("resource_exhaustion", 0.97, "the disk is full", types="NSCocoaErrorDomain", phrases=[r"code=640\b"]),
    rule(
        "validation",
        0.97,
        "an address that is none",
        types="NSURLErrorDomain URLError Swift.URLError Alamofire.AFError AFError",
        phrases=[r"code=-100[02]\b|\b(unsupported|bad|invalid) url\b|invalidurl"],
        severity="low",
    ),
    rule(
        "timeout",
        0.97,
        "the request was given up",
        types="NSURLErrorDomain URLError Swift.URLError Alamofire.AFError AFError DarwinHttpRequestException",
        phrases=[r"code=-(1001|999)\b|timed out"],
    ),
    rule(
        "authentication",
        0.97,
        "the server wants to know who is asking",
        types="NSURLErrorDomain URLError Swift.URLError",
        phrases=[r"code=-101[23]\b"],
        severity="high",
    ),
    rule(
        "dependency",
        0.97,
        "the server's answer makes no sense",
        types="NSURLErrorDomain URLError Swift.URLError",
        phrases=[r"code=-(1007|1011|1014|1015|1016|1017)\b"],
    ),
    rule(
        "filesystem",
        0.97,
        "a file is not there or may not be used",
        types="NSURLErrorDomain URLError",
        phrases=[r"code=-(1100|1101|1102|300\d)\b"],
    ),
    rule(
        "authentication",
        0.85,
        "a login failed or the key chain has no such item",
        types="""
        NSOSStatusErrorDomain ASAuthorizationError com.apple.AuthenticationServices.AuthorizationError
        FIRAuthErrorDomain LAError com.apple.LocalAuthentication GIDSignInError com.google.GIDSignIn
        com.google.HTTPStatus AuthErrorCode
        """,
    ),
    rule(
        "configuration",
        0.96,
        "a capability of the app is not set up",
        types="NSOSStatusErrorDomain",
        phrases=[r"-34018|entitlement"],
        severity="high",
    ),
    rule(
        "authorization",
        0.85,
        "the user or the system did not allow it",
        types="""
        kCLErrorDomain CLError AVError.applicationIsNotAuthorized PHPhotosErrorDomain EKErrorDomain
        HKErrorDomain
        """,
    ),
    rule("validation", 0.6, "a purchase was called off", types="SKErrorDomain SKError StoreKitError", severity="low"),
    rule(
        "dependency",
        0.5,
        "a service of the system failed",
        types="""
        AVFoundationErrorDomain CKErrorDomain kAFAssistantErrorDomain WKErrorDomain MKErrorDomain CBErrorDomain
        GADErrorDomain com.google.admob com.firebase.core com.apple.ShazamKit VNErrorDomain CoreMediaErrorDomain
        """,
    ),
    rule(
        "dependency",
        0.95,
        "a library or an instruction is missing",
        types="dyld DYLD SIGILL EXC_BAD_INSTRUCTION",
        phrases=[r"library not loaded|symbol not found|illegal instruction|image not found"],
        severity="critical",
    ),
    rule(
        "concurrency",
        0.97,
        "a collection or the screen was used by two threads",
        types="NSGenericException NSInternalInconsistencyException",
        phrases=[r"mutated while being enumerated|background thread|main thread|must be (used|called) from"],
    ),
    rule(
        "programming_error",
        0.85,
        "the process crashed in native code",
        types="EXC_BAD_ACCESS EXC_CRASH EXC_BREAKPOINT EXC_ARITHMETIC SIGTRAP SIGFPE std.regex_error c10.Error",
        severity="critical",
    ),
    rule(
        "programming_error",
        0.9,
        "the process crashed in native code",
        phrases=[
            r"(free|malloc|realloc|munmap_chunk)\(\): |corrupted (top size|size|double|unsorted)",
            r"terminate called without",
            r"KERN_(INVALID_ADDRESS|PROTECTION_FAILURE)|null pointer dereference|use[- ]after[- ]free",
            r"stack[- ]buffer[- ]overflow",
            r"expected object of scalar type|type mismatch \(|unrecognized selector|environmentobject",
            r"is not connected to any",
            r"\bundefined reference to\b|unresolved external symbol|multiple definition of|error: expected ['`;]",
        ],
    ),
    rule(
        "programming_error",
        0.95,
        "an argument that cannot be",
        types="std.system_error",
        phrases=[r"invalid argument|no such process"],
    ),
    rule(
        "infrastructure",
        0.93,
        "the graphics device is lost",
        phrases=[r"device_?lost|error_?device_?lost|DXGI_ERROR_DEVICE|VK_ERROR_(DEVICE|INITIALIZATION)"],
        severity="critical",
    ),
    rule(
        "timeout",
        0.75,
        "data of another time",
        phrases=[r"extrapolation (into|at)|lookup would require"],
    ),
    # --- Flutter's channels carry a code in brackets
    rule(
        "filesystem",
        0.97,
        "an asset is not there",
        types="FlutterError",
        phrases=[r"unable to load asset"],
    ),
    rule(
        "configuration",
        0.97,
        "a service of the app is not set up",
        types="FirebaseException PlatformException FlutterError",
        phrases=[
            r"no-app\]|no firebase app|not-configured|missing.{0,20}(plist|google-services)",
            r"api ?key (not|is) (found|missing)",
        ],
        severity="critical",
    ),
    rule(
        "authorization",
        0.97,
        "the user or the rules did not allow it",
        types="FirebaseException PlatformException FirebaseFunctionsException",
        phrases=[
            r"permission[_-]?denied|permissiondenied|denied permission|not authorized|access_denied|unauthorized-domain"
        ],
    ),
    rule(
        "network",
        0.97,
        "the network failed",
        types="FirebaseException PlatformException FirebaseAuthException FirebaseError",
        phrases=[
            r"network[_-](error|request-failed)|apiexception: 7\b|/unavailable|connection (failed|refused|reset)",
            r"no internet",
        ],
    ),
    rule(
        "authentication",
        0.96,
        "a login failed",
        types="PlatformException FirebaseException",
        phrases=[
            r"sign_in_|apiexception: (10|12500|12501|4)\b|unauthenticated|user-not-found|wrong-password",
            r"invalid-credential|auth_",
        ],
    ),
    rule(
        "validation",
        0.85,
        "input breaks a rule",
        types="PlatformException FirebaseException FirebaseAuthException",
        phrases=[r"required|\binvalid[-_](argument|email)|weak-password|already-in-use|must (be|not)|bad[-_]request"],
        severity="low",
    ),
    languages="native",
    wrappers="""
    Fatal NSError Exception _Exception std.exception std.runtime_error std.system_error error runtime_error
    terminate Error
    """,
)
