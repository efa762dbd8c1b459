"""The plugin `pulumi-resource-aws` of the sandbox: `python -m sandbox.providers.aws`."""

from __future__ import annotations

from sandbox.process import serve
from sandbox.providers.aws.package import AwsPackage
from sandbox.providers.plugin import Provider
from sandbox.providers.protocol import provider_pb2_grpc

if __name__ == "__main__":
    provider = Provider(AwsPackage())
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server))
