"""Taking a port to serve the page on."""

import socket
from contextlib import ExitStack

from index.errors import IsnadError


def bind(host: str, port: int) -> socket.socket:
    """Take a port before anything slow is done.

    Raises:
        IsnadError: the port is taken or not allowed, or the host is not one of this machine.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with ExitStack() as stack:
            listener = stack.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
            stack.pop_all()
            return listener
    except PermissionError as error:
        raise IsnadError(f"not allowed to use port {port}; choose one above 1023 with --port") from error
    except socket.gaierror as error:
        raise IsnadError(f"{host!r} is not an address of this machine; use 127.0.0.1 (--host)") from error
    except OSError as error:
        raise IsnadError(
            f"cannot listen on {host} port {port} ({error.strerror}); choose another with --port"
        ) from error
