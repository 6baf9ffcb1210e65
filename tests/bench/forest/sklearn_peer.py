"""scikit-learn's IsolationForest on one thread; the protocol is that of peer.ts."""
import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy
from sklearn.ensemble import IsolationForest


def load(command):
    columns = command["columns"]
    read = lambda name: numpy.fromfile(
        f"{command['folder']}/{name}-{columns}.f32", dtype="float32"
    ).reshape(-1, columns)
    train, rows = read("train"), read("rows")
    create = lambda: IsolationForest(
        n_estimators=100, max_samples=256, random_state=1, n_jobs=1
    )
    forest = create().fit(train[:10000])

    def score(command):
        count = command["rows"]
        for call in range(command["calls"]):
            at = call * count % (len(rows) - count + 1)
            forest.score_samples(rows[at : at + count])

    def fit(command):
        for _ in range(command["calls"]):
            create().fit(train[: command["rows"]])

    return {"score": score, "fit": fit}


works = {}
for line in sys.stdin:
    command = json.loads(line)
    before = time.process_time()
    if command["op"] == "load":
        works = load(command)
    else:
        works[command["op"]](command)
    print(json.dumps({"cpuSeconds": time.process_time() - before, "figures": []}), flush=True)
