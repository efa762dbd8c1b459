"""The plugin `pulumi-resource-random` of the sandbox: `python -m sandbox.providers.random`."""

from __future__ import annotations

from sandbox.process import serve
from sandbox.providers.plugin import Provider
from sandbox.providers.protocol import provider_pb2_grpc
from sandbox.providers.random.package import RandomPackage

if __name__ == "__main__":
    provider = Provider(RandomPackage())
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
