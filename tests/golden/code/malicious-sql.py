"""Questions to the warehouse."""
import sqlite3

import pandas as pd
from langchain_openai import ChatOpenAI
from sqlalchemy import create_engine, text

llm = ChatOpenAI(model="gpt-4o", max_tokens=300, timeout=20)
engine = create_engine("sqlite:///warehouse.db")


def answer(question):
    sql = llm.invoke(f"Write SQL for: {question}").content
    with sqlite3.connect("warehouse.db") as db:
        return db.execute(sql).fetchall()  # expect: code.sql-model-output


def frame(question):
    query = llm.predict(question)
    query = query.replace("```sql", "").replace("```", "")
    return pd.read_sql_query(query, engine)  # expect: code.sql-model-output


def orm(question):
    stmt = llm.invoke(question).content.strip()
    with engine.connect() as conn:
        return conn.execute(text(stmt)).all()  # expect: code.sql-model-output


def runs(cursor, user):
    cursor.execute(f"SELECT * FROM runs WHERE user = '{user}'")  # expect: code.sql-built
    return cursor.fetchall()


def labels(cursor, name):
    query = "SELECT label FROM labels WHERE name = '%s'" % name
    cursor.execute(query)  # expect: code.sql-built
    return cursor.fetchone()
