"""Questions to the warehouse, from a fixed list."""
import sqlite3

import pandas as pd
from langchain_openai import ChatOpenAI
from sqlalchemy import create_engine, text

llm = ChatOpenAI(model="gpt-4o", max_tokens=300, timeout=20)
engine = create_engine("sqlite:///warehouse.db")
TABLE = "runs"
QUERIES = {
    "by_user": "SELECT * FROM runs WHERE user = ?",
    "by_day": "SELECT * FROM runs WHERE day = ?",
}


def answer(question, value):
    name = llm.invoke(f"Pick one of {sorted(QUERIES)}: {question}").content.strip()
    if name not in QUERIES:
        raise KeyError(name)
    with sqlite3.connect("warehouse.db") as db:
        return db.execute(QUERIES[name], (value,)).fetchall()


def save_answer(db, question):
    reply = llm.invoke(question).content
    db.execute("INSERT INTO answers (question, reply) VALUES (?, ?)", (question, reply))


def recent():
    return pd.read_sql(f"SELECT * FROM {TABLE} ORDER BY day DESC LIMIT 10", engine)


def by_ids(cursor, ids):
    marks = ", ".join("?" for _ in ids)
    cursor.execute(f"SELECT * FROM runs WHERE id IN ({marks})", ids)
    return cursor.fetchall()


def orm(user):
    with engine.connect() as conn:
        return conn.execute(text("SELECT * FROM runs WHERE user = :user"), {"user": user}).all()


def schedule(executor, job):
    return executor.execute(f"job {job}")
