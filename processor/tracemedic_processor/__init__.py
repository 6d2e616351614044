"""The path of the data and the domain: from received OTLP bytes to patterns, diagnoses and pages."""
