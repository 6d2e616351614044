"""Durable work: what a change of a pattern asks for, done once, whoever dies in the midst of it.

DBOS keeps the jobs, in SQLite beside the embedded database or in a schema of its own in PostgreSQL. `dispatch` turns
changes into jobs, `diagnosis` and `notify` are the jobs, `runtime` starts and stops DBOS, `takeover` gives the jobs of
dead processes to living ones.
"""
