"""The mission's key figures: each with its definition, target and state."""

from tracemedic_processor.kpis.all import Gauge, gauges, kpis
from tracemedic_processor.kpis.feedback import FeedbackFigures

__all__ = ["FeedbackFigures", "Gauge", "gauges", "kpis"]
