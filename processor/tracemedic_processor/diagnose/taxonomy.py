"""What each category takes, as a model is told: where an engineer on call would look first. The first fit wins."""

from typing import Final

from tracemedic_storage.records import Category

TAXONOMY: Final[dict[Category, str]] = {
    "agent_tool": "an agent's loop, tool call, MCP or hand-over between agents; arguments of a tool or a model's "
    "structured output that do not validate; a tool that times out; an iteration limit",
    "llm_api": "an error answer of a model provider: context length, unknown model, bad parameter, 401, 403, 404, 429, "
    "quota, 5xx, overloaded",
    "database": "a database, its driver, pool, ORM or SQL: connections refused or timed out, too many clients, "
    "authentication there, deadlocks, lock waits, constraints, missing tables",
    "rate_limit": "429, throttling or quota of anything that is no model provider",
    "authentication": "who are you: credentials or tokens missing, wrong or expired, 401, Kerberos, LDAP, SMTP AUTH, "
    "OAuth invalid_client or invalid_grant",
    "authorization": "you may not: 403, AccessDenied, forbidden, missing scopes or roles",
    "resource_exhaustion": "of the own process or machine: memory, open files, disk, threads, free ports",
    "timeout": "a read, connect or deadline timeout of a service that is none of the first three",
    "network": "DNS, refused, reset, hung up, TLS and certificates, address in use, proxy; no database",
    "infrastructure": "containers, images, Kubernetes objects, cloud capacity or metadata, kernel, hardware",
    "filesystem": "missing file or directory, path, EACCES on a local path, corrupt or cut file, missing stored object",
    "serialization": "parsing, encoding, decoding: JSON, XML, YAML, protobuf, Unicode, compression, text to number or "
    "date, unknown or missing field while deserialising",
    "validation": "well-formed input that breaks a business or schema rule; usually the caller's fault",
    "configuration": "a missing or wrong setting, environment variable, placeholder, region, scheme, keystore: what "
    "the operator has to set",
    "concurrency": "a collection changed while iterated, concurrent writes, rejected execution, event loop already "
    "running, one session used by two threads",
    "dependency": "an external service or package fails and none of the above says it better: 5xx of a third party, "
    "missing class, module or method, version or protocol mismatch",
    "programming_error": "null, None, nil, undefined; type, attribute, key, index, cast; assertion; argument count",
    "unknown": "a wrapper or message without information",
}
