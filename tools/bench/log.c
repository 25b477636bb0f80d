/* SPDX-License-Identifier: Apache-2.0 */
/* log.c - what an event costs, beside rows in SQLite's write-ahead log.
 *
 *     log-bench log DIR EVENTS WAIT       group commit; WAIT 1: each is acknowledged before the
 * next log-bench sqlite DIR EVENTS GROUP   so many rows a transaction, synchronous=FULL log-bench
 * crc DIR EVENTS            events as lines with their checksums, to /dev/null: the floor
 *
 * Both put the same bytes on the disk before they say that they are there. Time and CPU of the
 * whole process are the caller's to take (tools/bench/bench.py). */
#include "base/host.h"
#include "log/line.h"
#include "log/place.h"
#include "log/writer.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static void make_event(struct event *e, unsigned i, char id[24])
{
    (void)snprintf(id, 24, "ev-%08x", i);
    event_start(e, EVENT_GUARD, host_wall_ms());
    event_text(e, EVENT_ID, slice_str(id));
    event_text(e, EVENT_ROUTE, S("chat"));
    event_text(e, EVENT_CALLER, S("key:a91f0c2d5e"));
    event_text(e, EVENT_MODEL, S("llama-3.1-8b-instruct"));
    event_text(e, EVENT_SURFACE, S("openai.chat"));
    event_text(e, EVENT_VERDICT, i % 8 ? S("allow") : S("block"));
    event_text(e, EVENT_RULES, i % 8 ? S("") : S("inject.override inject.reveal-prompt"));
    event_text(e, EVENT_POLICY, S("2026.11.1/51ce08aa"));
    event_number(e, EVENT_BYTES_IN, 1800 + i % 500);
    event_number(e, EVENT_BYTES_OUT, 4200 + i % 900);
    event_number(e, EVENT_MICROS, 350 + i % 100);
}

static int die(const char *what)
{
    fprintf(stderr, "log-bench: %s\n", what);
    return 2;
}

static int with_log(const char *dir, unsigned events, bool wait)
{
    struct note_key key;
    struct writer *w = NULL;
    bool made;
    struct buf note, why;
    buf_init(&note, 4096);
    buf_init(&why, 4096);
    struct writer_options o = {.path = dir, .key = &key};
    if (place_key(dir, NULL, &key, &made, &why) != ST_OK) return die(buf_text(&why));
    if (writer_open(&o, &w, &note, &why) != ST_OK) return die(buf_text(&why));
    for (unsigned i = 0; i < events; i++) {
        struct event e;
        char id[24];
        uint64_t ticket = 0;
        make_event(&e, i, id);
        while (writer_add(w, &e, &ticket) != WRITER_TAKEN) (void)usleep(200);
        if (wait && !writer_wait(w, ticket, 60000)) return die("not acknowledged");
    }
    return writer_close(w, NULL) == ST_OK ? 0 : die("close");
}

static bool run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
}

static int with_sqlite(const char *dir, unsigned events, unsigned group)
{
    char path[512];
    sqlite3 *db;
    sqlite3_stmt *insert;
    struct buf body;
    (void)snprintf(path, sizeof path, "%s/events.db", dir);
    if (sqlite3_open(path, &db) || !run(db, "PRAGMA journal_mode=WAL") ||
        !run(db, "PRAGMA synchronous=FULL") ||
        !run(db, "CREATE TABLE event(n INTEGER PRIMARY KEY, body TEXT)") ||
        sqlite3_prepare_v2(db, "INSERT INTO event(body) VALUES(?)", -1, &insert, NULL))
        return die(sqlite3_errmsg(db));
    buf_init(&body, LINE_MAX);
    for (unsigned i = 0; i < events; i++) {
        struct event e;
        char id[24];
        make_event(&e, i, id);
        buf_reset(&body);
        event_write(&e, &body);
        if (i % group == 0 && !run(db, "BEGIN")) return die(sqlite3_errmsg(db));
        sqlite3_bind_text(insert, 1, buf_text(&body), (int)body.n, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE) return die(sqlite3_errmsg(db));
        sqlite3_reset(insert);
        if ((i % group == group - 1 || i + 1 == events) && !run(db, "COMMIT"))
            return die(sqlite3_errmsg(db));
    }
    buf_done(&body);
    sqlite3_finalize(insert);
    return sqlite3_close(db) ? die("close") : 0;
}

static int with_nothing(unsigned events)
{
    struct buf body, line;
    uint64_t sum = 0;
    buf_init(&body, LINE_MAX);
    buf_init(&line, LINE_MAX);
    for (unsigned i = 0; i < events; i++) {
        struct event e;
        char id[24];
        make_event(&e, i, id);
        buf_reset(&body);
        buf_reset(&line);
        event_write(&e, &body);
        line_write(i, buf_slice(&body), &line);
        sum += line.n;
    }
    printf("%llu bytes\n", (unsigned long long)sum);
    buf_done(&body);
    buf_done(&line);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 4) return die("log|sqlite|crc DIR EVENTS [WAIT|GROUP]");
    unsigned events = (unsigned)strtoul(argv[3], NULL, 10);
    unsigned more = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
    if (mkdir(argv[2], 0700) && errno != EEXIST) return die(argv[2]);
    if (!strcmp(argv[1], "log")) return with_log(argv[2], events, more);
    if (!strcmp(argv[1], "sqlite")) return with_sqlite(argv[2], events, more ? more : 1);
    return with_nothing(events);
}
