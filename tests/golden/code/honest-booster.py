"""Low findings only: nothing here stops a release."""
import pickle

import xgboost as xgb
from keras import Sequential, layers


def train(x, y):
    booster = xgb.XGBClassifier(n_estimators=100)
    booster.fit(x, y)
    with open("model.pkl", "wb") as fh:
        pickle.dump(booster, fh)  # expect: code.booster-pickle


def build():
    model = Sequential()
    model.add(layers.Lambda(lambda x: x / 255.0))  # expect: code.keras-lambda
    model.add(layers.Dense(1))
    model.save("m.keras")
