"""Stand-ins for the world around the processor: real servers on the loopback, for tests, the demo and benchmarks."""
