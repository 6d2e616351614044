"""Operating systems: errno, signals, and the sentences in which libc, the kernel and Windows speak."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "network",
        0.92,
        "the connection was refused",
        phrases=[
            r"connection refused|\bECONNREFUSED\b|actively refused|connect call failed",
            r"\[(errno|winerror) (111|61|10061)\]|os error (111|61|10061)\b|couldn't connect to",
        ],
        severity="high",
    ),
    rule(
        "network",
        0.92,
        "the name could not be resolved",
        phrases=[
            r"name or service not known|temporary failure in name resolution|nodename nor servname|no such host",
            r"getaddrinfo|\bENOTFOUND\b|EAI_AGAIN|failed host lookup",
            (
                r"(could not|couldn't|cannot|failed to|unable to) (resolve|lookup|translate) (host|address|hostname"
                r"|dns|name)"
            ),
            r"unknown ?host|no address associated|name resolution|dns (error|lookup|resolution|failure)|NXDOMAIN",
            r"SERVFAIL|name does not resolve|failed to lookup address",
        ],
        severity="high",
    ),
    rule(
        "network",
        0.93,
        "TLS or a certificate failed",
        phrases=[
            (
                r"certificate[ _](verify failed|has expired|is not valid|signed by unknown|required|unknown|expired"
                r"|revoked|is not trusted|verification failed|chain)"
            ),
            r"self[- ]signed certificate|x509:|tls: |(ssl|tls) ?handshake|pkix path",
            r"CERTIFICATE_VERIFY_FAILED|unable to (verify the first|get (local )?issuer)|UNABLE_TO_VERIFY_LEAF",
            r"DEPTH_ZERO|hostname mismatch|ERR_TLS|ERR_SSL|wrong version number|sslv3 alert|tlsv1 alert",
            r"handshake[ _]?fail|\[SSL|SSL_connect|no alternative certificate|invalid peer certificate",
            r"does not match (certificate|the host)|bad_certificate|unexpected eof while reading|ssl_error",
            r"sslerror|protocol version.{0,30}tls",
            r"cert(ificate)? (for|from) .{0,80}(invalid|expired|not trusted|mismatch)",
        ],
        severity="high",
    ),
    rule(
        "network",
        0.9,
        "the connection broke",
        phrases=[
            r"connection (was )?(reset|aborted|closed|dropped|terminated|lost|broken|forcibly)|reset by peer",
            r"\bECONNRESET\b|\bECONNABORTED\b|\bEPIPE\b|broken ?pipe|socket hang up|hung up|forcibly closed",
            r"closed by (the )?(remote|peer|server)",
            r"unexpected end of (stream|file from server)|premature(ly)? (end|clos|eof)|remote end closed",
            r"peer closed connection|server disconnected|incomplete (chunked )?read|connection error",
            r"premature close|closed before|without sending (a complete|any)|stream (was )?reset|empty reply",
            r"other side closed|connection attempt failed|socket (is )?closed|software caused connection abort",
            r"banner exchange|error reading ssh protocol banner|underlying connection was closed",
            r"transport (error|connection)",
        ],
        severity="medium",
    ),
    rule(
        "network",
        0.9,
        "there is no way to the host",
        phrases=[
            r"no route to host|network (is )?(unreachable|down)|host (is )?(unreachable|down)|\bEHOSTUNREACH\b",
            r"\bENETUNREACH\b|\bENETDOWN\b|cannot assign requested address.{0,60}connect",
            r"proxy(error| authentication| connect| responded| tunnel)|tunnel (connection )?failed",
            r"cannot connect to proxy|failed to connect|unable to connect|could(n't| not) connect",
            r"cannot connect to|failed to establish a new connection|error while dialing",
        ],
        severity="high",
    ),
    rule(
        "timeout",
        0.97,
        "no connection within the time limit",
        phrases=[
            r"connect(ion|ing)?( attempt| to [\w.:/-]{1,80})? (has )?timed? ?out|\bETIMEDOUT\b|connect ?timeout",
            r"\[(errno|winerror) (110|60|10060)\]|os error (110|60|10060)\b|: i/o timeout|UND_ERR_\w+_TIMEOUT",
            r"did not properly respond after a period of time|semaphore timeout period|timeout while (connect|read)",
        ],
        severity="medium",
    ),
    rule(
        "network",
        0.95,
        "the address is in use",
        phrases=[
            r"address (already )?in use|\bEADDRINUSE\b|port \d+ (is |was )?(already )?in use",
            r"only one usage of each socket address|bind\(\) to .{1,60}failed|port is already allocated",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.93,
        "no free port is left",
        phrases=[
            r"\bEADDRNOTAVAIL\b|cannot assign requested address|no (free|more|available) ports|buffer space",
            r"port exhaustion",
        ],
        severity="high",
    ),
    rule(
        "resource_exhaustion",
        0.97,
        "the disk is full",
        phrases=[
            r"no space left|\bENOSPC\b|disk (is )?full|disk quota exceeded|not enough (space|disk)|\bEDQUOT\b",
            r"(disk|storage|space) quota|quota.{0,10}disk|insufficient (disk|storage)|volume is full|out of disk",
            r"os error 28\b",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.97,
        "the process has no handles left",
        phrases=[
            r"too many open files|\bEMFILE\b|\bENFILE\b|file table overflow|os error 24\b|no file descriptors",
            r"inotify (watches|instances)|system limit for number of file watchers",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.95,
        "memory ran out",
        phrases=[
            r"out of memory|cannot allocate memory|unable to allocate|not enough memory|\bENOMEM\b|std::bad_alloc",
            r"memory (limit|exhausted|allocation .{0,30}failed)|failed to allocate|oom[- ]?kill",
            r"insufficient memory|memory allocation of|allocation failed|hard memory limit|outofmemory",
        ],
        severity="critical",
    ),
    rule(
        "resource_exhaustion",
        0.93,
        "no thread or process can be started",
        phrases=[
            r"can('t|not) (start|create|spawn) (a )?(new )?(thread|process)|thread creation failed|fork: ",
            r"resource temporarily unavailable|\bEAGAIN\b|pthread_create failed|failed to spawn thread",
            r"unable to create (new )?(native )?thread|\bout of resources\b|fork\(\): cannot|fork failed",
        ],
        severity="critical",
    ),
    rule(
        "resource_exhaustion",
        0.88,
        "the process was killed",
        phrases=[
            r"\bsigkill\b|signal 9\b|exit(ed)? (code|status|with)?:? ?(code |status )?137|signal: killed",
            r"\bkilled: 9|workerlost",
        ],
        severity="critical",
    ),
    rule(
        "programming_error",
        0.85,
        "the process crashed in native code",
        phrases=[
            r"\bsigsegv\b|segmentation fault|\bsigabrt\b|\bsigill\b|\bsigfpe\b|exit (code|status) 139|double free",
            r"heap corruption|stack smashing|access violation|use-after-free|heap-buffer-overflow|pure virtual",
        ],
        severity="critical",
    ),
    rule(
        "filesystem",
        0.9,
        "a file or directory is not there",
        phrases=[
            r"no such file or directory|\bENOENT\b",
            (
                r"(file|path|directory|folder) .{0,120}?(not found|does not exist|doesn't exist|not exist|could not"
                r" be found|cannot be found)"
            ),
            r"cannot find the (file|path)|os error [23]\b|kind: notfound|file (name )?not found",
            r"is not a (regular )?file|cannot open (shared object )?file|unable to open file|failed to open file",
            r"could not find file|no such file",
        ],
        severity="medium",
    ),
    rule(
        "filesystem",
        0.92,
        "a path may not be used",
        phrases=[
            r"\[errno (1|13)\] (permission|operation)|\bEACCES\b|\bEPERM\b|permission denied[:,]? ?['\"(@]",
            (
                r"(open|mkdir|unlink|remove|rename|stat|read|write|chmod|create|rmdir|copy|scandir) [^ ]{1,200}:"
                r" (permission denied|access is denied|operation not permitted)"
            ),
            r"os error 13\b|read-only file ?system|\bEROFS\b",
            r"is a directory|\bEISDIR\b|\bENOTDIR\b",
            r"not a directory|file exists|\bEEXIST\b|directory not empty",
            r"\bENOTEMPTY\b|file name too long|\bENAMETOOLONG\b",
            r"too many levels of symbolic|\bELOOP\b|cross-device|\bEXDEV\b|winerror (2|3|5|32)\b",
            r"kind: (permissiondenied|alreadyexists)|code: 13, kind",
        ],
        severity="medium",
    ),
    rule(
        "filesystem",
        0.75,
        "the file system said no",
        phrases=[r"^(\(?permission denied\)?|access is denied\.?)( \(os error \d+\))?$"],
        severity="medium",
    ),
    rule(
        "filesystem",
        0.88,
        "a damaged or cut-off file",
        phrases=[
            (
                r"(file|archive|zip|image|database disk image|parquet|header) .{0,60}(corrupt|truncated|damaged"
                r"|malformed)"
            ),
            r"corrupt(ed)? (file|archive|data|zip|image|block)|not a (zip|gzip|gzipped|parquet|tar|pdf|valid) file",
            r"(truncated|unexpected end of) (file|archive|zip|tar)|bad magic number|magic bytes",
            r"invalid signature in zip|end of central directory|checksum mismatch|cannot identify image file",
        ],
        severity="medium",
    ),
    rule(
        "dependency",
        0.93,
        "a shared library is missing",
        phrases=[
            r"error while loading shared libraries|cannot open shared object file",
            r"lib[\w.+-]{1,60}\.so.{0,40}(not found|no such)|undefined symbol|version `?GLIBC|symbol not found",
            r"dlopen|image not found|dyld",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "infrastructure",
        0.85,
        "the machine is being taken away",
        phrases=[
            r"spot instance.{0,40}(interrupt|terminat)|preempted|node is shutting down|no such device$",
            r"device not configured$|\bENODEV\b|\bENXIO\b",
        ],
        severity="high",
    ),
    # --- tools of the build and the machine, as their logs speak
    rule(
        "dependency",
        0.93,
        "a package cannot be had",
        phrases=[
            r"could not find a version that satisfies|no matching distribution|unable to locate package",
            r"no package .{1,60} available",
            r"could not (resolve|find) (all )?(dependenc|artifact|packages?\b|files for)|failure to find [\w.]+:",
            r"could not transfer artifact",
            r"failed to (solve|fetch|download|resolve) .{0,80}(package|dependenc|crate|module|archive|gem|artifact)",
            r"unmet dependencies|version solving failed|failed to select a version|missing go\.sum",
            r"no required module provides",
            r"npm err! (code )?(e?404|notarget)|404 not found - get|incompatible peer",
            r"conflicting (dependencies|requirements)",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "dependency",
        0.95,
        "a program is missing",
        phrases=[
            r"\b(command|executable( file)?) not found\b|\bsh: (\d+: )?[\w./-]{1,80}: not found",
            r"is not recognized as an internal or external",
        ],
        severity="high",
    ),
    rule(
        "dependency",
        0.5,
        "a step of a build failed",
        phrases=[r"did not complete successfully|returned a non-zero code|failed with exit code|build failed"],
    ),
    rule(
        "concurrency",
        0.96,
        "a lock that another holds",
        phrases=[
            r"could not get lock|error acquiring the state lock|another operation .{0,60}in progress",
            r"unable to lock the admin",
            r"waiting for cache lock|blocking waiting for file lock|conflicting changes|index\.lock': file exists",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "authentication",
        0.95,
        "a login was refused",
        phrases=[
            r"failed password for|invalid user \w{1,40} from|could not read (username|password) (for|from)|pam_unix",
            r"authentication token (seems|is)|no valid credential sources|npm err! code e401",
            r"support for password authentication",
        ],
        severity="high",
    ),
    rule(
        "authorization",
        0.93,
        "a repository may not be written",
        phrases=[
            r"remote: permission to .{1,100} denied|protected branch|not allowed to push|write access to repository not"
        ],
        severity="high",
    ),
    rule(
        "configuration",
        0.9,
        "a file of settings is wrong",
        phrases=[
            r"\[emerg\] (unknown|invalid|unexpected|host not|duplicate)|unknown directive|no context exists",
            r"unsupported argument on",
            r"invalid workflow file|input required and not supplied|too big header|unsupported block type",
            r"missing required argument",
            r"handlernotfound|is undefined or not exported|unknown flag in|bad configuration option|no such profile",
            r"(neither|either) [\w.]{1,40} (nor|or) [\w.]{1,60} (is |was |be )?provided",
            r"must provide (an? )?(api|access|auth)",
        ],
        severity="high",
    ),
    rule(
        "filesystem",
        0.85,
        "a directory is not what it should be",
        phrases=[r"not a git repository|no such directory|file not found in build context|no makefile found"],
    ),
    rule(
        "network",
        0.9,
        "a server could not be reached",
        phrases=[
            r"connection to the server .{1,120} was refused|cannot open channel to|layer4 connection",
            r"lost communication with the",
            r"connection refused while connecting to upstream|host is unreachable",
            r"no servers? (are |is )?(inside|available)",
            r"connection[_ ]terminated|:?connection_(closed|lost)|bad gateway\.? upstream",
        ],
        severity="high",
    ),
    rule(
        "validation",
        0.93,
        "a manifest breaks its schema",
        phrases=[
            r"error validating (data|\")|is invalid: (spec|metadata|[\w.\[\]]{1,80}:)|unknown field \"(spec|metadata)"
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "infrastructure",
        0.93,
        "hardware, the kernel or a disk failed",
        phrases=[
            r"\b(ext[34]|xfs|btrfs)(-fs)?\b.{0,40}(error|corrupt)|i/o error, dev |blk_update_request|soft lockup",
            r"hung_task",
            r"rcu_sched|call trace:|nvme\d|scsi error|raid.{0,30}(degraded|fail)|received a shutdown signal",
            r"runner .{0,40}lost",
            r"failed with result 'exit-code'|main process exited|start request repeated too quickly",
        ],
        severity="critical",
    ),
)
