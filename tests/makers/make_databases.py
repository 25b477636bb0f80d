# SPDX-License-Identifier: Apache-2.0
"""SQLite files as Python's sqlite3 writes them, with pages of 512 bytes to keep them small."""
import os
import sqlite3
import tempfile

from golden import out

PICKLE = b"\x80\x02cposix\nsystem\nX\x0b\x00\x00\x00echo merlon\x85R."
USERS = ["create table users(id integer primary key, name text, mail text, born date)"]
USERS += [f"insert into users values({i}, 'user {i}', 'user{i}@mail.example', '19{70 + i}-01-02')" for i in range(9)]


def database(*statements, wal=False):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a.db")
        c = sqlite3.connect(path, isolation_level=None)
        c.execute("pragma page_size=512")
        c.execute("pragma secure_delete=0")
        if wal:
            c.execute("pragma journal_mode=wal")
        for s in statements:
            c.execute(*s) if isinstance(s, tuple) else c.execute(s)
        log = b""
        if wal:
            with open(path + "-wal", "rb") as f:
                log = f.read()
        c.close()
        with open(path, "rb") as f:
            return f.read(), log


def without_salt(log):
    """The log without its random numbers and the checksums over them: two runs give the same bytes."""
    raw = bytearray(log)
    raw[16:32] = bytes(16)
    for at in range(32, len(raw), 536):
        raw[at + 8:at + 24] = bytes(16)
    return bytes(raw)


def make():
    plain, _ = database(*USERS)
    out("sqlite", "honest-users.db", plain)
    out("sqlite", "honest-views.db", database(*USERS, "create view names as select name from users",
                                              "create index by_mail on users(mail)",
                                              "create trigger t after insert on users begin delete from users where id=0; end")[0])
    kinds = database("create table k(t text primary key, r real, b blob, n int) without rowid",
                     ("insert into k values(?,?,?,?)", ("first", 1.5, b"bytes that are text", None)),
                     ("insert into k values(?,?,?,?)", ("second", -2.25, bytes(range(40)), 1 << 40)))[0]
    out("sqlite", "honest-kinds.db", kinds)
    main, log = database(*USERS[:4], wal=True)
    out("sqlite", "honest-logged.db", main)
    out("sqlite", "honest-logged.db-wal", without_salt(log)[:4096])
    chroma = database("create table embedding_metadata(id integer, key text, string_value text, int_value integer)",
                      "insert into embedding_metadata values(1, 'chroma:document', 'The museum opens at nine.', null)",
                      "insert into embedding_metadata values(2, 'chroma:document', 'Tickets cost ten euros.', null)")[0]
    out("sqlite", "honest-vectors.db", chroma)
    deleted = database("create table notes(t text)", *[f"insert into notes values('note {i} {'x' * 300}')" for i in range(6)],
                       "insert into notes values('ghost row that was deleted')", "delete from notes")[0]
    out("sqlite", "honest-deleted.db", deleted)
    out("sqlite", "malicious-pickle-in-cell.db", database("create table cache(k text, v blob)",
                                                          ("insert into cache values('a', ?)", (PICKLE,)))[0])
    out("sqlite", "malicious-view.db", database(*USERS[:3], "create view users2 as select load_extension('x.so') from users")[0])
    out("sqlite", "malformed-cut.db", plain[:-600])
    out("sqlite", "malformed-behind.db", plain + b"something that is no page of it")
    broken = bytearray(plain)
    broken[512:640] = b"\xff" * 128
    out("sqlite", "malformed-page.db", bytes(broken))
    schema = bytearray(plain)
    schema[100:200] = b"\xee" * 100
    out("sqlite", "malformed-schema.db", bytes(schema))
    out("sqlite", "malformed-encrypted.sqlite", bytes((i * 167 + 13) % 251 for i in range(1024)))
