"""The words that tell whether the quoted, assigned or numbered thing beside them is a name or a value."""


def words(text: str) -> frozenset[str]:
    """Return the words of a table."""
    return frozenset(text.split())


# What follows is a name that is the meaning of the message: it stays.
NAME_NOUNS = words("""
    action agent alias annotation api arg argument attr attribute attributes authority backend bean binary
    binding block builtin callback capability category charset class codec collation collection column columns
    command component config configuration constant constraint constructor context controller converter core
    crate credential database datasource db decorator default definition dependency deployment dialect directive
    directory domain driver dtype edge element encoding endpoint engine entity enum env environment error errors
    event exception exchange export expression extension factory feature field fields file flag folder form
    format formatter function gem generator grammar group handler header hook identifier image implementation
    import in index interface job key keys keyspace keyword label lambda language layer layout lib library
    listener loader locale lock log logger macro manifest mapping member metaclass method methods metric
    middleware migration mixin mode model module modules namespace near object of op operation operator option
    options package packages param parameter parameters part partition permission permissions phase pipeline
    placeholder plugin policy pool pragma predicate primary privilege procedure processor profile program prop
    properties property protocol provider queue reading reason receiver record ref reference registry relation
    repository required resource responder role route router rule rules runtime schema scheme scope secret
    section selector sequence serializer service setting settings signature slot source stage state statement
    static status step storage store strategy stream struct subsystem symbol syntax table tables tag target task
    template test theme tool topic trait transition trigger type types undefined union unit unknown variable
    variables verb version view volume widget worker writer writing zone spalte tabelle schlüssel attribut feld
    klasse modul relation colonne clé champ columna tabla clave campo módulo
""")

# What follows is a value that differs from one occurrence to the next: it goes.
VALUE_NOUNS = words("""
    account accounts actual address addr attendee author bigint book boolean bool booking buyer cart city client
    clientid container content contents country coupon cursor customer customers data date datetime day decimal
    device document doc double duration email emails employee entry etag float got guid hash host hostname id
    ids input instance int integer invoice ip iso isoformat item items jid json literal login long mail member
    merchant msisdn nickname node nonce number numeric oid order orders organisation organization owner
    participant passenger password patient payload payment person phone player project workspace pod postcode
    product products prompt recipient received record_id refund request room search seller sender serial server
    session sessions sha shipment sid sku slug smallint snippet student subscriber subscription supplier team
    tenant text than ticket time timestamp title token trace transaction uid uri url user userid username users
    uuid string character characters parse parsing convert converting decode decoding entered value values
    vehicle vendor vin visitor wallet word zip benutzer nutzer kunde kunden wert eingabe konto rechner
    bestellung utilisateur client valeur compte hôte commande usuario cliente valor cuenta pedido servidor
    utente valore пользователь пользователя значение клиент заказ
""")

# Words of `VALUE_NOUNS` after which even mere punctuation is a value: `could not convert string to float: '-'`.
SCALAR_TYPES = words("bigint boolean date decimal double float int integer long numeric timestamp uuid")

# Quoted names of types are the meaning wherever they stand: `expected 'int', got 'str'`.
TYPE_NAMES = words("""
    Any Array Boolean Buffer Date Error Float Function Int Integer List Long Map NaN NoneType None Null Number
    Object Promise Set String Symbol Undefined array bigint bool boolean bytes char complex date datetime dict
    double false float function int integer list long map nil none null num number object range set str string
    struct symbol true tuple undefined uint uuid void
""")

# The same in scripts that put no space between words: a run of letters that ends so.
VALUE_NOUNS_CJK = (
    "用户",
    "用戶",
    "客户",
    "账号",
    "订单",
    "ユーザー",
    "顧客",
    "注文",
    "値",
    "值",
    "사용자",
    "고객",
    "주문",
)

