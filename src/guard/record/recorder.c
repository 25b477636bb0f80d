/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host.h"
#include "guard/record/record_event.h"
#include "guard/record/recorder_part.h"

#define WAITING ((uint64_t)4 << 20)

/* ---- beginning and end ---- */

/* Of the log's key, so that nobody without it can try keys against the names in an export. */
static bool make_secret(struct recorder *r, const struct note_key *key)
{
    if (!key) return host_random(r->secret, sizeof r->secret);
    hmac_sha256(slice_of(key->seed, sizeof key->seed), S("merlon guard: names of callers"),
                r->secret);
    return true;
}

struct recorder *recorder_new(const struct recorder_options *o)
{
    struct recorder *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->o = *o;
    r->o.key = NULL;
    if (!r->o.waiting_most) r->o.waiting_most = WAITING;
    pthread_mutex_init(&r->lock, NULL);
    bool ok = make_secret(r, o->key) && tally_init(&r->tally);
    if (ok && (o->lines < 0 || recorder_lines_start(r))) return r;
    recorder_free(r);
    return NULL;
}

void recorder_free(struct recorder *r)
{
    if (!r) return;
    recorder_lines_stop(r);
    tally_done(&r->tally);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

uint64_t recorder_queue(enum writer_full full, uint64_t connections)
{
    return full == WRITER_CONTINUE ? WAITING : WAITING + connections * RECORD_EVENT_MOST;
}

/* ---- telling ---- */

void record_copy(struct guard_record *to, const struct guard_record *from)
{
    size_t n = from->match_count < RECORD_MATCHES ? from->match_count : RECORD_MATCHES;
    memcpy(to, from, offsetof(struct guard_record, matches) + n * sizeof from->matches[0]);
    to->match_count = from->match_count;
}

static void keep(struct recorder *r, const struct guard_record *record)
{
    pthread_mutex_lock(&r->lock);
    size_t at = r->told % RECORDER_KEEPS;
    record_copy(&r->ring[at], record);
    memcpy(r->ids[at], record->id, RECORDER_ID);
    tally_add(&r->tally, record);
    r->told++;
    if (r->idle) pthread_cond_signal(&r->came);
    pthread_mutex_unlock(&r->lock);
}

static void look_at_the_queue(struct recorder *r)
{
    struct writer_state s = writer_state(r->o.writer);
    atomic_store_explicit(&r->full, s.waiting > r->o.waiting_most, memory_order_relaxed);
}

void recorder_tell(struct recorder *r, const struct guard_record *record)
{
    struct record_event e;
    keep(r, record);
    if (!r->o.writer) return;
    record_event_make(record, false, &e);
    if (writer_add(r->o.writer, &e.event, NULL) != WRITER_TAKEN) r->lost++;
    record_event_done(&e);
    look_at_the_queue(r);
}

bool recorder_ready(struct recorder *r)
{
    if (!r->o.writer || r->o.full == WRITER_CONTINUE) return true;
    if (!atomic_load_explicit(&r->full, memory_order_relaxed)) return true;
    look_at_the_queue(r);
    return !atomic_load_explicit(&r->full, memory_order_relaxed);
}

/* ---- asking ---- */

enum recorder_health recorder_health(struct recorder *r)
{
    if (!r->o.writer) return RECORDER_WELL;
    struct writer_state s = writer_state(r->o.writer);
    if (!recorder_ready(r)) return RECORDER_FULL;
    if (s.troubled && r->lost) return RECORDER_LOSING;
    return s.troubled ? RECORDER_TROUBLED : RECORDER_WELL;
}

const char *recorder_health_name(enum recorder_health h)
{
    static const char *const names[] = {"ok", "log-troubled", "log-full", "log-losing"};
    return names[h];
}

bool recorder_find(struct recorder *r, struct slice id, struct guard_record *ret)
{
    bool found = false;
    if (!id.n) return false;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < RECORDER_KEEPS && !found; i++) {
        found = slice_eq(slice_str(r->ids[i]), id);
        if (found) record_copy(ret, &r->ring[i]);
    }
    pthread_mutex_unlock(&r->lock);
    return found;
}

static void say_log(struct recorder *r, uint64_t missed, struct buf *out)
{
    struct writer_state s = {0};
    if (r->o.writer) s = writer_state(r->o.writer);
    const struct {
        const char *name, *type, *help;
        uint64_t value;
    } rows[] = {
        {"log_records", "gauge", "Records of the log that are on the disk.", s.records},
        {"log_waiting_bytes", "gauge", "Of records that are not written yet.", s.waiting},
        {"log_lost_total", "counter", "Exchanges that are not recorded: the log was full.",
         r->lost},
        {"log_troubled", "gauge", "1: the disk refuses.", s.troubled},
        {"log_full", "gauge", "1: no exchange may begin before the log can be written.",
         !recorder_ready(r)},
        {"lines_missed_total", "counter", "Lines of JSON that nobody took in time.", missed}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        buf_printf(out,
                   "# HELP merlon_guard_%s %s\n# TYPE merlon_guard_%s %s\nmerlon_guard_%s %llu\n",
                   rows[i].name, rows[i].help, rows[i].name, rows[i].type, rows[i].name,
                   (unsigned long long)rows[i].value);
}

void recorder_say(struct recorder *r, struct buf *out)
{
    pthread_mutex_lock(&r->lock);
    tally_say(&r->tally, out);
    uint64_t missed = r->missed;
    pthread_mutex_unlock(&r->lock);
    say_log(r, missed, out);
}

/* ---- callers ---- */

/* "Bearer KEY" is KEY. */
static struct slice without_scheme(struct slice s)
{
    s = slice_trim(s);
    size_t blank = slice_find_byte(s, ' ');
    bool bearer = slice_eq_nocase(slice_sub(s, 0, blank), S("bearer"));
    return bearer ? slice_trim(slice_sub(s, blank, s.n)) : s;
}

void recorder_caller(const struct recorder *r, struct slice credential, char out[RECORDER_CALLER])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[HMAC_BYTES];
    struct slice key = without_scheme(credential);
    out[0] = 0;
    if (!key.n) return;
    hmac_sha256(slice_of(r->secret, sizeof r->secret), key, hash);
    memcpy(out, "key:", 4);
    for (unsigned i = 0; i < 12; i++) out[4 + i] = digits[hash[i / 2] >> (i % 2 ? 0 : 4) & 15];
    out[16] = 0;
}
