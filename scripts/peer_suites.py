#!/usr/bin/env python3
"""Runs the HTTP/1.1 suites of other projects against sagelet.

None of their code is kept here; say where your copies are:

    git clone https://github.com/dropseed/h1spec     dropseed-h1spec
    git clone https://github.com/uNetworking/h1spec  uws-h1spec          # needs deno, e.g. `npm install deno`
    pip download --no-deps --no-binary :all: gunicorn && tar xf gunicorn-*.tar.gz

    scripts/peer_suites.py --dropseed dropseed-h1spec --uws uws-h1spec --gunicorn gunicorn-*/

The server is `target/debug/sagelet` (--binary names another) with a model that predicts its one cell, started on a
free port and ended afterwards; or, with --port, one that runs already and serves such a model. The exit code is 1 if
any suite has a failure that is not in the list of exceptions below. Needs Python 3.9 and nothing else.
"""

import argparse
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = '{"model": {"kind": "linear-regression", "intercept": 0, "coefficients": [1]}}'

# Requests of gunicorn's "valid" directory that are refused here, by reason.
EXCEPTIONS = {
    "RFC 9112, 3.2: a fragment is never sent": ["005"],
    "RFC 9112, 5.1: no white space before the colon; gunicorn is told to allow it": ["028"],
    "RFC 9112, 5.2: no line folding; gunicorn is told to allow it": ["compat_obs_fold", "compat_obs_fold_huge"],
    "a coding that is not known here before chunked: 501, as RFC 9112, 6.1 has it": [
        "025",
        "025_line",
        "029",
        "030",
        "rfc9112_smuggle_gzip_chunked_01",
        "rfc9112_smuggle_te_identity_chunked_01",
    ],
    "not HTTP but the PROXY protocol, which gunicorn is told to expect": ["pp_01", "pp_02", "pp_04", "pp_05"],
    "a head of 16 KiB and 11 bytes; gunicorn is told to have no limit": ["024"],
    "the body is shorter than its Content-Length, which gunicorn's test does not read": ["099"],
}
EXCUSED = {name for names in EXCEPTIONS.values() for name in names}

# How long a server may take to answer, or to hang up after the client has, in seconds.
PATIENCE = 5


def main():
    arguments = parse_arguments()
    suites = [
        ("dropseed/h1spec", arguments.dropseed, dropseed),
        ("uNetworking/h1spec", arguments.uws, lambda path, port: uws(path, port, arguments.deno)),
        ("gunicorn's requests", arguments.gunicorn, gunicorn),
    ]
    if not any(path for _, path, _ in suites):
        sys.exit("no suite was named: see --help for where to get them")
    with Server(arguments) as port:
        results = [(name, run(path, port)) for name, path, run in suites if path]
    for name, (summary, passed) in results:
        print(f"{'ok    ' if passed else 'FAILED'} {name}: {summary}")
    sys.exit(0 if all(passed for _, (_, passed) in results) else 1)


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target/debug/sagelet")
    parser.add_argument("--model-tools", type=pathlib.Path, default=ROOT / "target/debug/model-tools")
    parser.add_argument("--port", type=int, help="of a server that runs already")
    parser.add_argument("--dropseed", type=pathlib.Path, help="a copy of dropseed/h1spec")
    parser.add_argument("--uws", type=pathlib.Path, help="a copy of uNetworking/h1spec")
    parser.add_argument("--deno", default="deno", help="the deno that runs uNetworking/h1spec")
    parser.add_argument("--gunicorn", type=pathlib.Path, help="gunicorn's source distribution")
    return parser.parse_args()


