"""Model providers."""

from typing import Final

from tracemedic_processor.knowledge.known import Known, fix, known

TABLE: Final[tuple[Known, ...]] = (
    known(
        "llm context length",
        "Prompt is longer than the model's context",
        "Prompt and wanted output together have more tokens than the model takes.",
        ("the history or tool results grow with each turn", "a document is put in whole", "max_tokens leaves no room"),
        (
            fix("Count tokens before the call; summarise or drop old turns and long tool results", "prompt building"),
            fix("Use a model with a larger context, or search for the relevant parts", "the model setting"),
        ),
        on="llm_api",
        confidence=0.88,
        codes="named:context_length_exceeded named:request_too_large",
        types="ContextWindowExceededError ContextLengthExceeded",
        phrases=(
            r"maximum context length|context_length_exceeded|prompt is too long|input is too long for requested model",
            r"exceeds the (model's )?(maximum )?context|too many (input )?tokens|input token count .{0,40}exceeds",
        ),
    ),
    known(
        "llm rate limit",
        "Provider limits requests or tokens per minute",
        "The account sends more than its limit per minute.",
        (
            (
                "parallel runs share one limit",
                "prompts are large, so the token limit comes first",
                "retries without pauses",
            )
        ),
        (
            fix("Obey Retry-After; cap requests and tokens per minute over all workers", "the LLM client"),
            fix("Move to a higher tier, spread over models, or use the batch API", "the provider's account"),
        ),
        on="llm_api rate_limit",
        confidence=0.82,
        codes="named:rate_limit_exceeded named:rate_limit_error named:tokens_usage_based",
        types="openai.RateLimitError anthropic.RateLimitError litellm.RateLimitError RateLimitError "
        "google.api_core.exceptions.ResourceExhausted",
        phrases=(r"Rate limit reached for|rate_limit_error|tokens per min|requests per min|TPM|RPM limit",),
    ),
    known(
        "llm quota",
        "Credit or quota is used up",
        "The account has no credit or has reached its spending limit; waiting does not help.",
        ("the budget of the month is spent", "the payment failed", "the key belongs to another project"),
        (fix("Add credit or raise the limit; fall back to another provider meanwhile", "the provider's billing"),),
        on="llm_api",
        confidence=0.87,
        codes="named:insufficient_quota named:billing_hard_limit_reached named:billing_error",
        phrases=(r"insufficient_quota|exceeded your current quota|credit balance is too low|billing hard limit",),
    ),
    known(
        "llm overloaded",
        "Provider is overloaded",
        "The provider has too little capacity at the moment (503, 529).",
        ("a peak at the provider, not our own use",),
        (
            fix("Retry with growing, random pauses; fall back to another model or region", "the LLM client"),
            fix("Look at the provider's status page", "the provider"),
        ),
        on="llm_api",
        confidence=0.85,
        codes="http:529 named:overloaded_error",
        types="OverloadedError",
        phrases=(r"overloaded_error|model is (currently )?overloaded|Overloaded$|engine is currently overloaded",),
    ),
    known(
        "llm key",
        "Provider refuses the API key",
        "The key is missing, wrong, revoked or of another organisation.",
        (
            (
                "the variable is not set in this environment",
                "the key was rotated",
                "base URL and key are of different providers",
            )
        ),
        (
            fix(
                "Check which variable the client reads and whether key and base URL belong together",
                "environment",
                "a list of models is answered",
            ),
        ),
        on="llm_api authentication configuration",
        confidence=0.84,
        codes="named:invalid_api_key named:authentication_error named:API_KEY_INVALID",
        types="openai.AuthenticationError anthropic.AuthenticationError litellm.AuthenticationError",
        phrases=(
            r"Incorrect API key provided|invalid x-api-key|API key not valid|No API key provided|invalid_api_key",
            r"api_key client option must be set|Could not resolve authentication method",
        ),
    ),
    known(
        "llm model not found",
        "Model does not exist or is not open to this account",
        "The name is wrong, retired, or the account has no access.",
        (
            (
                "a dated model was retired",
                "the name is of another provider or deployment",
                "a local server has not pulled it",
            )
        ),
        (fix("List the models of this key and set a current one", "the model setting"),),
        on="llm_api",
        confidence=0.86,
        codes="named:model_not_found named:DeploymentNotFound",
        phrases=(
            r"The model .{1,80} does not exist|model_not_found|model: [\w.\-]+$",
            r"API deployment for this resource does not",
            r"model ['\"].{1,80}['\"] (is )?not found|has been (deprecated|decommissioned)",
            r"is not found for API version",
        ),
    ),
    known(
        "llm bad parameter",
        "Provider refuses a parameter",
        "A parameter is not supported by this model or has a wrong form.",
        ("models differ: temperature, max_tokens, response_format", "the SDK is older or newer than the API"),
        (fix("Read the parameter's name in the answer; set it per model", "the LLM client"),),
        on="llm_api",
        confidence=0.76,
        codes="named:unsupported_parameter named:unsupported_value named:invalid_request_error",
        types="openai.BadRequestError anthropic.BadRequestError litellm.BadRequestError",
        phrases=(r"Unsupported (parameter|value): |invalid_request_error|is not supported with this model",),
    ),
    known(
        "llm message order",
        "Conversation has a form the provider refuses",
        "Tool calls without results, results without calls, or roles in a wrong order.",
        ("history was cut between a tool call and its result", "a failed tool left no result", "an empty message"),
        (fix("Cut history only between whole turns; always add a result, also for failed tools", "history handling"),),
        on="llm_api agent_tool",
        confidence=0.86,
        phrases=(
            r"tool_calls' must be followed by|tool_call_ids? did not have response messages",
            r"tool_use.{0,60}without.{0,20}tool_result",
            r"messages with role ['\"]tool['\"] must be a response|roles must alternate|unexpected `tool_use_id`",
            r"text content blocks must be non-empty|messages: at least one message is required",
        ),
    ),
    known(
        "llm content filter",
        "Provider's filter stopped it",
        "Prompt or answer was blocked by a content policy.",
        ("user text triggers the filter", "a harmless text is misjudged"),
        (
            fix(
                "Treat it as an outcome: tell the user, log the category; adjust the filter where allowed",
                "the handler",
            ),
        ),
        on="llm_api",
        confidence=0.84,
        codes="named:content_filter named:content_policy_violation named:ResponsibleAIPolicyViolation",
        types="ContentPolicyViolationError ContentFilterFinishReasonError StopCandidateException "
        "BlockedPromptException",
        phrases=(
            r"content (management )?policy|content_filter|blocked by safety|finish_reason.{0,20}SAFETY",
            r"safety settings",
        ),
    ),
    known(
        "llm output cut",
        "Answer was cut at its limit",
        "The model stopped at max_tokens, so the output is incomplete.",
        ("max_tokens is too low for the answer, or reasoning used it up",),
        (fix("Raise max_tokens, ask for less at a time, and check finish_reason before parsing", "the LLM client"),),
        on="llm_api agent_tool",
        confidence=0.83,
        types="LengthFinishReasonError IncompleteOutputException IncompleteToolCall",
        phrases=(
            r"finish_reason.{0,6}length|length limit was reached|max_tokens.{0,40}(reached|before)",
            r"output is incomplete",
        ),
    ),
    known(
        "llm timeout",
        "Model did not answer in time",
        "The provider or the local model took longer than the client waits.",
        ("long answers without streaming", "a local model is being loaded or runs on the CPU"),
        (fix("Stream, bound the output, or raise the timeout", "the LLM client"),),
        on="llm_api timeout",
        confidence=0.78,
        types="openai.APITimeoutError anthropic.APITimeoutError APITimeoutError litellm.Timeout",
    ),
    known(
        "llm connection",
        "Provider is not reachable",
        "No connection to the model provider could be made.",
        ("no way out of the network, or a proxy is missing", "the base URL is wrong", "the local server does not run"),
        (fix("Test the base URL from the failing container", "network or settings"),),
        on="llm_api network",
        confidence=0.74,
        types="openai.APIConnectionError anthropic.APIConnectionError APIConnectionError litellm.APIConnectionError",
    ),
    known(
        "llm server error",
        "Provider failed",
        "The provider met an error of its own (5xx).",
        ("a fault at the provider",),
        (fix("Retry with pauses; keep the provider's request id for their support", "the LLM client"),),
        on="llm_api",
        confidence=0.74,
        types="openai.InternalServerError anthropic.InternalServerError litellm.InternalServerError "
        "InternalServerError "
        "litellm.ServiceUnavailableError",
        phrases=(r"The server had an error (while )?processing your request|api_error.{0,40}Internal server error",),
    ),
    known(
        "embedding dimension",
        "Vectors have different lengths",
        "A vector has another length than the index was made for.",
        ("the embedding model was changed without building the index anew",),
        (fix("Build the index anew with the current model; name the model in the index", "the vector index"),),
        on="llm_api database validation",
        confidence=0.85,
        phrases=(
            r"(expected|different vector) dimensions?|dimension (of )?\d+ does not match|Vector dimension",
            r"Embedding dimension .{1,40} does not match",
        ),
    ),
)
