"""What leaves: exporters and the wrappers composed around them, outermost first:

    Split(Retry(NotOlderThan(Announce(OtlpHttp(...)))))

`Split` outside of `Retry`, so that no delivered piece is sent twice; `NotOlderThan` inside, so that what grows old
while waiting is dropped; `Announce` next to the wire, so that it sees every failure. `logfire.logfire` composes all
of it; for other places `Split(Retry(Announce(OtlpGrpc(...), name=...)), body_bytes_max=...)` is enough.
"""
