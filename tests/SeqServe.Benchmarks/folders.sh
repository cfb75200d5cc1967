#!/usr/bin/env bash
# Measures SeqServe against a server without batching on two folders from Hugging Face, 64 clients with texts of mixed lengths, in turns.
#   tests/SeqServe.Benchmarks/folders.sh TEXTS [FOLDERS]      TEXTS: one text a line; FOLDERS: holds bert-sentiment and gpt2-stories
# CLIENTS (64), SECONDS_A_TURN (8) and TURNS (5) may be set in the environment.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
texts=$(realpath "$1")
folders=$(realpath "${2:-$root/tests/SeqServe.FunctionalTests/Fixtures/HuggingFace/models}")
naive=http://127.0.0.1:18391 seqserve=http://127.0.0.1:18392
[ "${NO_BUILD:-}" ] || for project in src/SeqServe.Api tests/SeqServe.Benchmarks tests/SeqServe.LoadTest; do
    dotnet build "$root/$project" -c Release -v q --nologo
done
bin=bin/Release/net10.0
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
await() { for _ in $(seq 120); do curl -s -o /dev/null "$1" && return; sleep 0.5; done; echo "$1 does not answer" >&2; exit 1; }
# The beginnings of texts, of one to twelve words, are prompts.
awk '{n = 1 + (NR % 12); out = $1; for (i = 2; i <= n && i <= NF; i++) out = out " " $i; print out}' "$texts" > "$work/prompts"

measure() { # FOLDER ROUTE TEXTS BODY
    pids=()
    dotnet "$root/tests/SeqServe.Benchmarks/$bin/SeqServe.Benchmarks.dll" naive-folder --folder "$folders/$1" --urls $naive > "$work/naive.log" 2>&1 &
    pids+=($!)
    dotnet "$root/src/SeqServe.Api/$bin/SeqServe.Api.dll" --urls $seqserve --SeqServe:ModelRepository="$folders" --SeqServe:Models:0="$1" --SeqServe:GrpcPort=0 > "$work/server.log" 2>&1 &
    pids+=($!)
    await $seqserve/health/ready
    await $naive
    echo "## $1"
    dotnet "$root/tests/SeqServe.LoadTest/$bin/SeqServe.LoadTest.dll" --url $seqserve --compare $naive --pid "${pids[1]},${pids[0]}" --route "$2" --texts "$3" --body "$4" \
        --clients "${CLIENTS:-64}" --warmup 3 --seconds "${SECONDS_A_TURN:-8}" --turns "${TURNS:-5}"
    kill "${pids[@]}"
    wait "${pids[@]}" 2>/dev/null || true
}

measure bert-sentiment /v1/classify "$texts" '{"model": "bert-sentiment", "inputs": $TEXT, "truncate": true}'
measure gpt2-stories /v1/completions "$work/prompts" '{"model": "gpt2-stories", "prompt": $TEXT, "max_tokens": 24, "temperature": 0}'
