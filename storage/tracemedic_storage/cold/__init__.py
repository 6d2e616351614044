"""What has left the database: Parquet files by day (cold store) and by month (archive), and a register of them.

A row is at any time in exactly one place that is read: the register's `state` decides, and it changes in the very
transaction that deletes the rows from the database or makes another file the one that counts.
"""
