"""Sends the iris example to a running server by the clients that people use, and compares the answers.

    python3 scripts/clients.py target/debug/sagelet

Needs requests, urllib3, httpx and boto3 (pip install requests urllib3 httpx boto3), and curl.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

import boto3
import botocore.config
import httpx
import requests
import urllib3

EXAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "iris"
PAYLOAD = (EXAMPLE / "payload.csv").read_bytes()
EXPECTED = (EXAMPLE / "expected.csv").read_bytes()
TYPE = {"Content-Type": "text/csv"}


def by_requests(url):
    with requests.Session() as session:
        answers = [session.post(url, data=PAYLOAD, headers=TYPE) for _ in range(3)]
    return [answer.content for answer in answers]


def by_requests_in_chunks(url):
    lines = PAYLOAD.splitlines(keepends=True)
    return [requests.post(url, data=iter(lines), headers=TYPE).content]


def by_urllib3(url):
    pool = urllib3.PoolManager(maxsize=1)
    return [pool.request("POST", url, body=PAYLOAD, headers=TYPE).data for _ in range(3)]


def by_httpx(url):
    with httpx.Client() as client:
        return [client.post(url, content=PAYLOAD, headers=TYPE).content for _ in range(3)]


def by_curl(url):
    # More than a kilobyte: curl asks with Expect: 100-continue whether it may send the body.
    command = ["curl", "--silent", "--fail", "--data-binary", "@-", "-H", "Content-Type: text/csv"]
    command += ["-H", "Expect: 100-continue", url]
    return [subprocess.run(command, input=PAYLOAD, capture_output=True, check=True).stdout]


def by_boto3(url):
    """What invoke_endpoint sends, to the path at which the platform hands it on."""
    runtime = boto3.client(
        "sagemaker-runtime",
        region_name="us-east-1",
        endpoint_url=url.rsplit("/", 1)[0],
        aws_access_key_id="none",
        aws_secret_access_key="none",
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )

    def hand_on(request, **_):
        request.url = url

    runtime.meta.events.register("before-sign.sagemaker-runtime.InvokeEndpoint", hand_on)
    answer = runtime.invoke_endpoint(
        EndpointName="iris",
        ContentType="text/csv",
        Accept="text/csv",
        Body=PAYLOAD,
        CustomAttributes="trace=7",
        InferenceId="5d7cf9a4",
        TargetVariant="AllTraffic",
    )
    assert answer["ContentType"] == "text/csv", answer
    return [answer["Body"].read()]


CLIENTS = [by_requests, by_requests_in_chunks, by_urllib3, by_httpx, by_curl, by_boto3]


def main(program):
    with tempfile.TemporaryDirectory() as prefix:
        model = pathlib.Path(prefix) / "model"
        model.mkdir()
        shutil.copy(EXAMPLE / "model.cbor", model)
        arguments = [program, "serve", "--prefix", prefix, "--host", "127.0.0.1", "--port", "0"]
        server = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        try:
            url = f"http://{listening(server)}/invocations"
            failed = [client.__name__ for client in CLIENTS if not succeeds(client, url)]
        finally:
            server.terminate()
            server.communicate()
    return f"failed: {', '.join(failed)}" if failed else None


def listening(server):
    for line in server.stdout:
        if "listening on " in line:
            return line.split("listening on ")[1].split()[0]
    sys.exit("the server did not start")


def succeeds(client, url):
    answers = client(url)
    good = all(answer == EXPECTED for answer in answers)
    print(f"{client.__name__}: {len(answers)} answers, {'as expected' if good else answers}")
    return good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
