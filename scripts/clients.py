"""Sends the iris example to a running server by the clients that people use, and compares the answers.

    python3 scripts/clients.py target/debug/sagelet

Needs curl, and what scripts/clients.txt lists (pip install -r scripts/clients.txt).
"""

import asyncio
import pathlib
import shutil
import subprocess
import sys
import tempfile

import boto3
import botocore.config
import httpx
import kserve
import numpy
import requests
import tritonclient.http
import urllib3

EXAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "iris"
PAYLOAD = (EXAMPLE / "payload.csv").read_bytes()
EXPECTED = (EXAMPLE / "expected.csv").read_bytes()
TYPE = {"Content-Type": "text/csv"}
CELLS = numpy.loadtxt(EXAMPLE / "payload.csv", delimiter=",", dtype=numpy.float32, ndmin=2)


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


def by_tritonclient(url):
    """Every call of Triton's client that is about one model, and inference in all four ways."""
    client = tritonclient.http.InferenceServerClient(url.split("/")[2])
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("model")
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    assert client.get_model_metadata("model")["versions"] == ["1"]
    assert client.get_model_config("model")["max_batch_size"] == 0
    assert [model["state"] for model in client.get_model_repository_index()] == ["READY"]
    answers = [triton_infer(client, binary_in, binary_out) for binary_in in FLAGS for binary_out in FLAGS]
    default = tritonclient.http.InferInput("input-0", CELLS.shape, "FP32")
    default.set_data_from_numpy(CELLS)
    answers.append(lines(client.infer("model", [default], sequence_id=7, priority=1).as_numpy("predict")))
    statistics = client.get_inference_statistics("model")["model_stats"][0]
    assert statistics["execution_count"] >= 5, statistics
    client.close()
    return answers


FLAGS = [False, True]


def triton_infer(client, binary_in, binary_out):
    cells = tritonclient.http.InferInput("input-0", CELLS.shape, "FP32")
    cells.set_data_from_numpy(CELLS, binary_data=binary_in)
    names = ["predict", "predict_proba"]
    outputs = [tritonclient.http.InferRequestedOutput(name, binary_data=binary_out) for name in names]
    result = client.infer("model", [cells], outputs=outputs, request_id="7")
    assert result.get_response()["id"] == "7"
    probabilities = result.as_numpy("predict_proba")
    assert probabilities.shape == (len(CELLS), 3) and numpy.allclose(probabilities.sum(axis=1), 1)
    return lines(result.as_numpy("predict"))


def lines(labels):
    labels = [label.decode() if isinstance(label, bytes) else label for label in labels]
    return "".join(f"{label}\n" for label in labels).encode()


def by_kserve(url):
    """KServe's client of Open Inference, with tensors as bytes and in JSON, and of its own first protocol."""
    base = url.rsplit("/", 1)[0]

    async def ask():
        client = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v2", timeout=60))
        assert await client.is_server_live(base) and await client.is_server_ready(base)
        assert await client.is_model_ready(base, "model")
        answers = []
        for is_binary in FLAGS:
            cells = kserve.InferInput("input-0", list(CELLS.shape), "FP32")
            cells.set_data_from_numpy(CELLS, binary_data=is_binary)
            parameters = {"binary_data_output": is_binary}
            request = kserve.InferRequest("model", [cells], request_id="7", parameters=parameters)
            answer = await client.infer(base, request, model_name="model")
            assert answer.id == "7", answer
            answers.append(lines(answer.outputs[0].as_numpy()))
        first = kserve.InferenceRESTClient(kserve.RESTConfig(protocol="v1", timeout=60))
        instances = {"instances": CELLS.tolist()}
        answer = await first.infer(base, instances, model_name="model")
        answers.append(lines(answer["predictions"]))
        return answers

    return asyncio.run(ask())


CLIENTS = [
    by_requests,
    by_requests_in_chunks,
    by_urllib3,
    by_httpx,
    by_curl,
    by_boto3,
    by_tritonclient,
    by_kserve,
]


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
