"""Loads the score and answers one transaction; what Merlon wants to have seen before this line runs."""
import pathlib
import sys

import joblib

model = joblib.load(pathlib.Path(__file__).resolve().parent.parent / "models/fraud_score.joblib")
print(f"fraud probability: {model.predict_proba([[float(v) for v in sys.argv[1:5]]])[0][1]:.3f}")
