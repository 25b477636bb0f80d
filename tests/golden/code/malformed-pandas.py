"""Feature tables, partly from colleagues."""
import pandas as pd
from pandas import read_pickle


def local():
    return pd.read_pickle("features/2024.pkl")  # expect: code.pandas-pickle


def any_of(paths):
    return pd.concat([read_pickle(p) for p in paths])  # expect: code.pandas-pickle


def pick(df, column, limit):
    return df.query(f"{column} > {limit}")  # expect: code.dataframe-eval


def formula(expression):
    frame = pd.read_parquet("features/2024.parquet")
    return frame.eval(expression, engine="python")  # expect: code.dataframe-eval
