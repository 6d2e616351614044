"""Ruby: the language, Rails and well-known gems that are no database."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "programming_error",
        0.87,
        "Ruby's own error for a bug in the code",
        types="""
        NoMethodError NameError ArgumentError TypeError IndexError KeyError ZeroDivisionError FrozenError
        LocalJumpError NotImplementedError SyntaxError RangeError FloatDomainError StopIteration
        SystemStackError UncaughtThrowError NoMatchingPatternError NoMatchingPatternKeyError Liquid.* Slim.*
        Haml.* Mustache.* ERB.* RegexpError Nokogiri.CSS.* Temple.* AbstractController.*
        ActionController.UrlGenerationError AbstractController.DoubleRenderError
        ActiveModel.UnknownAttributeError ActiveModel.MissingAttributeError ClosedQueueError
        ActiveModel.ForbiddenAttributesError ActionController.MissingExactTemplate
        """,
    ),
    rule(
        "programming_error",
        0.86,
        "a name that Ruby does not know",
        types="NameError",
        phrases=[r"undefined local variable or method"],
    ),
    rule(
        "dependency",
        0.88,
        "a constant that is not loaded",
        types="NameError",
        phrases=[r"uninitialized constant"],
        severity="high",
    ),
    rule(
        "configuration",
        0.95,
        "a setting is missing",
        types="KeyError",
        phrases=[r"(?-i)key not found: :?\"?[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\"?"],
        severity="critical",
    ),
    rule(
        "serialization",
        0.9,
        "text that is no number, date or encoding",
        types="ArgumentError RangeError TypeError",
        phrases=[
            r"invalid value for (integer|float|rational|bigdecimal)|invalid date|argument out of range",
            r"invalid byte sequence|no time information|invalid base64|string contains null byte",
        ],
    ),
    rule(
        "serialization",
        0.92,
        "text or bytes that cannot be decoded",
        types="""
        Ox.* TomlRB.* Tomlrb.* TOML.* Toml.* Avro.* CBOR.* BSON.* Addressable.* Zlib.* Snappy.* Zstd.*
        Multipart.* Roo.* Faraday.ParsingError JSON.* Oj.* Psych.* Nokogiri.* Encoding.* Date.Error CSV.*
        MultiJson.* REXML.* MessagePack.* Google.Protobuf.* ActionDispatch.Http.Parameters.ParseError Yajl.*
        ActionDispatch.Http.MimeNegotiation.InvalidType
        """,
        firm=True,
    ),
    rule("filesystem", 0.85, "a damaged archive", types="Zip.* Gem.Package.*"),
    rule(
        "dependency",
        0.94,
        "a library is missing",
        types="LoadError Gem.LoadError Gem.MissingSpecError Gem.ConflictError Bundler.*",
        severity="critical",
    ),
    rule(
        "timeout",
        0.92,
        "a time limit passed",
        types="""
        Concurrent.TimeoutError ConnectionPool.* Net.ReadTimeout Net.OpenTimeout Net.WriteTimeout Timeout.Error
        Timeout.ExitException Rack.Timeout.* Faraday.TimeoutError HTTP.TimeoutError Excon.Error.Timeout
        RestClient.Exceptions.* Errno.ETIMEDOUT HTTPX.TimeoutError Typhoeus.Errors.TimeoutError
        Selenium.WebDriver.Error.TimeoutError IO.TimeoutError RestClient.RequestTimeout HTTParty.TimeoutError
        Capybara.*
        """,
    ),
    rule(
        "network",
        0.9,
        "a connection failed",
        types="""
        Errno.ECONNREFUSED SocketError Socket.ResolutionError OpenSSL.* Errno.EHOSTUNREACH Errno.ENETUNREACH
        Errno.EADDRINUSE Faraday.ConnectionFailed Faraday.SSLError HTTP.ConnectionError Excon.Error.Socket
        Excon.Error.Certificate Bunny.* Kafka.* Typhoeus.* HTTPClient.* Async.* EventMachine.* MQTT.* Stomp.*
        NATS.* Curl.* Net.FTP* Net.SSH.* Resolv.ResolvError Rdkafka.* HTTPX.ConnectionError Net.SMTP*
        """,
        severity="high",
    ),
    rule(
        "network",
        0.88,
        "a connection broke",
        types="""
        Errno.ECONNRESET Errno.EPIPE EOFError Errno.ECONNABORTED Net.HTTPBadResponse HTTP.StateError
        Protocol.HTTP.* IOError
        """,
        severity="medium",
    ),
    rule(
        "filesystem",
        0.92,
        "the file system said no",
        types="""
        Errno.ENOENT Errno.EACCES Errno.EISDIR Errno.ENOTDIR Errno.EEXIST Errno.ENOTEMPTY Errno.EPERM
        Errno.EROFS Errno.ENAMETOOLONG Errno.EXDEV Errno.ESTALE ActionView.MissingTemplate
        ActiveStorage.FileNotFoundError ActiveStorage.IntegrityError ActionController.MissingFile
        """,
    ),
    rule(
        "resource_exhaustion",
        0.95,
        "the machine has no room left",
        types="NoMemoryError Errno.ENOSPC Errno.ENOMEM",
        severity="critical",
    ),
    rule(
        "resource_exhaustion",
        0.95,
        "the process has no handles left",
        types="Errno.EMFILE Errno.ENFILE Errno.EAGAIN",
        severity="high",
    ),
    rule(
        "concurrency",
        0.9,
        "threads got into each other's way",
        types="ThreadError FiberError Concurrent.* Ractor.* Celluloid.*",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.95,
        "no more threads",
        types="ThreadError",
        phrases=[r"can't create thread"],
        severity="critical",
    ),
    rule(
        "concurrency",
        0.93,
        "a collection changed while iterated",
        types="RuntimeError",
        phrases=[
            r"can't add a new key into hash during iteration|modified during iteration|deadlock; recursive locking",
            r"hash modified",
        ],
        firm=True,
    ),
    rule(
        "validation",
        0.92,
        "input breaks a rule",
        types="""
        ActionController.ParameterMissing ActionController.RoutingError ActionController.UnpermittedParameters
        ActionController.BadRequest ActionController.UnknownFormat ActiveModel.*
        ActionController.InvalidCrossOriginRequest AbstractController.ActionNotFound Dry.* JSON.Schema.*
        OptionParser.* Thor.* Slop.* JSONSchemer.* TZInfo.* Money.* I18n.InvalidLocale Sinatra.* Hanami.*
        Phonelib.* GraphQL.* Stripe.CardError Roda.* Grape.* JSON.Validator.* Rack.QueryParser.*
        Rack.Multipart.* ActiveModel.ValidationError Grape.Exceptions.ValidationErrors URI.*
        ActionController.UnknownHttpMethod ActionDispatch.Http.Parameters.InvalidParameterError
        ActiveModel.StrictValidationFailed
        """,
        severity="low",
    ),
    rule(
        "authentication",
        0.92,
        "credentials or tokens were refused",
        types="""
        JWT.* OAuth2.* Net.SMTPAuthenticationError Devise.* Faraday.UnauthorizedError
        ActionController.InvalidAuthenticityToken Net.SSH.AuthenticationFailed OmniAuth.*
        RestClient.Unauthorized Signet.* ActiveSupport.MessageVerifier.InvalidSignature
        Bunny.AuthenticationFailureError Rodauth.* Warden.* Doorkeeper.* Google.Apis.AuthorizationError BCrypt.*
        Net.LDAP.* Octokit.Unauthorized
        """,
        severity="high",
    ),
    rule(
        "authentication",
        0.92,
        "a caller's token is out of date or wrong",
        types="""
        JWT.ExpiredSignature JWT.DecodeError JWT.VerificationError ActionController.InvalidAuthenticityToken
        """,
        severity="medium",
    ),
    rule(
        "authorization",
        0.93,
        "the caller may not do this",
        types="""
        Pundit.* CanCan.* Faraday.ForbiddenError ActionPolicy.* RestClient.Forbidden Octokit.Forbidden
        """,
        severity="medium",
    ),
    rule(
        "rate_limit",
        0.93,
        "too many requests",
        types="""
        Faraday.TooManyRequestsError RestClient.TooManyRequests Octokit.TooManyRequests Rack.Attack.*
        Sidekiq.Limiter.*
        """,
    ),
    rule(
        "configuration",
        0.9,
        "a key or a setting is missing",
        types="""
        ActiveSupport.EncryptedConfiguration.* ActiveSupport.EncryptedFile.* ActiveSupport.MessageEncryptor.*
        OpenSSL.Cipher.* OpenSSL.PKey.* RbNaCl.* I18n.MissingTranslationData Dotenv.* Settingslogic.*
        HTTParty.UnsupportedURIScheme Config.Validation.* ActiveRecord.Encryption.* Zeitwerk.* Rails.Secrets.*
        ActiveStorage.Service.*
        """,
    ),
    rule(
        "dependency",
        0.6,
        "another service answered with an error",
        types="""
        Faraday.* Circuitbox.* Stoplight.* Semian.* RestClient.* HTTParty.* Excon.* Stripe.* HTTP.* Octokit.*
        Twilio.* Savon.* Net.HTTPFatalError Aws.* Google.Apis.* Shopify* Slack.* Sidekiq.*
        """,
    ),
    rule(
        "dependency",
        0.7,
        "another service failed",
        types="Faraday.ServerError Net.HTTPFatalError Google.Apis.ServerError",
    ),
    rule(
        "configuration",
        0.95,
        "a setting is missing",
        types="Aws.Errors.MissingRegionError Aws.Errors.MissingCredentialsError ArgumentError KeyError RuntimeError",
        phrases=[r"missing `?secret_key_base|missing keyword :region|key not found: \"[A-Z][A-Z0-9_]{2,}\""],
        severity="critical",
    ),
    rule("serialization", 0.9, "text that cannot be deciphered", types="OpenSSL.Cipher.CipherError"),
    rule("concurrency", 0.6, "a worker was stopped", types="Sidekiq.Shutdown Puma.*"),
    rule(
        "dependency",
        0.9,
        "a program is missing",
        phrases=[
            r"you must have .{1,60} installed|is not part of the bundle",
            r"could not find .{1,80} in (any of the sources|locally)",
        ],
    ),
    rule(
        "validation",
        0.9,
        "a page has no such element",
        types="Capybara.ElementNotFound Capybara.Ambiguous",
        severity="low",
    ),
    rule("dependency", 0.95, "a constant is not where it should be", types="Zeitwerk.NameError Zeitwerk.Error"),
    languages="ruby",
    wrappers="""
        StandardError RuntimeError Exception ActionView.Template.Error ScriptError Interrupt SignalException
        Error
        """,
)
