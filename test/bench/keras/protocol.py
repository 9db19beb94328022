"""A contender's side of the protocol in test/bench/contender.ts: asked by lines of JSON, answers lines that begin with MARK."""

import json
import sys
import time

MARK = "@bench "


def options():
    """What the parent gave as options."""
    return json.loads(sys.argv[1])


def answer(value):
    sys.stdout.write("\n" + MARK + json.dumps(value) + "\n")
    sys.stdout.flush()


def serve(work):
    """Works whenever it is asked. A figure is what `work` returns, or the milliseconds that it took."""
    answer({"ready": True})
    for line in sys.stdin:
        samples, cpu_ms = [], []
        for _ in range(json.loads(line)["repeat"]):
            started, cpu_started = time.perf_counter(), time.process_time()
            figure = work()
            samples.append(figure if figure is not None else 1000 * (time.perf_counter() - started))
            cpu_ms.append(1000 * (time.process_time() - cpu_started))
        answer({"samples": samples, "cpuMs": cpu_ms})
