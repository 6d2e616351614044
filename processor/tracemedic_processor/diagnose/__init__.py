"""Diagnose: from what is known of a pattern to what it is, why it happens and how to fix it.

`gather` collects the evidence, `ask` has a model answer, `rules` answers without one, `answer` says what an answer may
be.
"""
