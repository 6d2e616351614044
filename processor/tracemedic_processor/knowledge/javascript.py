"""JavaScript and TypeScript, in Node.js and browsers."""

from typing import Final

from tracemedic_processor.knowledge.known import Known, fix, known

TABLE: Final[tuple[Known, ...]] = (
    known(
        "property of undefined",
        "Property of undefined or null",
        "A value was undefined or null where an object was expected.",
        (
            (
                "an answer lacks the field, or came as an error",
                "data is used before it has loaded",
                "a find or match found nothing",
            )
        ),
        (
            fix("Check the value where it enters; use ?. only where absence is normal", "the frame"),
            fix("Switch on strict null checks and validate answers of APIs", "tsconfig and API client"),
        ),
        on="programming_error",
        confidence=0.7,
        phrases=(
            r"Cannot (read|set) propert(y|ies) (of (undefined|null)|'.{1,60}' of (undefined|null))",
            r"(undefined|null) is not an object|can't access property|Cannot destructure property",
            r"(undefined|null) is not iterable",
        ),
    ),
    known(
        "is not a function",
        "Called something that is no function",
        "The value is not callable: a name is wrong, or an import gave something else.",
        (
            (
                "default and named import are mixed up",
                "the object is of another type or version",
                "this was lost in a callback",
            )
        ),
        (fix("Log the value; check how the module exports it", "the frame"),),
        on="programming_error",
        confidence=0.66,
        phrases=(r"is not a function|is not a constructor",),
        languages="javascript",
    ),
    known(
        "is not defined",
        "Name does not exist",
        "A variable is used that was never declared here.",
        ("a browser global (window, document) is used on the server", "a missing import", "a script failed to load"),
        (fix("Guard code that needs the browser; import the name", "the frame"),),
        on="programming_error",
        confidence=0.74,
        phrases=(r"\b[\w$]+ is not defined\b|Can't find variable: |Cannot access '.{1,60}' before initialization",),
        languages="javascript",
    ),
    known(
        "unhandled rejection",
        "Promise failed and nobody looked",
        "A promise was rejected without a handler, with a value that may be no error.",
        ("await or catch is missing", "a string or undefined was thrown"),
        (fix("Await it inside try; throw Error objects only, so that there is a stack trace", "the call"),),
        on="programming_error unknown",
        confidence=0.5,
        codes="named:ERR_UNHANDLED_REJECTION",
        types="UnhandledRejection UnhandledPromiseRejection",
        phrases=(
            r"unhandled (promise )?rejection|Non-Error promise rejection",
            r"Object captured as (promise rejection|exception)",
        ),
    ),
    known(
        "headers sent",
        "Answered twice",
        "The handler tried to answer after the answer had begun.",
        (
            (
                "a return is missing after an early answer",
                "a callback and the main path both answer",
                "an error comes up while streaming",
            )
        ),
        (fix("Return after each answer; check headersSent in the error handler", "the handler"),),
        on="programming_error",
        confidence=0.82,
        codes="named:ERR_HTTP_HEADERS_SENT",
        phrases=(
            r"Cannot (set|remove|write) headers after they are sent|headers already sent",
            r"response (has )?already (been )?(started|committed|sent)",
        ),
    ),
    known(
        "heap limit",
        "Node.js ran out of heap",
        "The JavaScript heap reached its limit.",
        ("something is kept forever: caches, listeners, closures", "a large file or result is read whole"),
        (
            fix(
                "Take heap snapshots and compare; stream large data; set max-old-space-size to fit the container",
                "the service",
            ),
        ),
        on="resource_exhaustion",
        confidence=0.82,
        phrases=(
            r"JavaScript heap out of memory|Reached heap limit|invalid (array|string) length",
            r"Array buffer allocation failed|ERR_WORKER_OUT_OF_MEMORY",
        ),
    ),
    known(
        "ESM and CommonJS",
        "Module systems are mixed",
        "A module is loaded in a way that its kind does not allow.",
        ("a package became ESM-only in a new major version", "type in package.json and the build target differ"),
        (fix("Use import (or dynamic import), or stay on the last CommonJS version", "package.json and build"),),
        on="dependency configuration",
        confidence=0.83,
        codes="named:ERR_REQUIRE_ESM named:ERR_UNSUPPORTED_DIR_IMPORT named:ERR_PACKAGE_PATH_NOT_EXPORTED",
        phrases=(
            r"require\(\) of ES Module|Cannot use import statement outside a module",
            r"Unexpected token 'export'|exports is not defined in ES module",
        ),
    ),
    known(
        "chunk load",
        "Part of the web application could not be loaded",
        "The browser asked for a script that is no longer there or could not be fetched.",
        ("a new release removed the old files while pages were open", "network or an ad blocker"),
        (fix("Keep old assets for some days; on this error reload the page once", "web delivery"),),
        on="network dependency",
        confidence=0.82,
        types="ChunkLoadError",
        phrases=(
            r"Loading (CSS )?chunk .{1,60} failed|Failed to fetch dynamically imported module",
            r"error loading dynamically imported module|Importing a module script failed",
        ),
    ),
    known(
        "hydration",
        "Server and browser rendered differently",
        "The page in the browser differs from what the server sent.",
        (
            (
                "dates, random values or window are used while rendering",
                "invalid nesting of HTML",
                "a browser extension changes the page",
            )
        ),
        (fix("Move what differs into an effect; render dates in one time zone", "the component"),),
        on="programming_error",
        confidence=0.8,
        phrases=(
            r"hydrat(ion|ing).{0,60}(fail|mismatch|error|match)",
            r"Minified React error #(418|419|421|422|423|425)|Text content does not match server-rendered",
        ),
    ),
    known(
        "React render loop",
        "Component renders without end",
        "Setting state while rendering or in an effect triggers the next render.",
        ("an effect sets the state it depends on", "a handler is called instead of passed"),
        (fix("Correct the effect's dependencies; pass functions instead of calling them", "the component"),),
        on="programming_error",
        confidence=0.84,
        phrases=(r"Too many re-renders|Maximum update depth exceeded|Minified React error #(185|301)",),
    ),
    known(
        "React hooks",
        "Hooks are used against their rules",
        "The number or order of hooks differs between renders, or there are two copies of React.",
        ("a hook stands behind a condition", "two versions of React are bundled"),
        (fix("Call hooks at the top, always; look for doubles of React", "the component and lock file"),),
        on="programming_error dependency",
        confidence=0.82,
        phrases=(r"Invalid hook call|Rendered (more|fewer) hooks than|Minified React error #(300|310|321)",),
    ),
    known(
        "React child",
        "Object cannot be rendered",
        "A component rendered an object, or its type is undefined.",
        ("a date or error object is put into the page", "an import of the component is wrong"),
        (fix("Render a text of it; check default and named imports", "the component"),),
        on="programming_error",
        confidence=0.8,
        phrases=(r"Objects are not valid as a React child|Element type is invalid|Minified React error #(31|130)",),
    ),
    known(
        "DOM changed by others",
        "Page was changed by somebody else",
        "The framework could not remove or insert a node because the page is not as it left it.",
        ("the browser's translation or an extension changed the page",),
        (fix("Mark parts as not to be translated; wrap loose text in elements", "the component"),),
        on="programming_error",
        confidence=0.7,
        phrases=(
            r"Failed to execute '(removeChild|insertBefore)' on 'Node'",
            r"NotFoundError: The (node|object) (to be removed|can not be found)",
        ),
    ),
    known(
        "storage blocked",
        "Browser storage is not available",
        "Local storage or IndexedDB is full or forbidden.",
        ("private mode or blocked cookies", "the quota is used up"),
        (fix("Catch it and go on in memory; delete old entries", "storage access"),),
        on="resource_exhaustion authorization",
        confidence=0.74,
        types="QuotaExceededError SecurityError",
        phrases=(
            r"QuotaExceededError|exceeded the quota|Failed to read the 'localStorage' property",
            r"The operation is insecure",
        ),
    ),
    known(
        "script error",
        "Browser hides the error of another origin",
        "A script of another origin failed; the browser tells no details.",
        ("scripts from a CDN are loaded without CORS", "an extension or third-party tag failed"),
        (fix("Load own scripts with crossorigin and CORS headers; ignore foreign ones", "web delivery"),),
        on="unknown dependency",
        confidence=0.6,
        phrases=(r"^Script error\.?$",),
    ),
    known(
        "invalid argument type",
        "Argument of a Node.js function has a wrong type",
        "A function of Node.js refuses its argument.",
        ("a setting or path is undefined",),
        (fix("Find where the undefined value comes from, often a missing variable", "the frame"),),
        on="programming_error configuration",
        confidence=0.72,
        codes="named:ERR_INVALID_ARG_TYPE named:ERR_INVALID_ARG_VALUE",
        phrases=(r"argument must be of type .{1,120} Received",),
    ),
)
