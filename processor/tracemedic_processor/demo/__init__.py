"""`tracemedic demo`: a small shop that fails in many ways, sent through the real service to a stand-in for Logfire."""
