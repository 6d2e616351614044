"""What the common errors mean, why they happen and what helps, without asking anybody."""

from .entry import KnowledgeEntry
from .lookup import default, is_default, lookup
from .subject import Subject

__all__ = ["KnowledgeEntry", "Subject", "default", "is_default", "lookup"]
