"""A pattern, a change and a diagnosis for tests."""

from tracemedic_storage.records import Diagnosis, ErrorPattern, Fix, PatternChange, Redacted

NOW_NS = 1_795_000_000_000_000_000


def pattern(**changes: object) -> ErrorPattern:
    fields: dict[str, object] = {
        "id": "a" * 32,
        "fingerprint": "a" * 64,
        "fingerprint_version": 1,
        "name": "OutOfStock in shop.cart.add: none left",
        "status": "active",
        "error_type": "shop.OutOfStock",
        "source": "shop.cart.add",
        "sample_message": Redacted("none left"),
        "category": "validation",
        "severity": "low",
        "escalated": False,
        "total_occurrences": 3,
        "first_seen_ns": NOW_NS,
        "last_seen_ns": NOW_NS,
        "created_at_ns": NOW_NS,
        "updated_at_ns": NOW_NS,
        "services": ("shop",),
    }
    return ErrorPattern(**fields | changes)


def change(**changes: object) -> PatternChange:
    fields: dict[str, object] = {
        "kind": "created",
        "pattern_id": "a" * 32,
        "fingerprint": "a" * 64,
        "occurrences": 3,
        "at_ns": NOW_NS,
    }
    return PatternChange(**fields | changes)


def diagnosis(**changes: object) -> Diagnosis:
    fields: dict[str, object] = {
        "id": "d1",
        "pattern_id": "a" * 32,
        "cause": "created",
        "made_at_ns": NOW_NS,
        "diagnosed_by": "rules",
        "category": "validation",
        "confidence": 0.6,
        "summary": "The cart takes more than there is.",
        "root_cause": "The stock is read before the lock.",
        "fixes": (Fix(what="Lock first"),),
    }
    return Diagnosis(**fields | changes)