# Keys before `=` or `:` whose value is of one occurrence. Compared in lower case without `_`, `-` and `.`;
# any other key that ends in "id" counts too.
VALUE_KEYS = words("""
    account accountid addr address body checksum client clientip connection content contents conversation cookie
    correlationid createdat cursor customer customerid data date datetime device digest elapsed email etag
    expires filename hash host hostname id ids inputvalue instance ip key login md5 msgid node nonce order
    parameters params password path payload peer pid pod principal pwd query remote remoteaddr remoteip
    requestid rid search seed sender sequence serial session sessionid sha sha1 sha256 sid signature since slug
    spanid subject tenant tenantid text thread tid time timestamp title token traceid ts uid until updatedat uri
    url user userid username uid uuid value values
""") - {"key", "path", "subject", "signature", "parameters", "params"}

# Words that stand where a value might and are none: `user agent`, `session: expired`.
PLAIN_WORDS = words("""
    a account active agent all already an and any are at authentication authorization blocked by cannot class
    closed connection could credentials data database denied deleted did directory disabled does email empty
    error exceeded exists expired failed false field file for format forbidden found from group groups guide had
    has have id ids in inactive info information input interface invalid is its key length limit list lock
    locked lookup malformed management manager mapping may mismatch missing mode model must name names no none
    not null object of on option or out output owner parameter password permission permissions pool preferences
    profile provided query quota rejected required revoked role roles schema scope server service session
    sessions settings signature space state status store suspended table that the there this timeout timed to
    token too true type unable unauthorized undefined unexpected unknown unsupported update uses value
    verification was went while will with without would wrong you your records which who whose when method
    gateway processor address count pool driver store activation amount avatar balance body cache calls claims
    consent context creation deletion details entry events export expiration failure forms header history home
    id's identity import index intent invitation items license line link lookups manager member membership
    message metadata migration modules notification number numbers onboarding page payload photo plan policy
    port preference principal processing property provisioning quantity reference refresh registration removal
    renewal repository request response row search security selection selector service settings summary sync
    template total totals update updates upload validation version view affinity hash image block event lookup
    confirmation fields attributes
""")

# A number after one of these is a code and stays, when it is short enough to be one.
CODE_NOUNS = words("""
    alert c code codes err errcode errno errnum error errorcode errors exit exitcode exitstatus exits fault
    gai_error herrno hresult http httpcode httperror httpstatus msg ntstatus oserror rc resultcode retcode
    returncode sig signal sqlcode sqlstate status statuscode winerror wsaerror wsaerrno fehler fehlercode erreur
    código codigo código-de-error ошибка код кода ошибки erreur erro errore błąd fout fel hata 错误码 状态码 错误 コード
    エラー response statuses state_code errorcodes grpcstatus
""")

# The same in scripts that put no space between words.
CODE_NOUNS_CJK = ("コード", "エラー", "错误码", "错误代码", "状态码", "错误", "代码", "錯誤", "코드", "오류", "상태")

# The same before a hexadecimal number.
HEX_CODE_NOUNS = words("code error hresult status exception ntstatus result errno hr err sense")

# Signals written without a bracket: "SIGKILL 9".
SIGNALS = words("sighup sigint sigquit sigill sigtrap sigabrt sigbus sigfpe sigkill sigsegv sigpipe sigalrm sigterm")

# Between a code noun and its number: "exit code of 1", "status code was 500".
CODE_FILLERS = words("is of was no nr number value with are returned")

# "zip code 12345" is no code of an error.
NO_CODE_BEFORE = words("""
    access activation area bar booking confirmation country coupon dial discount discounts gift invitation
    invite one-time order otp pin postal postcode pricing product promo promotion qr redemption reference
    referral sms tracking verification voucher zip
""")

# A number after one of these belongs to a name: "Python 3.11", "HTTP/2", "utf-8", "SHA-256".
PRODUCTS = words("""
    aes android angular ansible apache api-version arial blake2 centos chacha20 chrome chromium clang cp cuda
    cudnn debian django docker ecma edge electron elasticsearch es fedora firefox flask gcc gfx glibc glibcxx go
    golang gradle h html http https ibm iec ieee ios ip ipv iso java javascript jdk jre jvm kafka kotlin
    kubernetes laravel latin libc linux llvm log4j macos mariadb md mongodb mpeg msvc mysql node nodejs js net
    nginx npm numpy nvidia oauth openjdk openssl oracle pandas php pip pkcs postgres postgresql protobuf python
    pytorch rails react redis rfc rsa ruby rust rustc safari scala sha soap spring boot sql sqlite ssl ssh sse
    swift symfony tensorflow tls tomcat torch typescript ubuntu ucs unicode usb utf version versions vue webpack
    windows x xcode xml yaml yarn zlib kernel release revision-format rev-format major
""")

