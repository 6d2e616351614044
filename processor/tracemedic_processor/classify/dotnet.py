""".NET: the base class library and well-known packages that are no database."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "programming_error",
        0.87,
        ".NET's own error for a bug in the code",
        types="""
        System.NullReferenceException System.InvalidCastException System.IndexOutOfRangeException
        System.ArgumentNullException System.ArgumentOutOfRangeException System.DivideByZeroException
        System.Collections.Generic.KeyNotFoundException System.NotImplementedException
        System.NotSupportedException System.StackOverflowException System.ArrayTypeMismatchException
        System.RankException System.Diagnostics.UnreachableException System.ArithmeticException
        System.Runtime.CompilerServices.SwitchExpressionException System.Reflection.AmbiguousMatchException
        Microsoft.CSharp.RuntimeBinder.* AutoMapper.* System.AccessViolationException
        Microsoft.AspNetCore.Routing.Matching.AmbiguousMatchException
        System.Reflection.TargetParameterCountException Moq.* System.MissingMemberException
        Microsoft.JSInterop.JSException System.OverflowException
        """,
    ),
    rule("validation", 0.5, "an argument was refused", types="System.ArgumentException"),
    rule(
        "programming_error", 0.5, "the code was in a state it did not expect", types="System.InvalidOperationException"
    ),
    rule(
        "programming_error",
        0.88,
        "a sequence has not the elements the code expects",
        types="System.InvalidOperationException System.ArgumentException",
        phrases=[
            r"sequence contains (no|more than one)|nullable object must have a value|stack empty|queue empty",
            r"an item with the same key",
            r"cannot be called on a value|the linq expression|headers are read-only|failed to compare two elements",
        ],
    ),
    rule(
        "concurrency",
        0.94,
        "a collection or context used by two at once",
        types="System.InvalidOperationException",
        phrases=[
            r"collection was modified|second operation|non-concurrent collections|calling thread",
            r"operations that change non-concurrent",
        ],
        firm=True,
    ),
    rule(
        "concurrency",
        0.92,
        "threads got into each other's way",
        types="""
        System.Threading.SynchronizationLockException System.Threading.ThreadStateException
        System.Threading.LockRecursionException System.Threading.SemaphoreFullException
        System.Threading.AbandonedMutexException
        """,
        firm=True,
    ),
    rule(
        "concurrency",
        0.93,
        "a user interface was touched from another thread",
        phrases=[r"cross-thread operation not valid|different thread owns it|only the original thread that created"],
        firm=True,
    ),
    rule(
        "configuration",
        0.93,
        "a service is not registered",
        phrases=[
            r"unable to resolve service for type|no service for type|some services are not able to be constructed",
            r"no constructor for type",
            r"cannot consume scoped service|a suitable constructor for type|unable to find the required services",
        ],
        severity="critical",
    ),
    rule(
        "configuration",
        0.92,
        "settings are missing or wrong",
        types="""
        System.Configuration.* Microsoft.Extensions.Options.* Autofac.* Microsoft.Extensions.Configuration.*
        StructureMap.* Castle.MicroKernel.* Unity.* System.UriFormatException
        """,
        severity="critical",
    ),
    rule(
        "configuration",
        0.9,
        "settings are missing or wrong",
        phrases=[
            r"connectionstring property has not been initialized|section '[^']*' not found",
            r"configuration file '[^']*' was not found|failed to bind configuration",
            r"no authenticationScheme was specified",
        ],
        severity="critical",
    ),
    rule(
        "dependency",
        0.94,
        "an assembly, type or method is missing or of another version",
        types="""
        System.TypeLoadException System.MissingMethodException System.MissingFieldException
        System.BadImageFormatException System.IO.FileLoadException System.DllNotFoundException
        System.EntryPointNotFoundException System.Reflection.ReflectionTypeLoadException
        """,
        severity="critical",
    ),
    rule(
        "dependency",
        0.96,
        "an assembly cannot be loaded",
        phrases=[
            r"could not load (file or assembly|type)|unable to load (shared library|dll)|method not found:",
            r"you must install or update \.net",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "timeout",
        0.9,
        "a time limit passed",
        types="System.TimeoutException Polly.Timeout.* System.ServiceModel.TimeoutException",
    ),
    rule(
        "timeout",
        0.68,
        "the work was called off",
        types="System.Threading.Tasks.TaskCanceledException System.OperationCanceledException",
    ),
    rule("timeout", 0.93, "HttpClient's time limit passed", phrases=[r"httpclient\.timeout of|a task was canceled"]),
    rule(
        "network",
        0.88,
        "a connection failed",
        types="""
        System.Net.Sockets.SocketException System.Net.WebException
        System.Security.Authentication.AuthenticationException System.Net.Http.HttpIOException
        System.Net.WebSockets.* System.Net.NetworkInformation.* RabbitMQ.Client.* MailKit.* Confluent.Kafka.*
        System.ServiceModel.EndpointNotFoundException System.ServiceModel.CommunicationException
        Microsoft.AspNetCore.Connections.* System.Net.HttpListenerException System.Net.Mail.*
        """,
        severity="high",
    ),
    rule("network", 0.6, "an HTTP call failed", types="System.Net.Http.HttpRequestException", severity="high"),
    rule(
        "network",
        0.93,
        "TLS or a certificate failed",
        phrases=[r"the ssl connection could not be established|remote certificate (is|was)"],
        severity="high",
    ),
    rule(
        "filesystem",
        0.9,
        "the file system said no",
        types="""
        System.IO.FileNotFoundException System.IO.DirectoryNotFoundException System.IO.PathTooLongException
        System.IO.DriveNotFoundException System.IO.InvalidDataException System.IO.EndOfStreamException
        """,
    ),
    rule("filesystem", 0.55, "input or output failed", types="System.IO.IOException"),
    rule(
        "filesystem",
        0.92,
        "a file is locked or out of reach",
        phrases=[r"being used by another process|could not find (file|a part of the path)|access to the path"],
        firm=True,
    ),
    rule(
        "authorization",
        0.7,
        "the caller may not do this",
        types="System.UnauthorizedAccessException System.Security.SecurityException",
    ),
    rule(
        "authentication",
        0.92,
        "a token or password was refused",
        types="""
        Microsoft.IdentityModel.* Microsoft.Identity.* System.IdentityModel.* Azure.Identity.*
        Microsoft.IdentityModel.Tokens.SecurityTokenExpiredException MailKit.Security.AuthenticationException
        System.Security.Authentication.InvalidCredentialException Microsoft.AspNetCore.Authentication.*
        Google.Apis.Auth.* System.DirectoryServices.*
        """,
        severity="high",
    ),
    rule(
        "authentication",
        0.9,
        "an antiforgery token or a data protection key does not fit",
        types="""
        Microsoft.AspNetCore.Antiforgery.*
        """,
        severity="medium",
    ),
    rule(
        "configuration", 0.7, "data was encrypted with a key that is not here", types="System.Security.Cryptography.*"
    ),
    rule("authentication", 0.92, "a caller's token is out of date or wrong", phrases=[r"IDX1\d{4}"], severity="medium"),
    rule(
        "resource_exhaustion",
        0.96,
        "memory ran out",
        types="System.OutOfMemoryException System.InsufficientMemoryException",
        severity="critical",
    ),
    rule(
        "serialization",
        0.92,
        "text or bytes that cannot be decoded",
        types="""
        System.Text.Json.* Newtonsoft.Json.* System.FormatException System.Xml.* System.Runtime.Serialization.*
        System.Text.DecoderFallbackException System.Text.EncoderFallbackException CsvHelper.* YamlDotNet.*
        Google.Protobuf.* MessagePack.* ProtoBuf.* System.Text.RegularExpressions.RegexParseException
        """,
        firm=True,
    ),
    rule(
        "validation",
        0.93,
        "input breaks a rule",
        types="""
        FluentValidation.* System.ComponentModel.DataAnnotations.*
        Microsoft.AspNetCore.Http.BadHttpRequestException
        Microsoft.AspNetCore.Server.Kestrel.Core.BadHttpRequestException HotChocolate.* Microsoft.OpenApi.*
        """,
        severity="low",
    ),
    rule(
        "dependency",
        0.6,
        "another service answered with an error",
        types="""
        Refit.* Flurl.Http.* Stripe.* Polly.CircuitBreaker.* System.ServiceModel.FaultException
        Azure.RequestFailedException RestSharp.* Octokit.* Azure.Messaging.*
        """,
    ),
    rule(
        "dependency",
        0.8,
        "the platform or a registered component is missing",
        types="System.PlatformNotSupportedException System.Runtime.InteropServices.COMException",
    ),
    rule(
        "configuration",
        0.96,
        "a setting is missing",
        types="""
        System.ArgumentNullException System.ArgumentException
        Microsoft.Extensions.Options.OptionsValidationException
        """,
        phrases=[
            r"parameter '?(connection ?string|api ?key|configuration|uri ?string|endpoint)|validation failed",
            r"connection ?string",
        ],
        severity="critical",
    ),
    rule(
        "filesystem",
        0.9,
        "a view is not there",
        types="System.InvalidOperationException",
        phrases=[r"the (view|partial view|layout view) '.{1,120}' was not found"],
    ),
    rule(
        "serialization",
        0.9,
        "a number too large for its type",
        types="System.OverflowException",
        phrases=[r"too large or too small for an?"],
    ),
    rule(
        "configuration",
        0.9,
        "parts that were not registered",
        types="System.InvalidOperationException",
        phrases=[
            r"please register|please (call|add) .{0,80}(configureservices|startup|program\.cs)",
            r"unable to find the required services",
        ],
        severity="high",
    ),
    rule(
        "validation",
        0.9,
        "an address or a path that is none",
        types="System.InvalidOperationException System.UriFormatException",
        phrases=[r"path contains null characters|invalid (uri|url|path)|an invalid request uri"],
        severity="low",
    ),
    rule("programming_error", 0.4, "an initialiser failed", types="System.TypeInitializationException"),
    languages="dotnet",
    wrappers="""
        System.Exception AggregateException System.ApplicationException TargetInvocationException
        TypeInitializationException System.SystemException Polly.ExecutionRejectedException
        """,
)
