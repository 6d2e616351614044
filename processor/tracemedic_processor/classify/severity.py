"""How bad a category is when the deciding rule does not say: the taxonomy's severity table by category."""

from tracemedic_storage.records import Category, Severity

USUAL: dict[Category, Severity] = {
    "agent_tool": "medium",
    "llm_api": "medium",
    "database": "high",
    "rate_limit": "medium",
    "authentication": "high",
    "authorization": "high",
    "resource_exhaustion": "critical",
    "timeout": "medium",
    "network": "high",
    "infrastructure": "high",
    "filesystem": "medium",
    "serialization": "medium",
    "validation": "low",
    "configuration": "high",
    "concurrency": "medium",
    "dependency": "high",
    "programming_error": "medium",
    "unknown": "medium",
}
