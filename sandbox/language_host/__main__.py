"""Started by the engine as `pulumi-language-python ENGINE_ADDRESS`."""

from sandbox.language_host.host import LanguageHost
from sandbox.language_host.protocol import language_pb2_grpc
from sandbox.process import serve


def main() -> None:
    """Serve until the engine ends this process."""
    host = LanguageHost()
    serve(
        lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server),
        on_exit=host.end_children,
    )


if __name__ == "__main__":
    main()
