"""Feature tables."""
import pandas as pd


def local():
    return pd.read_parquet("features/2024.parquet")


def pick(df, limit):
    return df.query("age > @limit")


def formula(df):
    return df.eval("ratio = clicks / views")


def model_eval(model, frame):
    model.eval()
    return model(frame)


def database(db, search):
    return db.query(search).filter_by(active=True).all()
