"""Run the benchmarks whose names are given, or all; print one table, or JSON with --json."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import pkgutil
import sys

import bench

NAMES = sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name != "__main__")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    unknown = sorted(set(options.names) - set(NAMES))
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}: known are {', '.join(NAMES)}")
    rows: list[bench.Measurement] = []
    for name in options.names or NAMES:
        print(f"# {name}", file=sys.stderr, flush=True)
        rows += importlib.import_module(f"bench.{name}").measure()
    if options.json:
        print(json.dumps([dataclasses.asdict(row) for row in rows], indent=2))
    else:
        print("| what | ours | base, same run | ratio | goal | holds |\n| --- | --- | --- | --- | --- | --- |")
        for row in rows:
            ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
            print(f"| {row.name} | {row.ours} | {row.base} | {ratio} | {row.goal} | {'yes' if row.holds else 'NO'} |")
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