# Of these, the ones that are words or units as well: a version follows them only with a dot or after a slash.
PRODUCTS_THAT_ARE_WORDS = words("go net h x c es node")

# Names of models: the numbers in them are part of the name.
MODEL_FAMILIES = words("""
    bert chatgpt claude codestral cohere command dall dalle davinci deepseek ernie falcon gemini gemma glm gpt
    grok jamba kimi llama llava mistral mixtral nova o1 o3 o4 palm phi pixtral qwen qwq sonar text titan tts
    whisper
""")

# Prefixes of error codes written `PREFIX-number`.
CODE_PREFIXES = words("""
    acn ant asn bea crs cve dba dia dpi dpy drg ecpg ends err exp frm hha imp ins jbo kup lfi lpx lrm mod my nid
    nnl nz oci ogg ola ora osd pcb pcc pls prcr prot qsm rman sbl sp2 sql tns udi ude vid wls
""")

# Words after which a bare three-digit number may be an HTTP status, if the message speaks of the web at all.
STATUS_VERBS = words("returned got responded with received was answered gave expected respond returns not")

HTTP_REASONS = {
    **{str(code): () for code in (100, 101, 102, 103, 200, 201, 202, 203, 204, 205, 206, 207, 208, 226)},
    "300": ("multiple choices",),
    "301": ("moved permanently",),
    "302": ("found", "moved temporarily"),
    "303": ("see other",),
    "304": ("not modified",),
    "307": ("temporary redirect",),
    "308": ("permanent redirect",),
    "400": ("bad request",),
    "401": ("unauthorized", "authorization required"),
    "402": ("payment required",),
    "403": ("forbidden",),
    "404": ("not found",),
    "405": ("method not allowed",),
    "406": ("not acceptable",),
    "407": ("proxy authentication required",),
    "408": ("request timeout", "request time-out"),
    "409": ("conflict",),
    "410": ("gone",),
    "411": ("length required",),
    "412": ("precondition failed",),
    "413": ("payload too large", "content too large", "request entity too large"),
    "414": ("uri too long", "request-uri too", "request-uri too long"),
    "415": ("unsupported media type",),
    "416": ("range not satisfiable", "requested range not satisfiable"),
    "417": ("expectation failed",),
    "418": ("i'm a teapot",),
    "421": ("misdirected request",),
    "422": ("unprocessable entity", "unprocessable content"),
    "423": ("locked",),
    "424": ("failed dependency",),
    "425": ("too early",),
    "426": ("upgrade required",),
    "428": ("precondition required",),
    "429": ("too many requests",),
    "431": ("request header fields too large",),
    "451": ("unavailable for legal reasons",),
    "499": ("client closed request",),
    "500": ("internal server error", "internal error"),
    "501": ("not implemented",),
    "502": ("bad gateway", "proxy error"),
    "503": ("service unavailable", "service temporarily unavailable"),
    "504": ("gateway timeout", "gateway time-out"),
    "505": ("http version not supported",),
    "507": ("insufficient storage",),
    "508": ("loop detected",),
    "511": ("network authentication required",),
    "520": ("web server returned an unknown error",),
    "521": ("web server is down",),
    "522": ("connection timed out",),
    "523": ("origin is unreachable",),
    "524": ("a timeout occurred",),
    "525": ("ssl handshake failed",),
    "526": ("invalid ssl certificate",),
    "529": ("overloaded", "site is overloaded"),
}
"""HTTP statuses and the reasons written after them, lower case. RFC 9110 and what proxies add."""
