"""Judges one error: gathers the evidence of all rules, lets the place it happened in claim it, and weighs it."""

import functools
import itertools

from tracemedic_processor.classify.chain import weighed_exceptions
from tracemedic_processor.classify.decide import decide
from tracemedic_processor.classify.evidence import Gatherer
from tracemedic_processor.classify.grpc_http import with_statuses
from tracemedic_processor.classify.places import claimed, place_of
from tracemedic_processor.classify.rule import ecosystem_of
from tracemedic_processor.classify.subject import Subject
from tracemedic_processor.classify.tables import TABLES
from tracemedic_storage.records import Classification


def classify(subject: Subject) -> Classification:
    """What kind of error this is. Never raises; `unknown` with a low confidence when nothing speaks clearly.

    The first call compiles the tables, which takes a second.
    """
    gatherer = _gatherer()
    ecosystem = ecosystem_of(subject.language or subject.stack.language)
    exceptions = weighed_exceptions(subject)
    told = [found for one in exceptions for found in gatherer.of_exception(one, ecosystem)]
    told += [found for one in exceptions for found in gatherer.of_frames(one)]
    by_span = list(gatherer.of_attributes(with_statuses(subject.attributes, subject.span_kind)))
    place = place_of(told, by_span)
    return decide([claimed(one, place) for one in itertools.chain(told, by_span)])


@functools.cache
def _gatherer() -> Gatherer:
    return Gatherer(TABLES)
