"""A real server for as long as a `with` block lasts."""

import contextlib
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading

from sagelet._convert import artifact_of
from sagelet._programs import Error, path_of
from sagelet._rows import to_json

# How long a server may take to listen, and to end: many times what it needs.
PATIENCE_SECONDS = 30
LISTENING = re.compile(r"listening on \S+:(\d+)\b")


class Server:
    """A server that listens on `host` and `port`; `log` has its lines."""

    def __init__(self, process, host):
        self._process = process
        self.host = host
        self.port = None
        self.log = []
        self._said_where = threading.Event()
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    def predict(self, rows):
        """The predictions for rows: a DataFrame, an array, a sparse matrix, or lists. Raises Error with the reason."""
        content_type, body = to_json(rows)
        status, answer = self.post("/invocations", body.encode(), {"Content-Type": content_type})
        if status != 200:
            raise Error(json.loads(answer)["error"])
        return json.loads(answer)["predictions"]

    def post(self, path, body, headers):
        """(status, body) of the answer to any request."""
        with contextlib.closing(http.client.HTTPConnection(self.host, self.port, PATIENCE_SECONDS)) as connection:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def _read_log(self):
        for line in self._process.stdout:
            self.log.append(line.rstrip("\n"))
            where = self.port is None and LISTENING.search(line)
            if where:
                self.port = int(where.group(1))
                self._said_where.set()
        # The end of the log is the end of the server: whoever waits need not wait any longer.
        self._said_where.set()

    def _wait(self):
        self._said_where.wait(PATIENCE_SECONDS)
        if self.port is None:
            raise Error("the server did not start:\n" + "\n".join(self.log))

    def _end(self):
        self._process.terminate()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(PATIENCE_SECONDS)
        self._process.stdout.close()


@contextlib.contextmanager
def serve(model, *, port=0, env=None):
    """Serves an estimator, or a file that holds one, on this machine until the block ends.

    port  0 takes a free one: `server.port` has it
    env   variables of docs/configuration.md for the server

        with sagelet.serve(model) as server:
            server.predict([[1, 2, 3]])
    """
    with tempfile.TemporaryDirectory(prefix="sagelet-") as directory:
        artifact = artifact_of(model, directory)
        served = os.path.join(directory, "served", "model")
        os.makedirs(served)
        shutil.copyfile(artifact, os.path.join(served, "model.cbor"))
        # No request leaves this machine, and none comes from elsewhere.
        host = "127.0.0.1"
        command = [path_of("sagelet"), "serve", "--prefix", os.path.dirname(served), "--host", host, "--port", str(port)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **(env or {})},
        )
        server = Server(process, host)
        try:
            server._wait()
            yield server
        finally:
            server._end()
