#!/usr/bin/env bash
# Measures SeqServe against the thirty-line server and the offline loop, one model after the other, and prints a table per question and
# a ratio per bar.
#   tests/SeqServe.Benchmarks/bars.sh TEXTS [OUT]      TEXTS: one text a line, or columns of which the last is the text
# NAIVE_VERSION (the model version of the thirty-line server, 1), MODELS, PARTS (throughput latency ceiling open overload neighbour memory), SECONDS_A_TURN, TURNS, WARM, OVERLOAD_SECONDS and MEMORY_REQUESTS may be set in the environment.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
texts=$(realpath "$1")
out=$(realpath -m "${2:-$root/tests/SeqServe.Benchmarks/results/latest}")
models=${MODELS:-sentiment-lstm sentiment-transformer}
parts=${PARTS:-throughput latency ceiling open overload neighbour memory}
turn=${SECONDS_A_TURN:-6} turns=${TURNS:-3} warm=${WARM:-10}
naive=http://127.0.0.1:18391 seqserve=http://127.0.0.1:18392
mkdir -p "$out"
[ "${NO_BUILD:-}" ] || for project in src/SeqServe.Api tests/SeqServe.Benchmarks tests/SeqServe.LoadTest; do
    dotnet build "$root/$project" -c Release -v q --nologo
done
bin=bin/Release/net10.0
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true' EXIT

start() { # PID-VARIABLE LOG COMMAND...
    "${@:3}" > "$2" 2>&1 &
    pids+=($!)
    printf -v "$1" %s $!
}

await() { for _ in $(seq 120); do curl -s -o /dev/null "$1" && return; sleep 0.5; done; echo "$1 does not answer" >&2; exit 1; }
has() { [[ " $parts " == *" $1 "* ]]; }
load() { dotnet "$root/tests/SeqServe.LoadTest/$bin/SeqServe.LoadTest.dll" --texts "$texts" "$@" 2>> "$out/progress.log"; }
rate() { python3 -c 'import json,sys; r=[x["per_second"] for x in json.load(open(sys.argv[1])) if sys.argv[2] in x["url"]]; print(int(sorted(r)[len(r)//2]*float(sys.argv[3])))' "$@"; }
# What the server answers now: the speed of a shared machine moves by a half within minutes, so a load is a share of what was possible just before it.
peak() { load --url $seqserve --pid "$server_pid" --clients 64 --warmup 1 --seconds 3 --json "$1" > /dev/null; }
counter() { curl -s $seqserve/metrics | awk -v m="^seqserve_$1_total\\\\{model=\"$2\"" '$0 ~ m {print $2}'; }

answered() { curl -s $seqserve/metrics | awk '/^seqserve_requests_total\{.*outcome="ok"/ {n += $2} END {printf "%d", n}'; }
resident() { awk '/VmRSS/ {print $2}' "/proc/$server_pid/status"; }
load_until() { # answered requests of the server's life, texts of all lengths, two models in turn
    while [ "$(answered)" -lt "$1" ]; do
        load --url $seqserve --clients 48 --warmup 0 --seconds "$([ "$1" -le 10000 ] && echo 1 || echo 10)" > /dev/null 2>&1 || true
        load --url $seqserve --clients 16 --warmup 0 --seconds 1 --body '{"inputs": [$TEXT, "good", $TEXT], "model": "'"$other"'"}' > /dev/null 2>&1 || true
    done
}

