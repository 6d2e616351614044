"""Cloud providers, Kubernetes and containers: error codes and how their APIs speak, in every language."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule(
        "rate_limit",
        0.94,
        "a cloud API throttled the caller",
        types="""
        ThrottlingException Throttling ThrottledException ProvisionedThroughputExceededException
        RequestLimitExceeded SlowDown TooManyRequestsException LimitExceededException LimitExceededFault
        Aws.S3.Errors.SlowDown google.api_core.exceptions.TooManyRequests
        google.api_core.exceptions.ResourceExhausted
        software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException
        PriorRequestNotComplete github.RateLimitExceededException
        github.GithubException.RateLimitExceededException stripe.error.RateLimitError stripe.RateLimitError
        stripe._error.RateLimitError *ThrottlingException *ThrottledException *TooManyRequestsException
        *TooManyRequestsError *RateLimitError *RateLimitException *RateLimitExceededException *RateLimitExceeded
        *QuotaExceededException *ThroughputExceededException
        """,
        firm=True,
    ),
    rule(
        "rate_limit",
        0.92,
        "the caller was throttled",
        phrases=[
            r"throttl(ed|ing)|slow ?down\b|reduce your request rate|(rate|request|quota)[ _-]?limit|rate exceeded",
            r"too many (requests|attempts)",
            r"quota (has been )?exceeded|quota exceeded|exceeded .{0,40}quota|userRateLimitExceeded",
            r"provisioned ?throughput|requestlimitexceeded|retry later|ratelimited",
        ],
        severity="medium",
    ),
    rule(
        "authorization",
        0.94,
        "a cloud's access rules refused it",
        types="""
        AccessDenied AccessDeniedException UnauthorizedOperation Forbidden google.api_core.exceptions.Forbidden
        google.api_core.exceptions.PermissionDenied *AccessDeniedException *PermissionDeniedException
        *PermissionDenied *ForbiddenException *AccessDenied *ForbiddenError *AuthorizationException
        *NotAuthorizedError *UnauthorizedOperation *InsufficientScopeError *AuthorizationError *PermissionError
        *PermissionDeniedError
        """,
        severity="high",
    ),
    rule(
        "authorization",
        0.94,
        "access was denied",
        phrases=[
            r"access ?denied(?:exception)?\b|(is|are) not authorized to (perform|access)|unauthorizedoperation",
            r"authorizationfailed|is forbidden|\bforbidden: ",
            r"does not have (\"?[\w.]+\"? )?(permission|access|authorization|storage\.)",
            r"(missing|insufficient|lacks?|required?) .{0,30}(permission|scope|privilege|role)s?\b",
            r"not (allowed|permitted) to|insufficient[ _](scope|privileges|permissions)|explicit deny",
            r"permission .{1,60}(denied|required)|caller does not have permission",
        ],
        severity="high",
    ),
    rule("authorization", 0.85, "permission was denied", phrases=[r"permission[ _]?denied"], severity="high"),
    rule(
        "authentication",
        0.95,
        "cloud credentials are missing, wrong or expired",
        types="""
        NoCredentialsError botocore.exceptions.NoCredentialsError botocore.exceptions.CredentialRetrievalError
        botocore.exceptions.TokenRetrievalError botocore.exceptions.UnauthorizedSSOTokenError
        botocore.exceptions.SSOTokenLoadError ExpiredToken ExpiredTokenException InvalidClientTokenId
        UnrecognizedClientException SignatureDoesNotMatch InvalidAccessKeyId AuthFailure RequestExpired
        google.api_core.exceptions.Unauthenticated google.api_core.exceptions.Unauthorized
        stripe.error.AuthenticationError stripe.AuthenticationError stripe._error.AuthenticationError
        RequestTimeTooSkewed azure.core.exceptions.ClientAuthenticationError Aws.Errors.MissingCredentialsError
        Aws.S3.Errors.InvalidAccessKeyId Aws.Sigv4.Errors.MissingCredentialsError AuthenticationRequiredError
        *UnauthorizedException *UnauthorizedError *AuthenticationException *AuthenticationError
        *AuthenticationFailedException *InvalidTokenException *TokenExpiredException *TokenExpiredError
        *ExpiredTokenException *UnauthenticatedError *UnauthenticatedException *CredentialsException
        *Unauthorized *NotAuthenticated *InvalidCredentialsException *AuthError *InvalidCredentialsError
        *LoginFailed *ExpiredSignature *InvalidGrantError *InvalidToken
        """,
        severity="high",
    ),
    rule(
        "authentication",
        0.95,
        "cloud credentials are missing, wrong or expired",
        phrases=[
            (
                r"(unable|failed|could not|cannot) (to )?(locate|load|find|get|retrieve|refresh|obtain)"
                r" .{0,30}(credentials?|token)\b"
            ),
            r"no (valid )?credential|NoCredentialProviders",
            r"expiredtoken|security token .{0,40}(invalid|expired)|token .{0,60}(has )?expired",
            r"InvalidClientTokenId|SignatureDoesNotMatch|InvalidAccessKeyId",
            r"default credentials were not found|failed to retrieve a token|no EC2 IMDS role|AuthenticationFailed",
            r"UnrecognizedClientException|AADSTS\d+|requesttimetooskewed|request signature we calculated",
            r"get credentials: |static credentials are empty|ssoTokenProvider|sso session .{0,40}expired",
            r"error loading SSO token|reauthentication is needed",
        ],
        severity="high",
    ),
    rule(
        "filesystem",
        0.95,
        "an object is not in the object store",
        types="""
        NoSuchKey NoSuchBucket Aws.S3.Errors.NoSuchKey Aws.S3.Errors.NoSuchBucket
        software.amazon.awssdk.services.s3.model.NoSuchKeyException BlobNotFound
        software.amazon.awssdk.services.s3.model.NoSuchBucketException google.cloud.storage.exceptions.*
        """,
        severity="medium",
        firm=True,
    ),
    rule(
        "filesystem",
        0.95,
        "an object is not in the object store",
        phrases=[
            r"nosuchkey|nosuchbucket|specified (key|bucket|blob|container|object) does not exist|blobnotfound",
            r"containernotfound|no such object:|storage: object doesn't exist|headobject operation: not found",
            r"keynotfound.{0,10}s3",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "infrastructure",
        0.94,
        "the cloud has no room for more",
        phrases=[
            r"insufficient.{0,20}capacity|InsufficientInstanceCapacity|out of capacity",
            r"ZONE_RESOURCE_POOL_EXHAUSTED|SkuNotAvailable|stockout|AllocationFailed|no capacity|vcpulimitexceeded",
            r"capacity .{0,30}(not available|unavailable)",
            r"instance metadata|\bIMDS\b|169\.254\.169\.254|metadata (service|server|token)",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "authentication", 0.8, "the cloud's metadata gave no credentials", phrases=[r"imds role found"], severity="high"
    ),
    rule(
        "infrastructure",
        0.93,
        "a container or its image",
        phrases=[
            r"ImagePullBackOff|ErrImagePull|CrashLoopBackOff|CreateContainer(Config)?Error|failed to pull image",
            r"no such image|manifest (unknown|for .{1,200}not found)",
            r"oci runtime|no such container|docker daemon|docker\.sock|containerd|\bcri-o\b|\brunc\b|cgroup",
            r"entrypoint.{0,30}not found|exec format error",
            r"container .{0,80}(is not running|exited|unhealthy|failed to start|not found)",
            r"pull access denied|toomanyrequests: you have reached your pull",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "infrastructure",
        0.92,
        "an object of the cluster",
        phrases=[
            (
                r"(pods?|deployments?(\.apps)?|configmaps?|secrets?|nodes?|namespaces?|services?|jobs?(\.batch)?"
                r"|ingresses|customresourcedefinitions?|persistentvolumeclaims?|statefulsets?(\.apps)?|replicasets?"
                r"|serviceaccounts?|leases?)[\w.]* \\?\"[^\"]{1,120}\" not found"
            ),
            r"nodes are available|insufficient (cpu|memory|nvidia|ephemeral)|failedscheduling|\bevicted",
            r"node.{0,20}(notready|not ready|pressure)|failed(mount|attachvolume)|unable to attach or mount",
            r"unbound .{0,20}persistentvolumeclaim|liveness probe|readiness probe|no matches for kind",
            r"admission webhook|failed calling webhook|exceeded quota: |etcdserver: |oomkilled|pod sandbox",
            r"readinessgate|leader election lost",
        ],
        severity="high",
    ),
    rule(
        "infrastructure",
        0.95,
        "a hardware device or its driver",
        phrases=[
            r"no nvidia driver|nvidia driver|nvidia-smi|CUDA driver|no CUDA-capable device",
            r"CUDA error: (an illegal|unspecified|device-side|uncorrectable|unknown|all CUDA)|NCCL|\bXid\b|ECC error",
            r"cudnn_status|GPU is lost|device not found|fallen off the bus",
            r"input/output error|hardware error|machine check|bad sector|kernel panic|uncorrectable|\bEIO\b",
            r"bus error|remote i/o error|ipmi|smart failure|device or resource busy|stale file handle",
            r"transport endpoint is not connected|lost block|missing block|could not obtain block|device not ready",
        ],
        severity="critical",
    ),
    rule(
        "infrastructure",
        0.92,
        "a node, executor or block of a cluster is lost",
        phrases=[
            r"lost (executor|task ?manager|worker|node|leadership)|executor ?lost|loss of task ?manager",
            r"executor heartbeat timed out|heartbeat of task ?manager|no resource available to run|fetchfailed",
            r"datanode|namenode is in safe ?mode|missing blocks?|could only be (replicated|written) to|no live nodes",
            r"parity error|ddr error|tlb error|machine check|node card|link card|double-hummer|lustre|torus",
            r"no valid host was found|instance failed to spawn|hypervisor|failed to attach volume",
        ],
        severity="high",
    ),
    rule(
        "resource_exhaustion",
        0.96,
        "a cluster's manager killed the container for its memory",
        phrases=[r"container killed by yarn|running beyond (physical|virtual) memory|exceeding memory limits"],
        severity="critical",
        firm=True,
    ),
    rule(
        "concurrency",
        0.93,
        "the object was changed by someone else meanwhile",
        phrases=[
            r"the object has been modified|please apply your changes to the latest version",
            r"precondition ?failed.{0,40}etag|optimistic concurrency|conflict.{0,30}modified",
        ],
        severity="medium",
    ),
    rule(
        "authorization",
        0.96,
        "the cluster's access rules refused it",
        phrases=[r"is forbidden: user|cannot (get|list|watch|create|update|patch|delete) resource"],
        severity="high",
        firm=True,
    ),
    rule(
        "configuration",
        0.94,
        "a region, a bucket's name or an endpoint is not set",
        phrases=[
            r"(specify|missing|invalid|set|configure|no|load|find) (a )?(aws )?region\b|region is missing",
            r"config profile .{0,60}could not be found|PermanentRedirect",
            r"must be addressed using the specified endpoint|could not determine (project|the default)",
            r"unable to find a region",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "resource_exhaustion",
        0.9,
        "a serverless function hit its limit of memory or storage",
        phrases=[
            r"Runtime\.OutOfMemory|runtime exited with error: signal: killed",
            r"worker (was|has been) (killed|terminated).{0,30}memory",
        ],
        severity="critical",
    ),
    rule(
        "timeout",
        0.93,
        "a serverless function ran too long",
        phrases=[r"task timed out after|function (execution|invocation) (took|timed)"],
    ),
    rule(
        "dependency",
        0.6,
        "a cloud API answered with an error",
        types="""
        software.amazon.awssdk.* com.amazonaws.* com.google.cloud.* com.google.api.gax.* com.azure.*
        Azure.RequestFailedException Amazon.* Aws.* google.api_core.* google.cloud.* Google.Cloud.* azure.*
        botocore.* oci.* tencentcloud.* digitalocean.* com.microsoft.azure.*
        """,
        modules="botocore boto3 software.amazon.awssdk com.amazonaws @aws-sdk aws-sdk @smithy github.com/aws",
    ),
    rule(
        "database",
        0.9,
        "a cloud database failed",
        types="""
        ConditionalCheckFailedException TransactionCanceledException software.amazon.awssdk.services.dynamodb.*
        com.google.cloud.spanner.* com.google.cloud.bigquery.* google.cloud.bigquery.*
        ItemCollectionSizeLimitExceededException TransactionConflictException com.azure.cosmos.* azure.cosmos.*
        """,
        severity="medium",
    ),
    rule(
        "database",
        0.93,
        "a cloud database failed",
        phrases=[
            r"ConditionalCheckFailed|TransactionCanceledException|conditional request failed",
            r"the provided key element does not match the schema|TransactionConflict",
        ],
        severity="medium",
    ),
    rule(
        "filesystem",
        0.7,
        "something is not there",
        types="""
        google.api_core.exceptions.NotFound azure.core.exceptions.ResourceNotFoundError
        """,
        severity="medium",
    ),
    rule(
        "dependency",
        0.7,
        "a queue, function or resource of the cloud is not there",
        phrases=[r"ResourceNotFoundException|QueueDoesNotExist|NonExistentQueue|function not found: arn"],
        severity="high",
    ),
    rule(
        "validation",
        0.85,
        "a cloud API found the request wrong",
        phrases=[
            (
                r"\((ValidationException|InvalidParameterValue|MalformedPolicyDocument|InvalidParameterCombination"
                r"|ValidationError)\)"
            ),
            r"api error (ValidationException|InvalidParameter)",
        ],
        severity="medium",
    ),
    rule(
        "resource_exhaustion",
        0.93,
        "the GPU's memory is full",
        phrases=[
            r"(cuda|hip|mps|gpu).{0,30}out of memory|CUDA_ERROR_OUT_OF_MEMORY|cublas_status_alloc_failed",
            r"OOM when allocating tensor|failed to allocate memory on gpu",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "infrastructure",
        0.97,
        "a container or its image",
        phrases=[
            r"failed to pull (and unpack )?image|pull access denied",
            r"error response from daemon: (conflict|network|no such|oci|get|mkdir)",
            r"back-?off (restarting|pulling)|runc create failed|containerd task|/run/(containerd|docker|crio)",
            r"exec format error",
            r"multi-attach error|(mount|attach)volume|unable to (attach or )?mount|pod sandbox|low on resource",
            r"installation failed:",
        ],
        severity="high",
        firm=True,
    ),
    rule(
        "infrastructure",
        0.9,
        "an event of the cluster",
        types="""
        FailedMount FailedAttachVolume FailedScheduling FailedCreatePodSandBox BackOff Unhealthy Evicted NodeNotReady
        FailedCreate FailedKillPod ImagePullBackOff ErrImagePull CrashLoopBackOff CreateContainerConfigError
        CreateContainerError ContainerCannotRun RunContainerError NetworkNotReady FailedDaemonPod ProvisioningFailed
        InspectFailed NodeHasDiskPressure FailedBinding VolumeResizeFailed DeadlineExceededPod
        """,
        severity="high",
    ),
    rule(
        "authorization",
        0.97,
        "the cluster's rules refused it",
        phrases=[r"error from server \(forbidden\)|denied the request|violates podsecurity"],
        severity="high",
        firm=True,
    ),
    rule(
        "infrastructure",
        0.95,
        "an object of the cluster",
        phrases=[r"error from server \((notfound|alreadyexists|conflict|internalerror|serviceunavailable|timeout)\)"],
        severity="high",
        firm=True,
    ),
    rule(
        "rate_limit",
        0.98,
        "a quota of the cluster is used up",
        phrases=[r"exceeded quota: "],
        severity="medium",
        firm=True,
    ),
    rule(
        "configuration",
        0.9,
        "a stored setting is not there",
        types="ParameterNotFound SecretNotFound",
        phrases=[r"parameternotfound|secrets manager can't find"],
        severity="high",
    ),
    rule(
        "configuration",
        0.95,
        "a stored setting is not there",
        phrases=[r"\(ParameterNotFound\)|secrets manager can't find the specified secret"],
        severity="high",
    ),
    rule(
        "filesystem",
        0.93,
        "an object of the store cannot be read",
        phrases=[r"\(InvalidObjectState\)|object's storage class"],
        severity="medium",
    ),
    rule(
        "filesystem",
        0.93,
        "an object is not in the object store",
        types="""
        Microsoft.WindowsAzure.Storage.StorageException Azure.Storage.*
        com.google.cloud.storage.StorageException
        """,
        phrases=[r"\b404\b|not found"],
        severity="medium",
    ),
    rule(
        "authorization",
        0.93,
        "a cloud account has not been cleared",
        phrases=[r"\((PendingVerification|OptInRequired|AccountProblem|InvalidAccountId|UnauthorizedAccess)\)"],
        severity="high",
    ),
)
