"""PHP: the language, Laravel, Symfony and well-known packages that are no database."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "programming_error",
        0.87,
        "PHP's own error for a bug in the code",
        types="""
        TypeError ArgumentCountError DivisionByZeroError ArithmeticError AssertionError UnhandledMatchError
        ParseError BadMethodCallException BadFunctionCallException OutOfBoundsException OutOfRangeException
        LogicException ValueError DomainException LengthException UnderflowException
        Illuminate.View.ViewException CompileError Twig.* ReflectionException
        Illuminate.Database.Eloquent.MassAssignmentException Symfony.Component.ErrorHandler.Error.*
        Illuminate.Database.Eloquent.RelationNotFoundException Symfony.Component.PropertyAccess.*
        Symfony.Component.Routing.Exception.RouteNotFoundException Livewire.* Error FastRoute.* Latte.* Smarty*
        Mustache* Brick.Math.Exception.DivisionByZeroException Nette.InvalidStateException
        """,
    ),
    rule(
        "authentication",
        0.9,
        "a token that is none",
        types="UnexpectedValueException DomainException",
        phrases=[r"number of segments|signature|algorithm|expired token|\bkid\b"],
        severity="medium",
    ),
    rule("programming_error", 0.4, "PHP noticed a mistake", types="ErrorException"),
    rule(
        "programming_error",
        0.93,
        "a mistake in the code",
        phrases=[
            r"undefined (variable|index|offset|array key|property|method|constant|function)",
            r"call to (a member function|undefined|private|protected)",
            r"on null$|must be of type .{0,80}given|array to string conversion",
            r"cannot (redeclare|use object of type|access|unset|instantiate|modify|assign)",
            r"attempt to read property|trying to (access|get) |too few arguments|unsupported operand types",
            r"foreach\(\) argument|uninitialized|non-object",
            r"maximum function nesting level|division by zero|syntax error, unexpected|return value must be",
            r"illegal (offset|string)|deprecated:",
        ],
    ),
    rule(
        "dependency",
        0.9,
        "a class or extension is missing",
        phrases=[
            r"(class|interface|trait|enum) ['\"][^'\"]+['\"] not found|could not find driver",
            r"^class \"?[\w\\]{1,200}\"? does not exist|the \w{1,30} extension is (needed|required|missing|not)",
            r"unable to load dynamic library|failed opening required|your requirements could not be resolved",
            r"composer detected issues",
        ],
        severity="high",
    ),
    rule(
        "dependency",
        0.97,
        "an extension of PHP is missing",
        phrases=[
            (
                r"call to undefined function \\?(mb|curl|image\w{0,30}|mysqli|mysql|openssl|json|gd|intl"
                r"|simplexml|xml|xmlrpc)_"
            ),
            r"call to undefined function \\?(pg|oci|sqlsrv|ldap|ftp|imap|pcntl|posix|sodium|apcu|opcache|hash|iconv)_",
            (
                r"call to undefined function \\?(imagecreate|bc(add|sub|mul|div|mod|pow|comp|scale)|gz\w{2,12}"
                r"|utf8_|ctype_)"
            ),
            r"call to undefined function \\?(exif|socket|sem|shm|readline|gmp|ibase|ssh2|yaml|igbinary|random|mcrypt)_",
            r"use of undefined constant (curl|openssl|mysqli|pcntl|sodium|soap)|class 'soapclient' not found",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.97,
        "PHP's memory limit is reached",
        phrases=[r"allowed memory size of \d+ bytes exhausted"],
        severity="critical",
    ),
    rule("timeout", 0.9, "PHP's time limit is reached", phrases=[r"maximum execution time of"], severity="medium"),
    rule(
        "filesystem",
        0.93,
        "the file system said no",
        phrases=[
            r"failed to open (stream|dir(ectory)?): (no such|permission|is a|not a|operation not|file exists)",
            r"could not be opened in append mode|unable to create (the |a )?(\"?[/.]|director|file|folder|cache)",
            r"(file_get_contents|fopen|readfile|getimagesize|copy)\((/|\.|[a-z]:|[\w-]{1,60}[./])",
            r"(unlink|mkdir|rmdir|rename|touch|chmod|scandir|opendir|file_put_contents|fputcsv|tempnam)\(",
            r"is not writable",
            r"cannot use splfileobject|splfileobject|splfileinfo",
            r"file does not exist at path|unable to (write|read) (file|to)",
        ],
        types="LogicException ErrorException Exception RuntimeException UnexpectedValueException ErrorException Error",
    ),
    rule(
        "filesystem",
        0.9,
        "the file system said no",
        types="""
        Twig.Error.LoaderError PharException ZipArchive.* League.Glide.* Intervention.Image.* League.Flysystem.*
        Symfony.Component.Filesystem.* Symfony.Component.HttpFoundation.File.* Illuminate.Contracts.Filesystem.*
        Symfony.Component.Finder.*
        """,
    ),
    rule("filesystem", 0.7, "a stream could not be opened", phrases=[r"failed to open stream"]),
    rule(
        "programming_error",
        0.96,
        "a value of the wrong type",
        types="Error ErrorException TypeError",
        phrases=[r"could not be converted to (string|int|float|number)|conversion from .{1,40} loses precision"],
    ),
    rule(
        "programming_error",
        0.8,
        "a function was given the wrong thing",
        phrases=[
            r"expects (parameter|exactly|at (least|most)) .{1,60} given|argument \d+ (passed to|must be)|argument #\d",
            r"facade root has not been set|^route \[[^\]]{1,80}\] not defined|can only throw objects",
            r"call to a member function|must not throw an exception|cannot (redeclare|declare) |nesting level",
        ],
    ),
    rule("filesystem", 0.8, "a view is not there", phrases=[r"^view \[[\w.:-]+\] not found"]),
    rule(
        "network",
        0.93,
        "a connection failed",
        phrases=[
            r"curl error (5|6|7|35|51|52|55|56|58|60|77|92|18)\b|php_network_getaddresses|unable to connect to tcp",
            r"(fsockopen|stream_socket_client)\(.{0,200}(refused|unreachable|getaddrinfo|unknown)|ssl operation failed",
        ],
        severity="high",
    ),
    rule("timeout", 0.95, "curl's time limit passed", phrases=[r"curl error 28\b"]),
    rule(
        "network",
        0.82,
        "a connection failed",
        types="""
        GuzzleHttp.Exception.ConnectException Illuminate.Http.Client.ConnectionException
        Symfony.Component.HttpClient.Exception.TransportException PhpAmqpLib.* Swift_TransportException
        SoapFault PHPMailer.* React.* Amp.* Ratchet.* Enqueue.* PhpMqtt.* Nyholm.*
        Symfony.Component.Mailer.Exception.* AMQPConnectionException RdKafka.*
        Symfony.Component.Messenger.Exception.TransportException
        """,
        severity="high",
    ),
    rule(
        "timeout",
        0.92,
        "a time limit passed",
        types="""
        Symfony.Component.HttpClient.Exception.TimeoutException
        Symfony.Component.Process.Exception.ProcessTimedOutException Illuminate.Queue.TimeoutExceededException
        Illuminate.Process.Exceptions.ProcessTimedOutException
        """,
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule",
        types="""
        Illuminate.Validation.* Symfony.Component.Validator.* Respect.* Assert.* Opis.* JsonSchema.* Rakit.*
        Brick.Money.* Money.* Slim.* Laminas.Validator.* Particle.* Valitron.* libphonenumber.* Egulias.*
        Cake.Http.Exception.* Nette.InvalidArgumentException Spatie.Permission.* Stripe.Exception.CardException
        Symfony.Component.HttpKernel.Exception.NotFoundHttpException
        Symfony.Component.HttpKernel.Exception.MethodNotAllowedHttpException
        Symfony.Component.HttpKernel.Exception.BadRequestHttpException Webmozart.Assert.*
        Symfony.Component.OptionsResolver.*
        Symfony.Component.HttpKernel.Exception.UnprocessableEntityHttpException
        Illuminate.Http.Exceptions.PostTooLargeException Symfony.Component.Routing.Exception.*
        Symfony.Component.Form.* Symfony.Component.HttpFoundation.Exception.*
        """,
        severity="low",
    ),
    rule("validation", 0.55, "an argument was refused", types="InvalidArgumentException UnexpectedValueException"),
    rule(
        "authentication",
        0.93,
        "credentials were refused",
        types="""
        Illuminate.Auth.AuthenticationException Firebase.JWT.* Symfony.Component.Security.Core.Exception.*
        League.OAuth2.* Lcobucci.JWT.* Tymon.JWTAuth.* Laravel.Passport.*
        Symfony.Component.HttpKernel.Exception.UnauthorizedHttpException Laravel.Socialite.*
        """,
        severity="medium",
    ),
    rule(
        "authentication",
        0.9,
        "a form's token is out of date",
        types="Illuminate.Session.TokenMismatchException",
        severity="low",
    ),
    rule(
        "authentication",
        0.9,
        "a caller is not logged in",
        types="Illuminate.Auth.AuthenticationException",
        severity="low",
    ),
    rule(
        "authorization",
        0.94,
        "the caller may not do this",
        types="""
        Illuminate.Auth.Access.AuthorizationException
        Symfony.Component.Security.Core.Exception.AccessDeniedException
        Spatie.Permission.Exceptions.UnauthorizedException
        Symfony.Component.HttpKernel.Exception.AccessDeniedHttpException
        Illuminate.Routing.Exceptions.InvalidSignatureException
        """,
        severity="medium",
    ),
    rule(
        "rate_limit",
        0.94,
        "too many requests",
        types="""
        Illuminate.Http.Exceptions.ThrottleRequestsException
        Symfony.Component.HttpKernel.Exception.TooManyRequestsHttpException Symfony.Component.RateLimiter.*
        """,
        severity="low",
    ),
    rule(
        "serialization",
        0.93,
        "text or bytes that cannot be decoded",
        types="""
        Symfony.Component.HttpClient.Exception.JsonException League.Csv.* Brick.Math.* Ramsey.Uuid.* Box.Spout.*
        Sabre.* Masterminds.* PhpOffice.* OpenSpout.* Cake.Utility.Xml.* Laminas.Json.* CBOR.* MessagePack.*
        JsonException Symfony.Component.Yaml.* DOMException Symfony.Component.Serializer.* Carbon.Exceptions.*
        DateMalformedStringException Google.Protobuf.* Nette.Utils.JsonException
        """,
        firm=True,
    ),
    rule(
        "serialization",
        0.9,
        "text or bytes that cannot be decoded",
        phrases=[
            r"failed to parse time string|malformed utf-8|unserialize\(\): error|simplexml_load|domdocument::load",
            r"control character error|a non-numeric value|json_decode",
        ],
        types="""
        ErrorException Exception InvalidArgumentException TypeError Error ValueError
        Illuminate.Http.Exceptions.*
        """,
    ),
    rule(
        "configuration",
        0.93,
        "a key or a service is not set up",
        types="""
        Illuminate.Encryption.MissingAppKeyException Illuminate.Contracts.Encryption.DecryptException
        Symfony.Component.DependencyInjection.* Illuminate.Contracts.Container.* Symfony.Component.Config.*
        Dotenv.* Illuminate.Foundation.ViteManifestNotFoundException DI.* Psr.Container.* League.Container.*
        Pimple.* Auryn.* Laminas.ServiceManager.* Nette.DI.* Cake.Core.Exception.*
        Illuminate.Broadcasting.BroadcastException
        """,
        severity="critical",
    ),
    rule(
        "configuration",
        0.9,
        "a service or class is not bound",
        types="Illuminate.Contracts.Container.BindingResolutionException",
        severity="high",
    ),
    rule(
        "configuration",
        0.94,
        "a key or a setting is missing",
        phrases=[
            r"no application encryption key|the only supported ciphers are|unsupported cipher",
            r"vite manifest not found|target class \[.{1,120}\] does not exist|mix manifest",
            r"no supported encrypter|unable to create configured logger|unable to locate publishable",
            r"driver \[.{0,40}\] (is )?not|environment variable not found|is not configured|no hint path defined",
        ],
        severity="critical",
    ),
    rule(
        "dependency",
        0.6,
        "another service answered with an error",
        types="""
        GuzzleHttp.* Illuminate.Http.Client.* Stripe.* Google.* Symfony.Component.HttpClient.* Aws.* Twilio.*
        Illuminate.Queue.* Http.Client.* Symfony.Component.Process.*
        """,
    ),
    rule(
        "dependency",
        0.75,
        "another service failed",
        types="GuzzleHttp.Exception.ServerException Symfony.Component.HttpClient.Exception.ServerException",
    ),
    rule(
        "concurrency",
        0.85,
        "a lock that another holds",
        types="""
        Illuminate.Contracts.Cache.LockTimeoutException Symfony.Component.Lock.*
        """,
    ),
    rule(
        "filesystem",
        0.97,
        "a file could not be opened",
        phrases=[r"failed to open (stream|dir(ectory)?): (no such|permission|is a|not a|operation not|file exists)"],
        firm=True,
    ),
    rule(
        "filesystem",
        0.96,
        "a template is not there",
        types="""
        Mustache_Exception_UnknownTemplateException Mustache.Exception.UnknownTemplateException
        Latte.TemplateNotFoundException
        """,
    ),
    rule(
        "programming_error",
        0.93,
        "a formula or expression is wrong",
        types="PhpOffice.PhpSpreadsheet.Calculation.* Symfony.Component.ExpressionLanguage.* Twig.Error.SyntaxError",
    ),
    rule(
        "validation",
        0.93,
        "a command line that breaks its rules",
        types="Symfony.Component.Console.Exception.* GetOpt.* Ahc.Cli.*",
        severity="low",
    ),
    rule("serialization", 0.93, "text that cannot be deciphered", types="Defuse.Crypto.* ParagonIE.* SodiumException"),
    languages="php",
    wrappers="""
        Exception RuntimeException Throwable Illuminate.Queue.MaxAttemptsExceededException
        Symfony.Component.HttpKernel.Exception.HttpException
        """,
)
