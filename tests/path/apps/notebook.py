"""A small program with the `logfire` SDK; its arguments are where Logfire is said to be, and the write token.

Fails three times in traces of their own and succeeds once, with pending spans, metrics and a log as the SDK sends them.
"""

import contextlib
import sys

import logfire


class PageTorn(Exception):
    """A page cannot be read."""


def read_page(number: int) -> None:
    with logfire.span("tear page {number}", number=number):
        raise PageTorn(f"page {number} of 300 is torn")


def main(base_url: str, token: str) -> None:
    logfire.configure(
        token=token,
        service_name="notebook",
        send_to_logfire=True,
        console=False,
        inspect_arguments=False,
        advanced=logfire.AdvancedOptions(base_url=base_url),
    )
    for number in (7, 8, 9):
        with contextlib.suppress(PageTorn), logfire.span("open notebook", _tags=["reading"]):
            if number == 9:
                logfire.force_flush()  # what has only begun leaves as a pending span
            read_page(number)
    with logfire.span("close notebook"):
        logfire.info("closed after {pages} pages", pages=3)
    logfire.metric_counter("notebook.pages").add(3)
    logfire.force_flush()
    logfire.shutdown()


main(*sys.argv[1:])
