"""Model providers, agents, their tools and the Model Context Protocol, in every language."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    # --- agents and tools
    rule(
        "agent_tool",
        0.95,
        "an agent, or a tool that it called",
        types="""
        pydantic_ai.exceptions.ModelRetry pydantic_ai.exceptions.UnexpectedModelBehavior
        pydantic_ai.exceptions.ToolRetryError pydantic_ai.exceptions.UsageLimitExceeded
        pydantic_ai.exceptions.CallDeferred pydantic_ai.exceptions.ApprovalRequired pydantic_ai.ModelRetry
        pydantic_ai.UnexpectedModelBehavior pydantic_ai.UsageLimitExceeded pydantic_ai.exceptions.AgentRunError
        pydantic_ai.tools.* pydantic_ai.exceptions.ToolFailed langchain_core.exceptions.OutputParserException
        langchain.schema.OutputParserException langchain_core.tools.* langchain.tools.* langgraph.*
        langchain.agents.* ToolException OutputParserException GraphRecursionError agents.* autogen.*
        autogen_core.* autogen_agentchat.* crewai.* smolagents.* mcp.* fastmcp.* llama_index.core.agent.*
        llama_index.core.workflow.* google.adk.* strands.* semantic_kernel.* haystack.* dspy.* guardrails.*
        instructor.* ToolExecutionException dev.langchain4j.agent.* dev.langchain4j.service.output.*
        dev.langchain4j.exception.ToolArgumentsException dev.langchain4j.exception.ToolExecutionException
        org.springframework.ai.tool.* io.modelcontextprotocol.* McpError MCPError AI_NoSuchToolError
        AI_InvalidToolArgumentsError AI_InvalidToolInputError AI_ToolExecutionError AI_ToolCallRepairError
        AI_NoObjectGeneratedError AI_NoOutputGeneratedError NoObjectGeneratedError NoSuchToolError
        InvalidToolInputError AI_NoOutputSpecifiedError InvalidToolArgumentsError ToolExecutionError
        ToolCallError ToolInputParsingException MaxTurnsExceededError ModelBehaviorError ToolTimeoutError
        InputGuardrailTripwireTriggered OutputGuardrailTripwireTriggered
        Microsoft.SemanticKernel.KernelFunctionCanceledException ModelContextProtocol.* ToolError
        FunctionCallError MaxIterationsExceeded Microsoft.Agents.* ModelRetry ToolRetryError
        Microsoft.SemanticKernel.Agents.* rmcp.* rig.tool.* AgentError AgentExecutionError MaxTurnsExceeded
        AgentMaxIterationsError AgentToolExecutionError AgentGenerationError AgentParsingError
        ToolValidationError
        """,
    ),
    rule(
        "agent_tool",
        0.95,
        "an agent, or a tool that it called",
        phrases=[
            r"\btool[ _-]?calls?\b|tool_use|tool_result",
            r"function[ _]call(ing)?\b.{0,60}(argument|invalid|fail|malformed)",
            (
                r"\btools?:? ?['\"`]?[\w.:-]{0,80}['\"`]? (failed|not found|timed out|exceeded|does not exist|is not"
                r"|returned|execution|raised|unavailable|was not|threw|errored|call|has no|cannot|could not|not"
                r" available|input|argument|schema|is unknown)"
            ),
            (
                r"(unknown|no such|unavailable|invalid|error (running|executing|calling|invoking|in|from)|executing"
                r"|failed to (call|execute|run|invoke)|running|call(ing)?) (mcp )?tool\b"
            ),
            r"exceeded max(imum)? (retries|result retries|output retries|tool)",
            r"max(imum)? (number of )?(turns|iterations|steps|tool calls|agent)|recursion limit of \d+ reached",
            r"iteration limit|agent stopped due to",
            r"could not parse (llm|model|tool) output|parse (the )?(llm|model|agent)('s)? (output|response)",
            r"output[ _]parsing|output validation|result validation|response did not match schema",
            r"no object generated|structured output|agent .{0,40}(not found|failed|loop|handoff)",
            r"\bmcp\b.{0,60}(error|server|session|failed|closed|timed|timeout)|hand-?off|malformed_function_call",
            r"tool_choice|invalid_tool|model tried to call|usage limit|request_limit of|arguments for tool",
            r"received empty model response|would exceed the .{0,30}_limit|guardrail|unexpected model behaviou?r",
            r"no tools? (named|found|matching|registered)",
        ],
        severity="medium",
    ),
    rule(
        "agent_tool",
        0.75,
        "the span is a tool call",
        attributes="""
        gen_ai.tool.name gen_ai.operation.name=execute_tool mcp.method.name mcp.tool.name tool.name
        gen_ai.tool.call.id openinference.span.kind=tool traceloop.span.kind=tool mcp.session.id
        """,
    ),
    rule(
        "agent_tool",
        0.5,
        "the span is an agent's run",
        attributes="""
        gen_ai.operation.name=invoke_agent gen_ai.operation.name=create_agent openinference.span.kind=agent
        traceloop.span.kind=agent traceloop.span.kind=workflow
        """,
    ),
    rule(
        "agent_tool",
        0.4,
        "an agent's framework",
        modules="""
        pydantic_ai._tool_manager pydantic_ai._agent_graph pydantic_ai.toolsets pydantic_ai.mcp
        langchain_core.tools langchain.agents langgraph.prebuilt mcp fastmcp agents.tool crewai.tools smolagents
        @modelcontextprotocol/sdk @langchain/langgraph autogen_core.tools dev.langchain4j.agent
        org.springframework.ai.tool io.modelcontextprotocol ModelContextProtocol github.com/mark3labs/mcp-go
        github.com/modelcontextprotocol
        """,
    ),
    # --- providers
    rule(
        "llm_api",
        0.95,
        "an error of a model provider's SDK",
        types="""
        openai.* anthropic.* google.genai.* google.generativeai.* cohere.* mistralai.* groq.* together.*
        litellm.* huggingface_hub.* ollama.* replicate.* vertexai.* ai21.* voyageai.* xai_sdk.* cerebras.*
        fireworks.* langchain_openai.* langchain_anthropic.* pydantic_ai.exceptions.ModelHTTPError
        pydantic_ai.exceptions.ModelAPIError pydantic_ai.ModelHTTPError
        pydantic_ai.exceptions.FallbackExceptionGroup pydantic_ai.exceptions.ContentFilterError
        pydantic_ai.exceptions.IncompleteToolCall com.openai.* com.anthropic.* dev.langchain4j.exception.*
        dev.ai4j.* org.springframework.ai.* com.theokanning.openai.* OpenAI* Anthropic* AI_APICallError
        AI_RetryError AI_LoadAPIKeyError GoogleGenerativeAI* APICallError APIError APIConnectionError
        APIConnectionTimeoutError APIUserAbortError MistralError CohereError LengthFinishReasonError
        ContentFilterFinishReasonError Azure.AI.* OpenAI.* Microsoft.SemanticKernel.* System.ClientModel.*
        Anthropic.* openai.Error anthropic.Error openai.APIError genai.* async_openai.* OpenAI.Error
        Anthropic.Errors.* RubyLLM.* OpenAI.Exceptions.* ollama_rs.* rig.completion.* OpenAI.Errors.* Gemini.*
        Anthropic.Error google.genai.errors.* ModelHTTPError ModelAPIError
        """,
        severity="medium",
    ),
    rule(
        "llm_api",
        0.95,
        "a model provider refused the key or the quota is used up",
        types="""
        openai.AuthenticationError openai.PermissionDeniedError anthropic.AuthenticationError
        anthropic.PermissionDeniedError litellm.AuthenticationError groq.AuthenticationError
        litellm.exceptions.AuthenticationError openai.NotFoundError anthropic.NotFoundError AI_LoadAPIKeyError
        litellm.exceptions.NotFoundError RubyLLM.UnauthorizedError cohere.errors.UnauthorizedError
        """,
        severity="high",
    ),
    rule(
        "llm_api",
        0.95,
        "a model provider refused the key or the quota is used up",
        phrases=[
            r"insufficient_quota|insufficient_user_quota|exceeded your current quota|incorrect api key",
            r"invalid x-api-key|api key not valid",
            r"credit balance is too low|plan and billing|model_not_found|the model `[^`]*`? does not exist",
            r"deploymentnotfound|invalid_api_key|you must provide a model|insufficient credits",
            r"402.{0,60}insufficient balance",
        ],
        severity="high",
    ),
    rule(
        "llm_api",
        0.94,
        "a model provider's answer",
        phrases=[
            r"(context|prompt|token).{0,30}(length|window|too long|limit).{0,60}(exceed|maximum|token|too)",
            r"maximum context length|prompt is too long|context_length_exceeded|max_tokens|too many tokens",
            r"context window|input is too long for requested model",
            r"overloaded_error|model is overloaded|model is currently overloaded",
            (
                r"(model|engine) .{0,80}(not found|does not exist|is not supported|has been deprecated|is overloaded"
                r"|not available)\b.{0,80}"
            ),
            r"content[ _]?(policy|filter|management)|tokens per min|\bTPM\b|\bRPM\b",
            r"rate_limit_error|invalid_request_error|api_error.{0,40}(anthropic|claude)",
            (
                r"\b(openai|anthropic|claude|gpt-\w+|gemini|mistral|cohere|bedrock|groq|vertex ?ai|azure openai"
                r"|ollama|llama|deepseek|huggingface)\b.{0,80}(error|failed|exceed|limit|unavailable|invalid|refused"
                r"|overloaded|returned|timed)"
            ),
            r"ModelTimeoutException|ModelErrorException|ModelNotReadyException|InvokeModel|ConverseStream",
            r"the converse operation|server_error.{0,60}sorry about that",
            (
                r"(llm|completion|embedding|chat model|language model)s? .{0,40}(failed|error|call|request|returned"
                r"|empty|timed|response|api|provider)"
            ),
            r"unsupported parameter: '(max_|temperature|top_|frequency|logprobs|reasoning)|responses?_format",
            r"temperature .{0,40}(not support|does not support)|don't have access to the model",
            r"you don't have access to.{0,30}model|blocked .{0,30}safety|finish_?reason",
        ],
        severity="medium",
    ),
    rule(
        "llm_api",
        0.97,
        "a model provider's address",
        phrases=[
            r"\b(api\.openai\.com|api\.anthropic\.com|generativelanguage\.googleapis\.com|api\.mistral\.ai|api\.groq\.com)",
            r"\b(api\.cohere\.(com|ai)|openrouter\.ai|api\.deepseek\.com|api\.together\.(ai|xyz)|api\.x\.ai|api\.perplexity\.ai)",
            r"\.openai\.azure\.com|aiplatform\.googleapis\.com|bedrock-runtime|dashscope[\w-]*\.aliyuncs",
            r"api\.fireworks\.ai",
            r"api-inference\.huggingface\.co|router\.huggingface\.co|api\.replicate\.com|api\.moonshot|:11434\b",
            r"\bmodels/gemini-|resource has been exhausted \(e\.g\. check quota",
            r"\bgpt-[345o][\w.-]*\b.{0,80}(limit|exist|access)",
            r"/v1/(chat/completions|completions|embeddings|messages|responses)\b",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "configuration",
        0.97,
        "no key for the model provider is set",
        phrases=[
            r"api_key client option must be set|OPENAI_API_KEY|ANTHROPIC_API_KEY|set the .{0,60}_API_KEY",
            r"api key is missing|missing api key|no api key (found|provided|was)",
            r"could not resolve authentication method",
        ],
        severity="critical",
        firm=True,
    ),
    rule(
        "configuration",
        0.85,
        "an agent was set up wrong",
        types="pydantic_ai.exceptions.UserError pydantic_ai.UserError",
    ),
    rule(
        "llm_api",
        0.7,
        "the span is a call of a model",
        attributes="""
        gen_ai.operation.name=chat gen_ai.operation.name=text_completion gen_ai.operation.name=embeddings
        gen_ai.operation.name=generate_content gen_ai.operation.name=completion gen_ai.operation.name=embedding
        openinference.span.kind=llm openinference.span.kind=embedding llm.request.type llm.model_name
        traceloop.span.kind=llm
        """,
    ),
    rule(
        "llm_api",
        0.55,
        "the span names a model provider",
        attributes="""
        gen_ai.system gen_ai.provider.name gen_ai.request.model llm.system server.address=api.openai.com
        server.address=api.anthropic.com server.address=generativelanguage.googleapis.com
        server.address=api.mistral.ai server.address=api.groq.com server.address=api.cohere.com
        server.address=bedrock-runtime*
        """,
    ),
    rule(
        "llm_api",
        0.5,
        "a model provider's SDK failed",
        modules="""
        openai anthropic google.genai google.generativeai cohere mistralai groq litellm ollama vertexai
        com.openai com.anthropic @anthropic-ai/sdk @google/generative-ai @google/genai @mistralai/mistralai
        @ai-sdk/openai @ai-sdk/anthropic @ai-sdk/provider-utils groq-sdk github.com/openai/openai-go
        github.com/sashabaranov/go-openai github.com/anthropics/anthropic-sdk-go Azure.AI.OpenAI OpenAI
        async_openai pydantic_ai.models langchain_openai langchain_anthropic langchain4j.model
        dev.langchain4j.model org.springframework.ai.openai ruby-openai ruby_llm
        """,
    ),
    rule(
        "agent_tool",
        0.98,
        "the provider says the model's tool call was wrong",
        phrases=[
            r"tool_use_failed|malformed_?function_?call|failed to call a function|tool call validation failed",
            r"model (generated|produced|output|returned|called|tried) .{0,60}(tool|function)|attempted to call tool",
        ],
        firm=True,
    ),
    rule(
        "llm_api",
        0.97,
        "a model provider refused the request",
        phrases=[
            r"invalid_request_error|overloaded_error|rate_limit_error|authentication_error.{0,80}x-api-key",
            r"not_found_error",
            r"unsupported model|prompt caching|anthropic-version|redacted_thinking|context_length",
            r"max_completion_tokens",
        ],
        severity="medium",
        firm=True,
    ),
    rule(
        "llm_api",
        0.97,
        "a model provider refused the request",
        types="""
        openai.BadRequestError anthropic.BadRequestError litellm.BadRequestError litellm.exceptions.BadRequestError
        groq.BadRequestError mistralai.SDKError openai.UnprocessableEntityError anthropic.APIStatusError
        google.genai.errors.ClientError openai.APIStatusError openai.InternalServerError AI_APICallError
        """,
        phrases=[r"\btools?\b|json|tool_|function"],
        severity="medium",
        firm=True,
    ),
)
