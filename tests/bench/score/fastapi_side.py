"""scikit-learn's IsolationForest behind FastAPI; the protocol is that of side.ts."""
import json
import os
import socket
import sys
import threading
import time

os.environ["OMP_NUM_THREADS"] = "1"

import numpy
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sklearn.ensemble import IsolationForest

folder, columns = sys.argv[1], int(sys.argv[2])
rows = numpy.fromfile(f"{folder}/train.f32", dtype="float32").reshape(-1, columns)
forest = IsolationForest(n_estimators=100, max_samples=256, random_state=1, n_jobs=1).fit(rows)
threshold = float(-forest.offset_)


def write_forest():
    trees = [
        {
            "columns": columns.tolist(),
            "left": tree.children_left.tolist(),
            "right": tree.children_right.tolist(),
            "feature": tree.feature.tolist(),
            "threshold": tree.threshold.tolist(),
            "size": tree.n_node_samples.tolist(),
        }
        for tree, columns in zip(
            (estimator.tree_ for estimator in forest.estimators_), forest.estimators_features_
        )
    ]
    with open(f"{folder}/forest.json", "w") as file:
        json.dump(
            {"featureCount": columns, "subsampleSize": int(forest.max_samples_), "trees": trees},
            file,
        )


class ScoreRequest(BaseModel):
    model: str
    vectors: list[list[float]]


app = FastAPI()


@app.post("/v1/score")
async def score(request: ScoreRequest):
    scores = -forest.score_samples(numpy.asarray(request.vectors, dtype="float32"))
    verdicts = [
        {"score": float(score), "threshold": threshold, "isAnomaly": bool(score > threshold)}
        for score in scores
    ]
    return {"verdicts": verdicts, "refused": []}


def tell_cpu():
    for _ in sys.stdin:
        print(time.process_time(), flush=True)


write_forest()
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(f"http://127.0.0.1:{listener.getsockname()[1]} ", flush=True)
threading.Thread(target=tell_cpu, daemon=True).start()
uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False)).run(sockets=[listener])
