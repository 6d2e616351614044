"""What is kept: records, tables, the spool."""
