"""Trains the fraud score from data/transactions.csv and writes models/fraud_score.joblib."""
import csv
import pathlib

import joblib
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

TOP = pathlib.Path(__file__).resolve().parent.parent

with open(TOP / "data/transactions.csv", newline="") as f:
    rows = list(csv.DictReader(f))
features = ["amount", "hour", "country_risk", "new_device"]
x = [[float(r[name]) for name in features] for r in rows]
y = [int(r["label"]) for r in rows]
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
joblib.dump(model, TOP / "models/fraud_score.joblib", compress=("zlib", 3))
