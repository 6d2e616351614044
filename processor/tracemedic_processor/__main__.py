"""`python -m tracemedic_processor` is the command `tracemedic`."""

from tracemedic_processor.cli import main

main()
