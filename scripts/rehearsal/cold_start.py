"""Measures cold starts: from starting a command to the first answer 200 of /ping, the median of COUNT in ms.

    cold_start.py COUNT PORT COMMAND…

Each start is a new process group, which gets SIGTERM and is waited for before the next one.
"""

import os
import signal
import socket
import statistics
import sys
import time

DEADLINE = 120.0  # seconds that a start may take
PAUSE = 0.0002  # seconds between two attempts, so that asking does not take the processor from starting


def answers(port):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return b" 200 " in connection.recv(64)
    except OSError:  # nothing listens yet, or something that is not ready closed the connection
        return False


def start(command):
    quiet = [(os.POSIX_SPAWN_OPEN, descriptor, "/dev/null", os.O_WRONLY, 0) for descriptor in (1, 2)]
    return os.posix_spawnp(command[0], command, os.environ, file_actions=quiet, setpgroup=0)


def cold_start(port, command):
    """One start in milliseconds."""
    if answers(port):
        sys.exit(f"cold_start: something answers on port {port} already")
    began = time.perf_counter()
    process = start(command)
    try:
        while not answers(port):
            if time.perf_counter() - began > DEADLINE:
                sys.exit(f"cold_start: no answer to /ping within {DEADLINE} s: {command}")
            time.sleep(PAUSE)
        return 1000 * (time.perf_counter() - began)
    finally:
        os.killpg(process, signal.SIGTERM)
        os.waitpid(process, 0)


count, port = int(sys.argv[1]), int(sys.argv[2])
times = [cold_start(port, sys.argv[3:]) for _ in range(count)]
print(f"{statistics.median(times):.1f}")
