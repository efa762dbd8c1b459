"""A provider plugin for tests: creates slowly, and leaves a file for each resource it created.

Run as `python plugin.py FOLDER`, with the checkout on PYTHONPATH.
"""

import sys
import time
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.process import serve

SECONDS = 1.0


class Slow(provider_pb2_grpc.ResourceProviderServicer):
    """Takes SECONDS to create anything."""

    def Create(self, request: Any, context: Any) -> Any:
        """Create, slowly."""
        folder = Path(sys.argv[1])
        (folder / f"begun-{request.name}").touch()
        time.sleep(SECONDS)
        (folder / f"done-{request.name}").touch()
        return provider_pb2.CreateResponse(id="" if request.preview else f"id-{request.name}")


if __name__ == "__main__":
    serve(lambda server: provider_pb2_grpc.add_ResourceProviderServicer_to_server(Slow(), server))
