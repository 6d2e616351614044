"""Keys of model providers and of the tools around them."""

from tracemedic_processor.redaction.checks import has_digit
from tracemedic_processor.redaction.rule import Rule, token, when

RULES: tuple[Rule, ...] = (
    token("logfire_token", r"pylf_v\d{1,2}_[a-z]{2,12}_[A-Za-z0-9]{16,}", "pylf_v"),
    token("anthropic_api_key", r"sk-ant-[A-Za-z0-9_-]{16,}", "sk-ant-"),
    token("openrouter_api_key", r"sk-or-v1-[A-Za-z0-9]{20,}", "sk-or-v1-"),
    token("langfuse_key", r"sk-lf-[0-9a-fA-F-]{30,}", "sk-lf-"),
    token("openai_api_key", r"sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,}", "sk-", extent=when(has_digit)),
    token("huggingface_token", r"(?:hf_|api_org_)[A-Za-z0-9]{24,}", "hf_", "api_org_"),
    token("groq_api_key", r"gsk_[A-Za-z0-9]{20,}", "gsk_"),
    token("xai_api_key", r"xai-[A-Za-z0-9]{40,}", "xai-"),
    token("perplexity_api_key", r"pplx-[A-Za-z0-9]{32,}", "pplx-"),
    token("replicate_token", r"r8_[A-Za-z0-9]{30,}", "r8_"),
    token("langsmith_api_key", r"ls(?:v2_(?:pt|sk)|__)_?[0-9a-f]{32}(?:_[0-9a-f]{8,})?", "lsv2_", "ls__"),
    token("pinecone_api_key", r"pcsk_[A-Za-z0-9_]{40,}", "pcsk_"),
    token("nvidia_api_key", r"nvapi-[A-Za-z0-9_-]{40,}", "nvapi-"),
    token("tavily_api_key", r"tvly-[A-Za-z0-9-]{20,}", "tvly-"),
    token("cerebras_api_key", r"csk-[a-z0-9]{30,}", "csk-"),
    token("firecrawl_api_key", r"fc-[0-9a-f]{32}(?![0-9a-f])", "fc-"),
    token("fireworks_api_key", r"fw_[A-Za-z0-9]{20,}", "fw_", extent=when(has_digit)),
    token("jina_api_key", r"jina_[A-Za-z0-9_-]{40,}", "jina_"),
    token("elevenlabs_api_key", r"sk_[0-9a-f]{48}(?![0-9a-f])", "sk_"),
)
