"""Phrases that mean the same in every language, and names that do."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "timeout",
        0.88,
        "a time limit passed",
        phrases=[
            r"\btimed?[ -]?out\b|timeout (of|after|expired|exceeded|was reached|awaiting|reached|while|waiting)",
            r"\btimeouts?\b|ETIMEDOUT|ESOCKETTIMEDOUT|time limit (exceeded|reached)",
            r"deadline (has )?(exceeded|elapsed|expired|reached)|took too long|TimeoutException|timeout=\d",
            r"did not (respond|complete) (in|within)|ReadTimeout|ConnectTimeout",
        ],
    ),
    rule(
        "timeout",
        0.85,
        "a time limit passed, says the type's name",
        types="""
        *TimeoutException *TimeoutError *Timeout *TimedOut *TimedOutException *TimeoutExpired *DeadlineExceeded
        *TimedOutError *DeadlineExceededException *TimeLimitExceeded
        """,
    ),
    rule(
        "network",
        0.75,
        "a connection failed, says the type's name",
        types="""
        *ConnectionError *ConnectionException *ConnectionFailed *ConnectException *ConnectionRefusedError
        *SSLError *NetworkError *NetworkException *ConnectionClosedError *DNSError *DnsError *SocketException
        *SocketError *TransportError *ConnectError *HandshakeError *HandshakeException *ProxyError
        *ConnectionResetError *ConnectionRefused *TransportException *CertificateException *CertificateError
        *DisconnectedError *ConnectionLost
        """,
    ),
    rule(
        "validation",
        0.75,
        "input breaks a rule, says the type's name",
        types="""
        *ValidationError *ValidationException *InvalidInputError *InvalidRequestError *BadRequestError
        *BadRequestException *BadRequest *UnprocessableEntity *UnprocessableEntityError *InvalidRequest
        *CardError *CardException *SchemaException *MissingArgument *MissingParameter *MissingOption
        *NoSuchOption *NoSuchCommand *UnknownOption *UnknownCommand *UsageError *InvalidOption *BadParameter
        *UnknownCurrency *UnknownCurrencyException *MissingParameterException *UnrecognizedOptionException
        *InvalidArgumentError *InvalidInputException *InvalidParameterException *InvalidParameterError
        *ConstraintViolationException *ValidationFailed *InvalidRequestException *InvalidArgument
        *BusinessRuleException *BusinessException *RuleViolation
        """,
        severity="low",
    ),
    rule(
        "validation",
        0.6,
        "something asked for is not there",
        types="""
        *NotFoundException *NotFoundError *NotFound *ConflictException *ConflictError *AlreadyExistsException
        *AlreadyExistsError
        """,
        severity="low",
    ),
    rule(
        "serialization",
        0.75,
        "text that cannot be decoded, says the type's name",
        types="""
        *JSONDecodeError *JsonException *ParseException *ParseError *ParserError *DecodeError *DecodingError
        *SerializationException *SerializationError *DeserializationError *DecodeException
        *DeserializationException *EncodeError *EncodingError *UnmarshalTypeError *JsonProcessingException
        *ParsingError *UnpicklingError *PicklingError *CSVException *CsvException *MalformedException
        *NumberFormatException *FormatError *InvalidVersion *MalformedError *MarshalException *ParserException
        *MappingException *InvalidUuidStringException *MalformedFormatError *JsonError *JSONError
        *UnmarshalError *MarshalError *SerdeError *InvalidFormatException *DecoderException *EncoderException
        *JsonParseException *XMLSyntaxError
        """,
        firm=True,
    ),
    rule(
        "configuration",
        0.8,
        "a setting is missing or wrong, says the type's name",
        types="""
        *ConfigurationException *ConfigurationError *ConfigException *ConfigError *MissingConfigurationException
        *ImproperlyConfigured *MissingSettingException *SettingsError *MissingEnvironmentVariable
        *InvalidConfigurationException *MisconfigurationException *MissingConfigError *MisconfiguredError
        """,
    ),
    rule(
        "database",
        0.7,
        "a database failed, says the type's name",
        types="""
        *SqlException *SQLException *DatabaseError *DatabaseException *DbException *QueryException *DBError
        *DbError *DataAccessException *DeadlockException *DeadlockError *PersistenceException
        *TransactionException *OptimisticLockException *IntegrityError
        """,
    ),
    rule(
        "filesystem",
        0.75,
        "a file is not there, says the type's name",
        types="""
        *FileNotFoundException *FileNotFoundError *NoSuchFileException *DirectoryNotFoundException *FileNotFound
        """,
    ),
    rule(
        "resource_exhaustion",
        0.85,
        "memory ran out, says the type's name",
        types="*OutOfMemoryError *OutOfMemoryException *MemoryError *OutOfMemory",
        severity="critical",
    ),
    rule(
        "concurrency",
        0.78,
        "two got into each other's way, says the type's name",
        types="""
        *ConcurrentModificationException *ConcurrencyException *RejectedExecutionException *ConcurrencyError
        *LockException *LockError *RaceConditionError *LockTimeoutError *LockAcquisitionException
        *LockTimeoutException *LockConflictedException *WouldBlock ELOCKED
        """,
    ),
    rule(
        "dependency",
        0.72,
        "another service failed, says the type's name",
        types="""
        *ServiceUnavailableException *ServiceUnavailable *ServiceUnavailableError *ServerError
        *CircuitBreakerOpenException *CircuitBreakerError *OpenCircuitError *CircuitOpenError *BreakerOpenError
        *RedLight EOPENBREAKER *BrokenCircuitException *CircuitOpenException *ProcessFailedException
        *CallNotPermittedException *UpstreamError *BadGateway *BadGatewayError *ExternalServiceError
        *ExternalServiceException *GatewayException *IntegrationException *DependencyError *InternalServerError
        *CircuitBreakerOpen *UpstreamException *ThirdPartyError
        """,
    ),
    rule(
        "programming_error",
        0.7,
        "a bug, says the type's name",
        types="""
        *NullPointerException *NullReferenceException *IndexOutOfBoundsException *AssertionError
        *NotImplementedError *NotImplementedException *InvariantViolation *PatternSyntaxException *PatternError
        *RegexpError *DivisionByZero *DivisionByZeroException *DivideByZeroException *ColumnNotFoundError
        *FormatFlagsException *SingularMatrixError *UnboundLocalError *FrozenInstanceError *FieldDoesNotExist
        *BadRouteException
        """,
    ),
    rule(
        "agent_tool",
        0.85,
        "a tool or an agent failed, says the type's name",
        types="""
        *ToolException *ToolError *ToolCallError *ToolExecutionError *ToolExecutionException *AgentError
        *AgentException *ToolNotFoundError *ToolNotFoundException *ToolTimeoutError *MaxTurnsExceeded *McpError
        *MCPError *ToolTimeout *OutputParserException
        """,
    ),
    rule(
        "llm_api",
        0.8,
        "a model provider failed, says the type's name",
        types="""
        *LLMError *LLMException *OpenAIError *ModelOverloadedError *ContextLengthExceededError
        *ContextWindowExceededError *LlmException *LlmError *ContextLengthError *AnthropicError
        """,
    ),
    rule(
        "infrastructure",
        0.75,
        "a container or cluster failed, says the type's name",
        types="""
        *ContainerError *PodNotFoundError *InsufficientCapacityException *InstanceNotFound
        *InsufficientCapacityError *InsufficientInstanceCapacity *ImageNotFound *KubernetesException
        *KubernetesClientException
        """,
    ),
    rule(
        "filesystem",
        0.7,
        "a template or archive, says the type's name",
        types="""
        *TemplateNotFound *TemplateNotFoundException *TemplateNotFoundError *MissingTemplate *ArchiveException
        *LoaderError *PharException *BadZipFile *InvalidFileException *PdfReadError *ZipError
        """,
    ),
    rule(
        "configuration",
        0.6,
        "a key or an entry that cannot be used, says the type's name",
        types="""
        *KeySpecException *InvalidKeyException *UnsupportedAlgorithm *MissingRegionError *NoAppException
        *MissingTranslationData *MissingTranslation *UnresolvedDependencyException
        """,
    ),
    rule(
        "serialization",
        0.6,
        "text that cannot be deciphered, says the type's name",
        types="*BadPaddingException *CipherError *InvalidTag *AEADBadTagException",
    ),
    rule(
        "validation",
        0.45,
        "something invalid, missing or unknown, says the type's name",
        types="Invalid* Missing* Unknown* NoSuch* Unsupported* Unrecognized* Bad*",
        severity="low",
    ),
    rule(
        "programming_error",
        0.45,
        "something undefined or out of its turn, says the type's name",
        types="Undefined* Illegal* Uninitialized* Unexpected*",
    ),
    # --- sentences
    rule(
        "dependency",
        0.97,
        "another service sends its callers in circles",
        types="*TooManyRedirects *TooManyRedirectsException *RedirectLimitReached ERR_FR_TOO_MANY_REDIRECTS",
        severity="medium",
        firm=True,
    ),
    rule(
        "dependency",
        0.97,
        "another service sends its callers in circles",
        phrases=[
            r"too many (http )?redirect",
            r"redirect(s|ion)?s? .{0,30}(exceeded|limit|maximum|loop|circular|too (many|deep))",
            r"(stopped after|exceeded|more than|maximum|limit of|over) .{0,25}redirect|circular redirect|redirect loop",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "configuration",
        0.99,
        "an address with no scheme, or one nobody speaks",
        phrases=[
            r"no scheme supplied|(unsupported|unknown|missing) (url (protocol|scheme)|scheme)\b",
            r"unknown protocol: |no protocol: ",
            r"missing an? .{0,40}protocol|scheme is missing|no connection adapters were found",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "validation",
        0.96,
        "an address that is none",
        phrases=[
            r"\b(invalid|malformed|bad|failed to parse|cannot parse|not a valid) (url|uri)s?\b|only absolute urls",
            r"relative url without|missing port in address",
            r"missing '\]' in host|illegal character in (authority|path|query)",
            r"(empty|invalid) (host|port number)\b|does not appear to be an ipv[46]|invalid ip address",
        ],
        severity="low",
        firm=True,
    ),
    rule(
        "validation",
        0.45,
        "a sentence about the business, not about the program",
        phrases=[
            r"^(order|cart|customer|invoice|payment|product|account|booking|basket) \S{1,60} (has no|is|was) ",
            r"^only \d+ .{0,60}left$|\bout of stock\b|has no (price|customer|lines|items|total|address|stock)\b",
            r"\b(is|was) already (paid|shipped|cancell?ed|closed|booked|refunded|delivered|sold)\b",
        ],
        severity="low",
    ),
    rule(
        "configuration",
        0.92,
        "a setting is missing or wrong",
        phrases=[
            (
                r"\b(env(ironment)? ?(variable|var)s?|setting|config(uration)?( key| value| option| file| entry)?"
                r"|secret) ['\"`$%{]?[\w.-]{0,80}['\"`}]? ?(is |are |was |were |has |have |must )?(not"
                r" (set|found|defined|been set|configured|provided|specified|present|be empty)|missing|required"
                r"|undefined|unset|invalid|must be set|be set)"
            ),
            r"missing (required )?(env(ironment)?|config(uration)?|setting|propert|api key|secret|credential)",
            (
                r"(please |must |need to |should )(set|configure|define|specify) (the |a |an |your )?[\w"
                r" .'\"`-]{0,40}(env|variable|setting|config|key\b|region|secret|property)"
            ),
            r"\bnot configured|misconfigur|invalid configuration|unknown (config|setting)|is not set\b",
            r"\bproperty ['\"`]?[\w.-]{1,80}['\"`]? (is |must be )(not set|required|missing|unset|set)\b",
            r"no (configuration|config|setting|value) (for|found)|required (config|setting|environment|property)",
            r"(must be|is not|isn't) set (in|via|as|to).{0,30}env|environment variable",
            r"configuration (error|problem)|bad config|unsupported url protocol|unsupported scheme|protocol scheme",
        ],
        severity="critical",
    ),
    rule(
        "authentication",
        0.92,
        "credentials or a token were refused",
        phrases=[
            r"authentication (failed|failure|error|required|unsuccessful)",
            (
                r"(invalid|bad|wrong|incorrect|missing|expired|no|unknown|revoked) (credentials?|password|username"
                r"|access token|bearer|api[ _-]?key|auth|jwt|login|client secret|refresh token|authorization"
                r" header)\b"
            ),
            r"login (failed|required|incorrect|was refused)|not (logged in|authenticated)|unauthenticated|unauthorized",
            r"invalid_(grant|client|token|credentials)|jwt (expired|malformed|must be|invalid|signature)",
            r"(token|session|signature|jwt|credentials?) (has |is |was |have )?(expired|revoked|invalid|malformed)",
            r"invalid signature|signature verification failed|password not accepted|username and password|\b535\b",
            r"gss(api|exception)|\bkerberos|krb5|krb_|\bkinit\b|\bsasl|ldap.{0,40}(bind|49)|invalidcredentials",
            r"no valid crumb|not enough segments|invalid api key|api key (is )?(invalid|expired|not)",
            r"permission denied \(publickey|auth fail|\bEAUTH\b|preauthentication|access_refused",
            r"(could not|unable to|cannot|failed to) authenticate|password .{0,30}does not match|not the hash of",
            r"authentication .{0,40}(failed|refused|rejected|is required)|\binvalid_auth\b|(^|[^(] ?)\binvalid token\b",
            r"(expired|missing|wrong|no|unknown|revoked|bad) token\b|token (violates|is not|could not be verified)",
        ],
        severity="high",
    ),
    rule(
        "authorization",
        0.88,
        "this may not be done",
        phrases=[
            (
                r"\b(you|users?|callers?|clients?|principal|accounts?|roles?)( [\w.@'\"-]{1,60})? (is|are|do|does)"
                r" ?n[o']t (allowed|permitted|authorized)|n[o']t have (the )?(required )?(permission|privilege)s?\b"
            ),
            r"not authorized|(lacks?|missing|requires?|insufficient) .{0,30}(permission|scope|privilege|role)s?\b",
            r"access (is )?(denied|forbidden|not allowed)|action is unauthorized|operation not allowed",
            r"unauthorized to|\bcsrf",
        ],
        severity="high",
    ),
    rule(
        "serialization",
        0.9,
        "text or bytes that cannot be decoded",
        phrases=[
            r"expecting (value|property name|',' delimiter|':')|extra data: line|unterminated string",
            (
                r"invalid (control character|escape|json|xml|yaml|utf-?8|base64|byte sequence|start byte|continuation"
                r" byte|character|unicode)"
            ),
            r"(is )?not (valid|well-formed) (json|xml|yaml|utf)|not well-formed",
            r"unexpected (token|character|end of (json|input|data|stream|file))",
            r"malformed (json|xml|yaml|utf|input|request body)",
            (
                r"(cannot|could not|unable to|failed to|error|can't) (de)?(serializ|pars|decod|encod|unmarshal"
                r"|marshal|deseriali[sz]|unpickl|pickl)\w*"
            ),
            r"json (parse|decode|syntax) error|(un)?marshal(l?ing)? error|mapping values are not allowed",
            r"could not find expected|did not find expected",
            r"values are not allowed here|codec can't|incorrect (header|data) check",
            r"invalid (block type|distance|stored|compressed|window)|not a gzip|bad (crc|gzip|zip)|protobuf|wire ?type",
            r"tag mismatch|unpack requires|(bad|invalid|incorrect) padding|padding is",
            r"for input string|unrecognized (field|property)",
            r"unknown (field|property) \"|parse error (at|on|near)|parsing error|invalid date",
            r"not a valid (date|number|integer|json|uuid)|could not be parsed|not in a correct format",
            r"incorrect padding|unable to convert|cannot convert .{0,60} to (int|date|float|number|timestamp)",
            r"circular reference|ill-formed|malformed|wrong number of fields",
            r"invalid (record|closing quote)|invalid token\)",
            r"error (de)?serializing|could not be (decoded|converted)|invalid isoformat",
            r"unsupported (character|charset|encoding)",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "validation",
        0.82,
        "input breaks a rule",
        phrases=[
            r"validation (failed|error|errors|exception)|\d+ validation errors? for",
            (
                r"(field|parameter|argument|value|property|param) .{0,60}(is|are) (required|invalid|not valid|not"
                r" allowed|missing)"
            ),
            r"is required\b|(must|should) (be|have|not|contain|match) ",
            r"not a valid (email|choice|objectid|value|url|phone)|is not (one of|a valid|allowed)|out of range\b",
            r"does not (match|conform|satisfy)|too (long|short|large|small)\b",
            r"already (exists|been taken|registered)|failed (the )?(validation|constraint)",
            r"invalid (email|input|value|argument|parameter|request|format|amount|quantity|state transition)",
            r"cannot be (blank|empty|negative)|exceeds (the )?(maximum|limit|max)|at least \d|schema validation",
            r"expected .{1,30}, (got|received|but)|less than or equal|greater than",
            r"unsupported (media|file|content) type|cannot query field|required (field|parameter|property)",
            r"insufficient (funds|balance|stock)|input should be",
            r"(no such|unknown|unrecognized|unexpected|invalid) (option|switch|flag|argument|parameter|command)s?\b",
            r"missing (required )?(option|switch|flag|argument|parameter|command)s?\b",
            r"\"[\w.\[\]-]{1,80}\" (is|are) not allowed",
            r"is a required (field|property)|unknown (currency|locale|time ?zone)",
            r"(card|payment) (was|has been) declined|card_declined|violates? (the )?(rule|constraints \()|bad uri\b",
        ],
        severity="low",
    ),
    rule(
        "concurrency",
        0.93,
        "two got into each other's way",
        phrases=[
            r"concurrent(ly)? (modif|access|map|call|use|operation|update|write|read)|during iteration",
            r"collection was modified|race condition|deadlock\b|lock (is )?(already )?(held|acquired)",
            r"could not acquire (the )?lock|failed to acquire lock",
            r"(already|another) (running|in progress|executing)|rejected from java|pool (is )?(shut ?down|closed)",
            r"cannot join (the )?current thread|event loop|different (thread|event loop|goroutine)",
            r"not thread[- ]?safe|thread-safe|reentran|cannot enter .{0,40}(critical|lock)|rejectedexecution",
            r"(executor|threadpool) .{0,40}(shut ?down|rejected|terminated)|wrong thread|main thread",
            r"already (borrowed|locked)|lock( file)? is already being|another (process|instance) .{0,30}lock",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "dependency",
        0.88,
        "something of another version, or missing",
        phrases=[
            r"no module named|cannot import name",
            (
                r"(class|module|package|library|assembly) (def )?['\"`\[]?[\w./\\:@-]{1,120}['\"`\]]? (is )?not"
                r" (found|installed)"
            ),
            r"is not installed|please install|pip install|npm install",
            r"(version|protocol|api) .{0,40}(mismatch|incompatible|not supported|unsupported|is too old|conflict)",
            r"incompatible (version|library|protocol|with)|requires (version|python|node|java) ",
            r"unsupported (version|protocol)|has been (removed|deprecated)|no longer (supported|available)",
            r"circuit ?breaker|\bbreaker is open|circuit .{0,30}\bopen\b",
            r"upstream (server|service|error|request)|third[- ]party|bad gateway",
            r"has no attribute '__version__'|partially initialized module|numpy\.(core|dtype)|binary incompatib",
            r"compiled (using|against)|unexpected response from",
        ],
        severity="high",
    ),
    rule(
        "programming_error",
        0.88,
        "nothing where a value is needed",
        phrases=[
            r"'NoneType' object|null ?pointer|nil pointer|because \".{1,200}\" is null|object reference not set",
            r"for nil(:NilClass)?$|of (undefined|null)\b|unexpectedly found nil|null reference|NoneType",
            r"undefined method|undefined (local )?variable|no function clause|wrong number of arguments",
            r"missing \d+ required positional|unexpected keyword argument|takes \d+ positional|has no attribute",
            r"not (subscriptable|callable|iterable)|is not a function|cannot be cast|unsupported operand",
            r"out of bounds|division by zero|divide by zero|assertion (failed|error)|unreachable|not implemented",
            r"key not found:|unhashable|can't multiply|ambiguous truth|mat1 and mat2|size mismatch",
            r"broadcast(ed)? together|no such (method|attribute|property|column)|stack level too deep",
            r"maximum recursion|stack overflow|object is not|of (undefined|null) \((reading|setting)|math domain error",
            r"duplicate key .{1,80}attempted merging",
            r"unterminated (group|subpattern|character)|regex(p)? parse|parsing regexp",
            r"must be (str|real number|an? (integer|string|instance)), not",
        ],
        severity="medium",
    ),
    rule(
        "filesystem",
        0.7,
        "a template or resource is not there",
        phrases=[
            r"template (not found|does not exist|missing)|missing template",
            r"resource .{0,80}not found in (classpath|bundle)|asset .{0,80}(not found|not present)",
            r"failed to lookup view",
        ],
        severity="medium",
    ),
    rule(
        "network",
        0.7,
        "the network failed",
        phrases=[
            r"network (error|failure|request failed|connection)|^(connection|socket) (error|failed|failure)",
            r"no internet|bootstrap broker|broker .{0,40}(disconnected|not available|unavailable|down)",
            r"brokers are down|\boffline\b|connection .{0,60}(failed|failure|unavailable|error)",
        ],
        severity="medium",
    ),
    rule(
        "rate_limit",
        0.85,
        "a limit of the service was reached",
        phrases=[
            r"\bquota\b|limit (has been )?(exceeded|reached)|exceeded .{0,30}limit",
            r"too many (requests|calls|messages|login)|backoff|rate-limited",
        ],
        severity="medium",
    ),
    rule(
        "database",
        0.7,
        "a query or transaction failed",
        phrases=[
            (
                r"\b(sql|query|transaction|database|jdbc|postgres(ql)?|mysql|mongo(db)?|redis|oracle|sqlite|cassandra"
                r"|dynamodb|elasticsearch|mariadb|clickhouse)\b.{0,60}(error|failed|failure|unavailable|timed out"
                r"|timeout|closed|down|unreachable|rejected|exception|refused|lost)"
            )
        ],
        severity="high",
    ),
    # --- message brokers
    rule(
        "authentication",
        0.97,
        "a broker refused the login",
        phrases=[
            r"username or password not allowed|access_refused|authorization violation|not authorized to connect",
            r"user name \[[^\]]*\] or password is invalid|sasl authentication (failed|error)",
            r"bad user ?name or password",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "dependency",
        0.96,
        "a topic, queue or exchange of a broker is not there",
        phrases=[
            r"unknown ?topic ?or ?part|no responders available|not_found - no (queue|exchange|binding|vhost)",
            r"does not host this topic|stream not found|consumer not found|no queue '",
            r"topic .{1,80} (not found|does not exist)",
            r"not ?leader ?(for|or)",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "configuration",
        0.96,
        "a queue was declared with other settings",
        phrases=[r"inequivalent arg|precondition_failed - "],
        severity="high",
        firm=True,
    ),
    rule(
        "network",
        0.96,
        "the channel to a broker is closed",
        phrases=[
            r"channel/connection is not open|channel is already closed|illegaloperation",
            r"brokers? (are|is) (down|not available)",
        ],
        severity="high",
    ),
    rule(
        "programming_error",
        0.97,
        "a pattern that is no regular expression",
        phrases=[
            r"error parsing regexp|parsing regexp: |invalid regular expression|regex parse error|nothing to repeat",
            r"missing closing \)|unterminated (group|subpattern|character set|character class)",
            r"unmatched (parenthes|\))",
            r"preg_\w+\(\): |look-?behind requires|target of repeat operator|(premature )?end of char-class",
            r"unbalanced parenthesis|bad escape \\",
        ],
        severity="medium",
        firm=True,
    ),
    # --- codes of other companies' services
    rule(
        "authorization",
        0.93,
        "a service found a right missing",
        phrases=[
            r"\b(missing_scope|insufficient_scope|no_permission|restricted_action|not_allowed_token_type|access_denied)\b",
            r"topic_?authorization|group_?authorization|(topic|group|cluster) authorization failed",
            r"insufficientpermissions",
            r"requires? (admin(istrator)?|owner) (permission|consent|approval|role)",
            r"\bAADSTS(65001|90094|50105|50020|500011)\b",
            r"resource not accessible by|saml enforcement|must grant your",
            r"not (a )?member of (the )?(organi[sz]ation|group)",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "validation",
        0.85,
        "a service does not know what it was asked about",
        phrases=[r"\b(channel_not_found|user_not_found|invalid_arguments|invalid_blocks|msg_too_long|no_text)\b"],
        severity="medium",
    ),
)