class Server:
    """A server on a free port, for as long as a `with` block lasts."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.process = None

    def __enter__(self):
        if self.arguments.port:
            return self.arguments.port
        self.prefix = tempfile.TemporaryDirectory()
        model = pathlib.Path(self.prefix.name, "model")
        model.mkdir()
        source = pathlib.Path(self.prefix.name, "identity.json")
        source.write_text(MODEL)
        subprocess.run([self.arguments.model_tools, "convert", source, "-o", model / "model.cbor"], check=True)
        command = [self.arguments.binary, "serve", "--prefix", self.prefix.name, "--host", "127.0.0.1", "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            found = re.search(r"listening on \S*:(\d+)", line)
            if found:
                return int(found[1])
        sys.exit("the server ended before it listened")

    def __exit__(self, *_):
        if self.process:
            alive = self.process.poll() is None
            self.process.kill()
            self.process.wait()
            self.prefix.cleanup()
            if not alive:
                sys.exit("the server did not survive")


def dropseed(path, port):
    """33 cases with --strict; it prints and counts by itself."""
    code = "import sys; sys.argv = ['h1spec', sys.argv[1], '--strict']; import h1spec; h1spec.main()"
    ran = subprocess.run([sys.executable, "-c", code, f"127.0.0.1:{port}"], cwd=path, capture_output=True, text=True)
    print(ran.stdout)
    counted = re.search(r"(\d+)/(\d+) passed", ran.stdout)
    return (counted[0] if counted else ran.stderr.strip()), ran.returncode == 0


def uws(path, port, deno):
    """33 cases, written for a server that echoes at "/". /ping stands for it where no body is asked for, and
    /invocations of a model that predicts its one cell where one is: it echoes numbers. So in a copy of the suite the
    paths are replaced, and its two texts by numbers of the same length."""
    suite = (path / "http_test.ts").read_text()
    for text, number in [("HellO world1", r"1234567.125\n"), ("hello", r"12.5\n")]:
        suite = suite.replace(f'"{text}"', f'"{number}"').replace(rf"\r\n{text}", rf"\r\n{number}")
    suite = suite.replace('"GET / HTTP', '"GET /ping HTTP').replace('"POST / HTTP', '"POST /invocations HTTP')
    with tempfile.TemporaryDirectory() as directory:
        copy = pathlib.Path(directory, "http_test.ts")
        copy.write_text(suite)
        command = [shutil.which(deno) or deno, "run", "--allow-net", "--no-check", copy, "127.0.0.1", str(port)]
        ran = subprocess.run(command, capture_output=True, text=True)
    print(ran.stdout + ran.stderr)
    counted = re.search(r"(\d+) out of (\d+) tests passed", ran.stdout)
    return (counted[0] if counted else "did not run"), ran.returncode == 0 and bool(counted)


def gunicorn(path, port):
    """Requests in files. No invalid one may get 2xx or be left hanging; every valid one must be taken for HTTP."""
    failures, counts = [], {"invalid": 0, "valid": 0}
    for kind, judge in [("invalid", judge_invalid), ("valid", judge_valid)]:
        files = sorted((path / "tests/requests" / kind).glob("*.http"))
        for file in files:
            counts[kind] += 1
            verdict = judge(port, unescape(file.read_bytes()))
            excused = kind == "valid" and file.stem in EXCUSED
            if verdict and not excused:
                failures.append(f"{kind}/{file.name}: {verdict}")
            elif excused and not verdict:
                failures.append(f"{kind}/{file.name}: passes, and is listed as an exception")
    print("\n".join(failures))
    summary = f"{counts['invalid']} invalid, {counts['valid']} valid ({len(EXCUSED)} exceptions), {len(failures)} failures"
    return summary, not failures and counts["invalid"] > 0


def judge_invalid(port, request):
    answer = exchange(port, request)
    if answer is None:
        return "neither an answer nor the end of the connection"
    statuses = statuses_of(answer)
    return f"answered {statuses}" if any(200 <= status < 300 for status in statuses) else None


def judge_valid(port, request):
    """The paths are none of ours, so 404 and 405 are right; what is said about the framing must not be. Many of
    the files lack the Host that HTTP/1.1 requires (RFC 9112, 3.2): as they are they must be refused, with it
    they must not."""
    complete = with_host(request)
    first = request[: request.find(b"\r\n\r\n") + 4]
    if with_host(first) != first:
        statuses = statuses_of(exchange(port, request) or b"")
        if 400 not in statuses:
            return f"without Host answered {statuses}"
    answer = exchange(port, complete)
    if answer is None:
        return "neither an answer nor the end of the connection"
    statuses = statuses_of(answer)
    refused = not statuses or any(status in (400, 408, 411, 414, 431, 500, 501, 505) for status in statuses)
    return f"answered {answer[:300]}" if refused else None


def with_host(request):
    """The same, with a Host in every head of HTTP/1.1 that has none."""

    def complete(head):
        has_host = re.search(rb"\r\nHost *:", head[0], re.IGNORECASE)
        return head[0] if has_host else head[1] + b"Host: test\r\n" + head[2]

    return re.sub(rb"([^\r\n]+ HTTP/1\.1\r\n)((?:[^\r\n]+\r\n)*\r\n)", complete, request)


def statuses_of(answer):
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", answer)]


def exchange(port, request):
    """Everything that is answered to `request` and the end of sending, or None if the end never comes."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        answer = b""
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was refused before all of it was sent
        try:
            while piece := connection.recv(65536):
                answer += piece
        except socket.timeout:
            return None
        except ConnectionError:
            pass
        return answer


def unescape(text):
    """The files' own line ends do not count; \\r, \\n, \\t, \\0 and \\xHH stand for bytes."""
    text = text.replace(b"\n", b"")
    names = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0"}

    def byte(found):
        escape = found[1]
        return bytes([int(escape[1:], 16)]) if escape[:1] == b"x" else names[escape]

    return re.sub(rb"\\(x[0-9a-fA-F]{2}|[rnt0])", byte, text)


if __name__ == "__main__":
    main()