for model in $models; do
    other=$([ "$model" = sentiment-lstm ] && echo sentiment-gru || echo sentiment-lstm)
    # Version 1 is the export; a later one is this server's own work on it.
    start naive_pid "$out/naive.log" dotnet "$root/tests/SeqServe.Benchmarks/$bin/SeqServe.Benchmarks.dll" naive --model "$model" --version "${NAIVE_VERSION:-1}" --urls $naive
    start server_pid "$out/server.log" dotnet "$root/src/SeqServe.Api/$bin/SeqServe.Api.dll" --urls $seqserve --SeqServe:Models:0="$model" --SeqServe:Models:1="$other" --SeqServe:DefaultModels:classification="$model" --SeqServe:GrpcPort=0
    await $seqserve/health/ready
    await $naive
    both=(--url $seqserve --compare $naive --pid "$server_pid,$naive_pid")
    echo "## $model"
    # Memory by itself begins with a fresh server, so that its first reading is that of 10,000 requests.
    [ "$parts" = memory ] || load "${both[@]}" --clients 64 --warmup 1 --seconds "$warm" --turns 1 > /dev/null
    if has throughput; then
        useful=$(counter tokens_useful "$model") computed=$(counter tokens_computed "$model")
        load "${both[@]}" --clients 64 --warmup 1 --seconds "$turn" --turns "$turns" --json "$out/$model-64.json"
        echo "useful / computed tokens: $(awk -v a="$(counter tokens_useful "$model")" -v b="$useful" -v c="$(counter tokens_computed "$model")" -v d="$computed" 'BEGIN {printf "%.3f", (a - b) / (c - d)}')"
        curl -s "$seqserve/v1/models/$model" | python3 -c 'import json,sys; print("plan:", json.dumps(json.load(sys.stdin).get("plan")))'
    fi
    if has latency; then load "${both[@]}" --clients 1 --warmup 1 --seconds "$turn" --turns "$turns" --json "$out/$model-1.json"; fi
    if has ceiling; then
        # In turns with the server: a shared machine's speed moves by more within minutes than what is asked.
        for t in $(seq "$turns"); do
            load --url $seqserve --pid "$server_pid" --clients 64 --warmup 1 --seconds "$turn" --json "$out/$model-64-ceiling-$t.json"
            dotnet "$root/tests/SeqServe.Benchmarks/$bin/SeqServe.Benchmarks.dll" ceiling --model "$model" --texts "$texts" | tee "$out/$model-ceiling-$t.md"
        done
    fi
    if has open; then
        for share in 0.3 0.5 0.7 0.85 1; do
            peak "$out/$model-peak-$share.json"
            at=$(rate "$out/$model-peak-$share.json" 18392 $share)
            echo "open loop at $share of SeqServe's saturation"
            load "${both[@]}" --rate "$at" --warmup 1 --seconds "$turn" --turns 1 --json "$out/$model-open-$share.json"
        done
    fi
    if has overload; then
        echo "open loop at 3 times saturation"
        peak "$out/$model-overload-peak-before.json"
        load --url $seqserve --pid "$server_pid" --rate "$(rate "$out/$model-overload-peak-before.json" 18392 3)" --warmup 2 --seconds "${OVERLOAD_SECONDS:-60}" --json "$out/$model-overload.json"
        peak "$out/$model-overload-peak-after.json"
    fi
    if has neighbour; then
        echo "$other at 10 requests/s, alone and then beside 64 clients on $model"
        light=(--url $seqserve --rate 10 --warmup 2 --body '{"inputs": $TEXT, "model": "'"$other"'"}')
        load "${light[@]}" --seconds 8 --json "$out/$model-neighbour-alone.json"
        load --url $seqserve --clients 64 --warmup 0 --seconds 14 > "$out/$model-flood.txt" &
        flood=$!
        sleep 2
        load "${light[@]}" --seconds 8 --json "$out/$model-neighbour-flooded.json"
        wait $flood
    fi
    if has memory; then
        load_until 10000
        early=$(resident) first=$(answered)
        load_until "${MEMORY_REQUESTS:-1000000}"
        late=$(resident)
        echo "resident memory: $early kB after $first requests, $late kB after $(answered): $(awk -v a="$late" -v b="$early" 'BEGIN {printf "%.3f", a / b}') times"
    fi
    python3 "$root/tests/SeqServe.Benchmarks/ratios.py" "$out" "$model"
    kill "$server_pid" "$naive_pid"
    wait "$server_pid" "$naive_pid" 2> /dev/null || true
done
