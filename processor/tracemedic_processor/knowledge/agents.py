"""Agents, their tools and structured outputs, MCP."""

from typing import Final

from tracemedic_processor.knowledge.known import Known, fix, known

TABLE: Final[tuple[Known, ...]] = (
    known(
        "agent iteration limit",
        "Agent did not come to an end",
        "The agent used up its steps, turns or requests.",
        (
            (
                "it repeats a tool call that keeps failing",
                "no tool gives what the task needs",
                "the limit is low for the task",
            )
        ),
        (
            fix("Read the last turns in the trace: what does it repeat?", "the agent's trace"),
            fix(
                "Return errors that say what to do instead; name the end condition in the instructions",
                "tools and prompt",
            ),
        ),
        on="agent_tool",
        confidence=0.82,
        types="UsageLimitExceeded GraphRecursionError MaxTurnsExceeded MaxIterationsError AgentLoopError "
        "MaxStepsExceeded",
        phrases=(
            r"Agent stopped due to (iteration|max)|Recursion limit of \d+ reached",
            r"max(imum)? (turns|iterations|steps).{0,30}(exceeded|reached)",
            r"would exceed the request_limit",
        ),
    ),
    known(
        "agent output retries",
        "Model's output never fitted the schema",
        "The model was asked again and still gave an output that breaks the schema.",
        (
            (
                "the schema is too strict or unclear",
                "the model is too small for structured output",
                "a validator cannot be met",
            )
        ),
        (
            fix("Look at the rejected output and the complaint in the trace; describe the fields", "the output type"),
            fix("Use the provider's own structured output, or a stronger model", "the agent's settings"),
        ),
        on="agent_tool",
        confidence=0.8,
        types="UnexpectedModelBehavior OutputParserException InstructorRetryException ModelBehaviorError "
        "StructuredOutputValidationError OutputValidationError NoObjectGeneratedError",
        phrases=(
            r"Exceeded maximum (output )?retries|maximum retries \(\d+\) for (output|result) validation",
            r"Could not parse LLM output|Invalid json output|response did not match schema",
        ),
    ),
    known(
        "tool arguments",
        "Model called a tool with wrong arguments",
        "The arguments of a tool call are no valid JSON or break the tool's schema.",
        (
            (
                "the parameters' descriptions are unclear",
                "the call was cut at the token limit",
                "optional fields come as null",
            )
        ),
        (
            fix(
                "Describe each parameter with an example; give the validation message back to the model",
                "the tool's schema",
            ),
        ),
        on="agent_tool",
        confidence=0.78,
        types="ToolInputParsingException InvalidToolArgumentsError ToolInputValidationError ",
        phrases=(
            r"Invalid (arguments|parameters|input) for tool",
            r"tool (call )?(arguments|input).{0,40}(invalid|not valid|parse)",
            r"Error executing tool .{1,80}: \d+ validation error",
        ),
    ),
    known(
        "unknown tool",
        "Model called a tool that does not exist",
        "The name of the tool is not among those offered.",
        (
            (
                "the model invents it",
                "a tool was renamed while the history still names the old one",
                "an MCP server was not connected",
            )
        ),
        (
            fix(
                "Give the list of tools back as the answer; check that all tool servers are connected",
                "the agent's tools",
            ),
        ),
        on="agent_tool",
        confidence=0.84,
        types="NoSuchToolError ToolNotFoundError UnknownToolError",
        phrases=(
            r"(unknown|unavailable|no such|not found:?) tool",
            r"tool .{1,80} (is )?not (found|available|a valid tool)|Model tried to call unavailable tool",
        ),
    ),
    known(
        "tool retries",
        "Tool failed more often than it may",
        "A tool asked the model to try again until its retries were used up.",
        (
            (
                "the tool cannot succeed with what the model has",
                "an outage behind the tool is reported as the model's mistake",
            )
        ),
        (
            fix(
                "Tell apart what the model can correct from what it cannot: only the first asks for a retry", "the tool"
            ),
        ),
        on="agent_tool",
        confidence=0.8,
        types="ModelRetry ToolRetryError",
        phrases=(r"Tool .{1,80} exceeded max(imum)? retries|exceeded max retries count of",),
    ),
    known(
        "tool failed",
        "Tool raised an error",
        "The code of a tool failed while the agent ran it.",
        ("the tool's own dependency failed; its cause stands in the chain", "arguments that are valid but unexpected"),
        (fix("Follow the cause in the chain and run the tool alone with these arguments", "the tool's function"),),
        on="agent_tool",
        confidence=0.58,
        types="ToolException ToolExecutionError ToolError ToolInvocationError FunctionInvocationException "
        "ToolCallError",
        phrases=(r"error (calling|executing|running|invoking) tool|tool (execution|call|invocation) failed",),
        attributes="gen_ai.tool.name gen_ai.operation.name=execute_tool",
    ),
    known(
        "tool timeout",
        "Tool took too long",
        "A tool did not end within its time.",
        ("what it calls is slow or hangs", "the task given to it is too large"),
        (fix("Give the tool's calls timeouts of their own and return a partial result", "the tool's function"),),
        on="agent_tool",
        confidence=0.78,
        types="ToolTimeoutError",
        phrases=(r"tool .{0,80}tim(ed|e)[ -]?out",),
    ),
    known(
        "MCP connection",
        "MCP server is not reachable",
        "The client could not start or reach the MCP server, or it went away.",
        (
            "the command or address is wrong",
            "the server ended at start: a missing package or variable",
            "it writes logs to standard output and breaks the protocol",
        ),
        (
            fix("Start the server by hand with the same environment", "the MCP server's command"),
            fix("Let it log to standard error only", "the MCP server"),
        ),
        on="agent_tool",
        confidence=0.76,
        codes="named:McpError",
        types="McpError MCPConnectionError",
        phrases=(
            r"MCP error -3200[01]|MCP (server|client).{0,60}(not connected|closed|failed|disconnect)",
            r"Connection closed.{0,40}mcp",
        ),
    ),
    known(
        "MCP request",
        "MCP server refused a request",
        "The method is unknown or its parameters are not valid.",
        ("client and server speak different versions of the protocol", "arguments do not fit the tool's schema"),
        (
            fix(
                "Compare the capabilities of the initialize answer; check the tool's inputSchema",
                "MCP client and server",
            ),
        ),
        on="agent_tool",
        confidence=0.76,
        phrases=(r"MCP error -326\d\d|-32601.{0,40}Method not found|-32602.{0,40}Invalid (params|arguments)",),
    ),
    known(
        "handoff",
        "Hand-over between agents failed",
        "One agent could not pass the work on to another.",
        ("the target is not registered under that name", "its input has another form"),
        (fix("Check names and input types of the agents that may take over", "the agents' definitions"),),
        on="agent_tool",
        confidence=0.72,
        types="HandoffError AgentNotFoundError DelegationError",
        phrases=(r"hand-?off (to|failed|target)|(co)?worker mentioned not found|agent .{1,60} not found",),
    ),
    known(
        "browser tool",
        "Page element was not there in time",
        "An automated browser waited for something that did not come.",
        ("the page changed", "the page is slow or asks for a login", "the selector is too exact"),
        (
            fix(
                "Keep a screenshot of the failure; wait for a state instead of a time; use roles as selectors",
                "the tool",
            ),
        ),
        on="agent_tool timeout",
        confidence=0.66,
        types="playwright._impl._errors.TimeoutError NoSuchElementException StaleElementReferenceException "
        "ElementClickInterceptedException TargetClosedError",
        phrases=(
            r"Timeout \d+ms exceeded.{0,200}(waiting for|locator)",
            r"Target (page, context or browser has been )?closed",
        ),
    ),
)
