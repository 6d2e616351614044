"""Model providers, agents and their tools."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule("llm_api", 0.95, "an error of a model provider's SDK", types="openai.* anthropic.*"),
    rule("agent_tool", 0.6, "the span is a tool call", attributes="gen_ai.tool.name gen_ai.operation.name=execute_tool"),
)
