"""Settings, packages and templates: what the operator or the build has to set right."""

from typing import Final

from tracemedic_processor.knowledge.known import Known, fix, known

TABLE: Final[tuple[Known, ...]] = (
    known(
        "missing setting",
        "A setting is not set",
        "The program needs a variable or property that it did not find.",
        ("it is not set in this environment", "its name changed", "the file that holds it is not loaded"),
        (
            fix(
                "Set it where this environment's settings are kept, then restart",
                "deployment configuration",
                "the service starts",
            ),
            fix("Check all required settings at start and name those that are missing", "the service's start"),
        ),
        on="configuration",
        confidence=0.8,
        types="ImproperlyConfigured MissingRequiredPropertyException ConfigException.Missing UndefinedValueError "
        "VarError ConfigurationError MissingConfigurationException",
        phrases=(
            r"(environment|env) ?var(iable)?s?:? .{0,60}(not set|not found|missing)",
            r"(environment|env) ?var(iable)?s?:? .{0,60}(required|undefined|must be set|is empty)",
            r"missing required (environment|env|config|setting|configuration|property|parameter: )",
            r"Err` value: NotPresent|validation errors? for \w*Settings|Could not resolve placeholder",
            r"environment variable not found|could not fetch environment variable",
            r"setting must not be empty|(must|needs to) be (set|configured|defined) (in|as|via|through)|SECRET_KEY",
        ),
    ),
    known(
        "bad setting",
        "A setting has a value that cannot be used",
        "A value has the wrong type, range or name.",
        ("a typing mistake, or a unit is missing", "quotes or a line break are part of the value"),
        (
            fix(
                "Print the value with its quotes at start and compare it with the documentation",
                "deployment configuration",
            ),
        ),
        on="configuration",
        confidence=0.7,
        types="ConfigurationException ConfigurationPropertiesBindException "
        "InvalidConfigurationPropertyValueException "
        "SettingsError OptionsValidationException InvalidConfigurationError",
        phrases=(
            r"invalid (value|configuration|setting) for (setting|option|property|environment)",
            r"Failed to bind properties under",
        ),
    ),
    known(
        "dependency injection",
        "A part could not be built or found",
        "The container of the framework could not provide an object.",
        (
            "the class is not registered or not scanned",
            "a setting that it needs is missing; the cause stands below",
            "two parts need each other",
        ),
        (fix("Read the innermost cause; register the missing type or break the circle", "application set-up"),),
        on="configuration programming_error",
        confidence=0.66,
        types="NoSuchBeanDefinitionException UnsatisfiedDependencyException BeanCreationException "
        "BeanCurrentlyInCreationException "
        "BindingResolutionException ServiceNotFoundException UnknownDependenciesException "
        "NoUniqueBeanDefinitionException "
        "ApplicationContextException",
        phrases=(
            r"Unable to resolve service for type|No qualifying bean of type|Nest can't resolve dependencies",
            r"No provider for |Target class \[.{1,100}\] does not exist",
        ),
    ),
    known(
        "secret store",
        "Secret could not be read",
        "The secret store did not give a secret.",
        ("name or version do not exist", "the identity may not read it", "the store's own token has expired"),
        (fix("Read the secret by hand with the service's identity", "secret store"),),
        on="configuration authorization authentication",
        confidence=0.7,
        types="VaultError SecretNotFoundException SecretsManagerException ",
        phrases=(r"Secrets Manager can't find|permission denied.{0,60}vault|secret .{1,80} (was )?not found",),
    ),
    known(
        "module not found",
        "Package or module is missing",
        "Code is loaded that is not installed in this environment.",
        (
            "it is not among the declared dependencies, or an optional part was not installed",
            "the image was built without the last changes",
            "a file of our own shadows the package, or the path is wrong",
        ),
        (
            fix(
                "Add it to the declared dependencies and build anew",
                "lock file and image",
                "the import works in the image",
            ),
            fix("Check for a local file of the same name", "the source tree"),
        ),
        on="dependency configuration programming_error",
        confidence=0.78,
        codes="named:MODULE_NOT_FOUND named:ERR_MODULE_NOT_FOUND",
        types="ModuleNotFoundError LoadError NoClassDefFoundError ClassNotFoundException",
        phrases=(
            r"No module named|uninitialized constant|Cannot find (module|package)|cannot load such file",
            r"no required module provides package",
            r"Class [\"'].{1,160}[\"'] not found|Could not load file or assembly|can't find crate",
            r"Failed to load module script",
        ),
    ),
    known(
        "name gone",
        "A package does not have this name (any more)",
        "A function, class or constant is imported that the installed version lacks.",
        ("a package was upgraded and removed or moved it", "a circular import", "two versions are installed"),
        (fix("Compare the installed version with the one the code was written for; pin or adapt", "lock file"),),
        on="dependency programming_error",
        confidence=0.74,
        types="ImportError NoSuchMethodError NoSuchFieldError AbstractMethodError IncompatibleClassChangeError "
        "MissingMethodException "
        "TypeLoadException UnsupportedClassVersionError",
        phrases=(
            r"cannot import name|module '.{1,80}' has no attribute|partially initialized module",
            r"does not provide an export named|has no exported member",
            r"class file version|compiled by a more recent version of the Java Runtime",
            r"Package subpath .{1,80} is not defined by \"exports\"",
        ),
    ),
    known(
        "native library",
        "Shared library cannot be loaded",
        "A native library is missing, or was built for another system.",
        ("the image lacks a system package", "built for glibc but run on musl, or for another processor"),
        (fix("Install the system package named; build in the image that runs it", "image"),),
        on="dependency infrastructure",
        confidence=0.8,
        types="UnsatisfiedLinkError DllNotFoundException BadImageFormatException",
        phrases=(
            r"cannot open shared object file|undefined symbol:|version `GLIBC_[\d.]+' not found",
            r"invalid ELF header|wrong ELF class",
            r"DLL load failed|Library not loaded|was compiled against a different Node\.js version",
            r"numpy\.dtype size changed",
        ),
    ),
    known(
        "version conflict",
        "Versions do not fit each other",
        "Two packages or protocols want versions that exclude each other.",
        ("one of them was upgraded alone",),
        (fix("Show the tree of dependencies and move both to versions that know each other", "lock file"),),
        on="dependency",
        confidence=0.66,
        types="VersionConflict ContextualVersionConflict DistributionNotFound IncompatibleVersionError",
        phrases=(
            r"version (conflict|mismatch)|incompatible (protocol|client|server|library) version",
            r"requires .{1,60} but you have|ERESOLVE",
            r"Unsupported engine|UNSUPPORTED_VERSION",
        ),
    ),
    known(
        "template",
        "Template cannot be found or rendered",
        "A template is missing or uses a name that it was not given.",
        ("the folder is not shipped or not among the search paths", "a variable was renamed"),
        (fix("Check the search paths in the image; pass the variable named", "templates"),),
        on="programming_error filesystem configuration",
        confidence=0.72,
        types="TemplateNotFound TemplateDoesNotExist TemplateSyntaxError "
        "jinja2.exceptions.UndefinedError "
        "ActionView.MissingTemplate ActionView.Template.Error TemplateInputException MissingTemplate",
        phrases=(r"View \[.{1,100}\] not found|template .{1,100} (not found|does not exist)|Error resolving template",),
    ),
    known(
        "route missing",
        "No route of this name or path",
        "The application knows no such route.",
        ("the client calls an old path", "the name of a route was changed"),
        (fix("Answer 404 without an alarm; for names inside templates correct the name", "routes"),),
        on="validation programming_error",
        confidence=0.64,
        types="RoutingError NoReverseMatch RouteNotFoundException NoRouteError UrlGenerationError Resolver404 "
        "BuildError",
        phrases=(r"No route matches|Route \[.{1,80}\] not defined|Cannot (GET|POST|PUT|DELETE|PATCH) /",),
    ),
    known(
        "job queue",
        "Background job failed for good",
        "A job used up its attempts or is not known to the worker.",
        ("the job's own error stands in an earlier attempt", "the worker runs older code than the sender"),
        (fix("Look at the first attempt's error; deploy workers before senders", "the job queue"),),
        on="dependency programming_error",
        confidence=0.6,
        types="MaxRetriesExceededError MaxAttemptsExceededException NotRegistered WorkerLostError "
        "SoftTimeLimitExceeded "
        "TimeLimitExceeded JobTimeoutException",
        phrases=(
            r"has been attempted too many times|Received unregistered task|Worker exited prematurely",
            r"job stalled more than allowable limit",
        ),
    ),
    known(
        "disallowed host",
        "Host header is not allowed",
        "A request names a host that is not among the allowed ones.",
        ("a new domain or health check by IP", "scanners on the internet"),
        (fix("Add the real domains to the list; drop the rest at the proxy", "web settings"),),
        on="configuration validation",
        confidence=0.8,
        types="DisallowedHost SuspiciousOperation",
        phrases=(r"Invalid HTTP_HOST header|Blocked hosts?: |not allowed by ALLOWED_HOSTS",),
    ),
)
