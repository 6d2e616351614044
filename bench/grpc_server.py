"""The yardstick (`parse`) and the sink (`sink`): a bare `grpc.aio` server for traces."""

import asyncio
import json
import sys

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

SERVICE = "opentelemetry.proto.collector.trace.v1.TraceService"
METHOD = f"/{SERVICE}/Export"


async def _parse(body: bytes, _context: grpc.aio.ServicerContext) -> bytes:
    ExportTraceServiceRequest.FromString(body)
    return b""


async def _take(_body: bytes, _context: grpc.aio.ServicerContext) -> bytes:
    return b""


async def _main(mode: str) -> None:
    server = grpc.aio.server(options=[("grpc.max_receive_message_length", 64 << 20), ("grpc.so_reuseport", 0)])
    handler = grpc.unary_unary_rpc_method_handler(_parse if mode == "parse" else _take)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"Export": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(json.dumps({"port": port}), flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
