"""The receiving side of systemd's notification protocol."""

import os
import socket
import time


class NotifySocket:
    def __init__(self, directory):
        self.path = os.path.join(directory, "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)

    def close(self):
        self.socket.close()
        os.unlink(self.path)

    def wait_for(self, line, timeout_s=60, while_alive=None):
        """True once `line` came; False when time is up or `while_alive()` is no longer true."""
        deadline = time.monotonic() + timeout_s
        self.socket.settimeout(0.1)
        while time.monotonic() < deadline:
            try:
                if line in self.socket.recv(4096).decode().splitlines():
                    return True
            except TimeoutError:
                if while_alive is not None and not while_alive():
                    return False
        return False
