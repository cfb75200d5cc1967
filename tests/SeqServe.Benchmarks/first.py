#!/usr/bin/env python3
"""Starts a published server again and again: seconds until it is ready, and how long the first request of each kind takes against the median of 200.

    tests/SeqServe.Benchmarks/first.py DIR/SeqServe.Api.dll [ROUNDS] [NAME=VALUE ...]      further settings for its environment
"""
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

PORT = 18395
REQUESTS = {
    "classify": ("/v1/classify", {"inputs": "A quiet, moving triumph."}),
    "translate": ("/v1/translate", {"inputs": "I know the way.", "source": "en", "target": "fr"}),
    "complete": ("/v1/completions", {"prompt": "The clouds are", "max_tokens": 8, "temperature": 0}),
    "infer": ("/v2/models/sentiment-lstm/infer", {"inputs": [
        {"name": "ids", "datatype": "INT64", "shape": [1, 4], "data": [5, 6, 7, 8]},
        {"name": "lengths", "datatype": "INT64", "shape": [1], "data": [4]}]}),
}


def milliseconds(connection, path, body):
    started = time.perf_counter()
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {answer[:200]}")
    return (time.perf_counter() - started) * 1e3


def start(dll, settings):
    env = dict(os.environ, ASPNETCORE_URLS=f"http://127.0.0.1:{PORT}", SeqServe__GrpcPort="0", SeqServe__MeasurePlans="false", **settings)
    started = time.perf_counter()
    server = subprocess.Popen(["dotnet", dll], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    while server.poll() is None:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{PORT}/health/ready", timeout=2)
            return server, time.perf_counter() - started
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise SystemExit("the server ended before it was ready")


def main():
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    settings = dict(setting.split("=", 1) for setting in sys.argv[3:])
    ready, rows = [], {kind: [] for kind in REQUESTS}
    for _ in range(rounds):
        server, seconds = start(sys.argv[1], settings)
        ready.append(seconds)
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        first = {kind: milliseconds(connection, *request) for kind, request in REQUESTS.items()}
        for kind, request in REQUESTS.items():
            rows[kind].append((first[kind], sorted(milliseconds(connection, *request) for _ in range(200))[100]))
        server.send_signal(signal.SIGTERM)
        server.wait()
    print(f"ready after {sorted(ready)[rounds // 2]:.2f} s (median of {rounds})")
    for kind, pairs in rows.items():
        one, median = sorted(pairs, key=lambda pair: pair[0] / pair[1])[rounds // 2]
        print(f"{kind:10} first {one:7.2f} ms, then {median:5.2f} ms: {one / median:.1f} times")


if __name__ == "__main__":
    main()
