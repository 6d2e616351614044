"""One file per step of the schema; released ones never change."""
