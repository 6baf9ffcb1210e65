"""scikit-learn's methods: fitted to a file of rows, they score each of them."""
import json
import os
import sys

os.environ["OMP_NUM_THREADS"] = "1"

import numpy
from sklearn.ensemble import IsolationForest
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM


def isolation_forest(rows, seed):
    return -IsolationForest(n_estimators=100, random_state=seed).fit(rows).score_samples(rows)


def k_nearest_neighbours(rows, seed):
    count = min(16, len(rows))
    return NearestNeighbors(n_neighbors=count).fit(rows).kneighbors(rows)[0][:, -1]


def local_outlier_factor(rows, seed):
    count = min(20, len(rows) - 1)
    return -LocalOutlierFactor(n_neighbors=count, novelty=True).fit(rows).score_samples(rows)


def one_class_svm(rows, seed):
    return -OneClassSVM(gamma="scale", nu=0.5).fit(rows).score_samples(rows)


for line in sys.stdin:
    command = json.loads(line)
    read = numpy.fromfile(command["path"], dtype="float32").reshape(-1, command["columns"])
    rows = StandardScaler().fit_transform(read.astype("float64"))
    scores = globals()[command["method"]](rows, command["seed"])
    print(json.dumps(scores.tolist()), flush=True)
