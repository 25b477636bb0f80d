/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is done to a log afterwards is found, and named by segment and record. */
#include "logs.h"
#include "base/crc32c.h"
#include "base/num.h"
#include "log/prove.h"

struct files { /* a log of three segments, in memory */
    struct buf log[4], sig[4];
};

static void name_of(unsigned i, const char *suffix, char out[32])
{
    snprintf(out, 32, "%08u.%s", i, suffix);
}

static void load(const char *folder, struct files *f)
{
    char name[32];
    for (unsigned i = 1; i < 4; i++) {
        buf_init(&f->log[i], 1u << 20);
        buf_init(&f->sig[i], 1u << 20);
        name_of(i, "log", name);
        file_get(folder, name, &f->log[i]);
        name_of(i, "sig", name);
        file_get(folder, name, &f->sig[i]);
    }
}

static void put(const char *folder, const struct files *f)
{
    char name[32];
    for (unsigned i = 1; i < 4; i++) {
        name_of(i, "log", name);
        file_put(folder, name, buf_slice(&f->log[i]));
        name_of(i, "sig", name);
        file_put(folder, name, buf_slice(&f->sig[i]));
    }
}

static void forget(struct files *f)
{
    for (unsigned i = 1; i < 4; i++) {
        buf_done(&f->log[i]);
        buf_done(&f->sig[i]);
    }
}

/* Segments of 5 records; checkpoints also in the middle of them. */
static void setup_log(char folder[64], struct files *f)
{
    folder_new(folder);
    for (unsigned i = 0; i < 6; i++) make_log(folder, i ? 2 : 1, 800);
    load(folder, f);
    assert_true(f->log[3].n && f->sig[3].n);
}

static void all_is_well(void **state)
{
    (void)state;
    char folder[64];
    struct files f;
    struct said s;
    setup_log(folder, &f);
    audit(folder, S(""), &s);
    assert_string_equal(buf_text(&s.text), "");
    assert_int_equal(s.r.records, 12);
    assert_int_equal(s.r.segments, 3);
    assert_int_equal(s.r.unsigned_yet, 0);
    assert_true(s.r.has_head && s.r.head.tree.size == 12 && s.r.checkpoints >= 6);
    buf_done(&s.text);
    forget(&f);
    folder_gone(folder);
}

/* The record whose line holds byte `at`. */
static uint64_t record_at(const struct files *f, unsigned segment, size_t at)
{
    uint64_t n = 0;
    for (unsigned i = 1; i <= segment; i++)
        for (size_t k = 0; k < (i < segment ? f->log[i].n : at); k++) n += f->log[i].p[k] == '\n';
    return n;
}

/* A line "FAULT SEGMENT FIRST-LAST ..." that speaks of this record. */
static bool names(const struct said *s, unsigned segment, uint64_t record)
{
    struct slice rest = buf_slice(&s->text), line, word;
    uint64_t n[3];
    while (slice_split(&rest, '\n', &line)) {
        if (!slice_split(&line, ' ', &word) || !slice_split(&line, ' ', &word) ||
            !num_u64(word, &n[0]) || !slice_split(&line, '-', &word) || !num_u64(word, &n[1]) ||
            !slice_split(&line, ' ', &word) || !num_u64(word, &n[2]))
            continue;
        if (n[0] == segment && n[1] <= record && record <= n[2]) return true;
    }
    return false;
}

static void every_bit_of_records(void **state)
{
    (void)state;
    char folder[64], name[32];
    struct files f;
    setup_log(folder, &f);
    for (unsigned i = 1; i < 4; i++) {
        name_of(i, "log", name);
        for (size_t at = 0; at < f.log[i].n; at++) {
            struct said s;
            uint8_t was = f.log[i].p[at];
            f.log[i].p[at] ^= (uint8_t)(1u << at % 8);
            file_put(folder, name, buf_slice(&f.log[i]));
            f.log[i].p[at] = was;
            audit(folder, S(""), &s);
            assert_int_equal(s.st, ST_OK);
            bool named = names(&s, i, record_at(&f, i, at));
            if (!named) print_message("byte %zu of %u: %s", at, i, buf_text(&s.text));
            assert_true(named);
            buf_done(&s.text);
        }
        file_put(folder, name, buf_slice(&f.log[i]));
    }
    forget(&f);
    folder_gone(folder);
}

static void every_bit_of_checkpoints(void **state)
{
    (void)state;
    char folder[64], name[32], want[32];
    struct files f;
    setup_log(folder, &f);
    for (unsigned i = 1; i < 4; i++) {
        name_of(i, "sig", name);
        (void)snprintf(want, sizeof want, "checkpoint %u ", i);
        for (size_t at = 0; at < f.sig[i].n; at++) {
            struct said s;
            uint8_t was = f.sig[i].p[at];
            f.sig[i].p[at] ^= (uint8_t)(1u << at % 8);
            file_put(folder, name, buf_slice(&f.sig[i]));
            f.sig[i].p[at] = was;
            audit(folder, S(""), &s);
            if (!strstr(buf_text(&s.text), want)) print_message("byte %zu of %u\n", at, i);
            assert_said(&s, want);
            buf_done(&s.text);
        }
        file_put(folder, name, buf_slice(&f.sig[i]));
    }
    forget(&f);
    folder_gone(folder);
}

/* Cut anywhere before what a checkpoint speaks of: exactly the records that are lost are named. */
static void every_cut(void **state)
{
    (void)state;
    char folder[64], want[64];
    struct files f;
    setup_log(folder, &f);
    for (size_t n = 0; n < f.log[3].n; n++) {
        struct said s;
        file_put(folder, "00000003.log", slice_sub(buf_slice(&f.log[3]), 0, n));
        audit(folder, S(""), &s);
        (void)snprintf(want, sizeof want, "missing 3 %llu-11 ",
                       (unsigned long long)record_at(&f, 3, n));
        assert_said(&s, want);
        buf_done(&s.text);
    }
    forget(&f);
    folder_gone(folder);
}

/* ---- what somebody does who knows the format, but has not the key ---- */

static struct slice line_of(const struct buf *b, unsigned n)
{
    struct slice rest = buf_slice(b), line = {0};
    for (unsigned i = 0; i <= n; i++) slice_split(&rest, '\n', &line);
    return slice_sub(slice_of(line.p, line.n + 1), 0, line.n + 1);
}

/* The line with other contents, and the right checksum. */
static void forge(struct slice line, struct slice from, const char *to, struct buf *out)
{
    char crc[16];
    size_t at = slice_find(line, from), start = out->n;
    buf_add(out, slice_sub(line, 0, at));
    buf_str(out, to);
    struct slice rest = slice_sub(line, at + from.n, line.n);
    buf_add(out, slice_sub(rest, 0, rest.n - 19));
    uint32_t sum = crc32c_add(0, slice_sub(buf_slice(out), start, out->n));
    (void)snprintf(crc, sizeof crc, "%08x", sum);
    buf_str(out, ",\"crc\":\"");
    buf_str(out, crc);
    buf_str(out, "\"}\n");
}

static void build(const struct files *f, const char *what, struct buf *out)
{
    unsigned order[5] = {0, 1, 2, 3, 4};
    if (!strcmp(what, "swapped")) order[1] = 2, order[2] = 1;
    for (unsigned i = 0; i < 5; i++) {
        struct slice line = line_of(&f->log[2], order[i]);
        if (!line.n || (i == 2 && !strcmp(what, "deleted"))) continue;
        if (i == 2 && !strcmp(what, "edited"))
            forge(line, S("pass"), "fail", out);
        else
            buf_add(out, line);
        if (i == 2 && !strcmp(what, "doubled")) buf_add(out, line);
        if (i == 2 && !strcmp(what, "inserted")) buf_str(out, "{\"note\":\"nothing happened\"}\n");
    }
}

static void done_on_purpose(void **state)
{
    (void)state;
    static const struct {
        const char *what, *want;
    } cases[] = {
        {"edited", "changed 2 "}, {"deleted", "missing 2 "}, {"swapped", "order 2 "},
        {"doubled", "order 2 "},  {"inserted", "added 2 "},
    };
    char folder[64];
    struct files f;
    setup_log(folder, &f);
    uint64_t first = record_at(&f, 2, 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct said s;
        struct buf b;
        buf_init(&b, 1u << 20);
        put(folder, &f);
        build(&f, cases[i].what, &b);
        assert_false(slice_eq(buf_slice(&b), buf_slice(&f.log[2])));
        file_put(folder, "00000002.log", buf_slice(&b));
        audit(folder, S(""), &s);
        assert_said(&s, cases[i].want);
        if (strcmp(cases[i].what, "inserted") != 0)
            assert_true(names(&s, 2, first + 2) || names(&s, 2, first + 1));
        assert_null(strstr(buf_text(&s.text), " 3 ")); /* the next segment is as it was */
        assert_null(strstr(buf_text(&s.text), "changed 1"));
        buf_done(&s.text);
        buf_done(&b);
    }
    forget(&f);
    folder_gone(folder);
}

static void files_taken_away(void **state)
{
    (void)state;
    static const struct {
        const char *gone[3], *want;
    } cases[] = {
        {{"00000002.log", "00000002.sig"}, "missing 2 the whole segment is missing"},
        {{"00000002.log"}, "missing 2 "},
        {{"00000001.log"}, "no signed record says"},
        {{"00000001.log", "00000001.sig"}, "missing 1 the whole segment is missing"},
        {{"00000003.log"}, "missing 3 "},
        {{"00000002.sig"}, "checkpoint 2 its sealed checkpoint is missing"},
    };
    char folder[64], path[128];
    struct files f;
    setup_log(folder, &f);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct said s;
        put(folder, &f);
        for (size_t k = 0; cases[i].gone[k]; k++) {
            file_path(path, folder, cases[i].gone[k]);
            assert_int_equal(unlink(path), 0);
        }
        audit(folder, S(""), &s);
        assert_said(&s, cases[i].want);
        buf_done(&s.text);
    }
    forget(&f);
    folder_gone(folder);
}

static void another_key(void **state)
{
    (void)state;
    char folder[64], other[64];
    struct files f, g;
    struct said s;
    struct note_key ours = test_key, theirs;
    setup_log(folder, &f);
    ours = test_key;
    assert_true(notekey_make(&theirs));
    test_key = theirs;
    setup_log(other, &g); /* the same events, signed by somebody else */
    test_key = ours;
    file_put(folder, "00000002.sig", buf_slice(&g.sig[2]));
    audit(folder, S(""), &s);
    assert_said(&s, "checkpoint 2 checkpoint 1: it is not signed by the log's key");
    buf_done(&s.text);
    put(folder, &g);
    audit(folder, S(""), &s);
    assert_said(&s, "checkpoint 1 checkpoint 1: it is not signed by the log's key");
    buf_done(&s.text);
    forget(&f);
    forget(&g);
    folder_gone(folder);
    folder_gone(other);
}

/* Somebody who has the key can write another history; not past a checkpoint that others hold. */
static void a_checkpoint_held_elsewhere(void **state)
{
    (void)state;
    char folder[64], other[64];
    struct files f;
    struct said s;
    struct slice rest, held = {0};
    setup_log(folder, &f);
    for (rest = buf_slice(&f.sig[3]); head_next(&rest, &held);) continue;
    audit(folder, held, &s);
    assert_string_equal(buf_text(&s.text), "");
    buf_done(&s.text);
    make_log(folder, 5, 800);
    audit(folder, held, &s);
    assert_string_equal(buf_text(&s.text), "");
    buf_done(&s.text);

    folder_new(other);
    make_log(other, 30, 800); /* another history, of more records */
    audit(other, held, &s);
    assert_said(&s, "cut-back");
    assert_said(&s, "are not those of the checkpoint");
    buf_done(&s.text);
    folder_gone(other);
    forget(&f);
    folder_gone(folder);
}

static void cut_back_to_a_checkpoint(void **state)
{
    (void)state;
    char folder[64];
    struct files f;
    struct said s;
    struct slice rest, held = {0};
    setup_log(folder, &f);
    for (rest = buf_slice(&f.sig[3]); head_next(&rest, &held);) continue;
    char path[128];
    for (int i = 0; i < 2; i++) {
        file_path(path, folder, i ? "00000003.log" : "00000003.sig");
        assert_int_equal(unlink(path), 0);
    }
    audit(folder, S(""), &s); /* nothing in the folder can tell */
    assert_string_equal(buf_text(&s.text), "");
    buf_done(&s.text);
    audit(folder, held, &s);
    assert_said(&s, "cut-back 0 ");
    assert_said(&s, "speaks of 12 records");
    buf_done(&s.text);
    forget(&f);
    folder_gone(folder);
}

static void a_writer_refuses_damage(void **state)
{
    (void)state;
    char folder[64];
    struct files f;
    setup_log(folder, &f);
    f.log[3].p[f.log[3].n - 30] ^= 1;
    put(folder, &f);
    struct writer *w = open_log(folder, (struct writer_options){0});
    /* behind the last checkpoint there is nothing: what is before it is the audit's to find */
    assert_non_null(w);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    struct said s;
    audit(folder, S(""), &s);
    assert_said(&s, "changed 3 ");
    buf_done(&s.text);
    file_put(folder, "00000003.log", slice_sub(buf_slice(&f.log[3]), 0, f.log[3].n - 50));
    assert_null(open_log(folder, (struct writer_options){0}));
    f.sig[3].p[10] ^= 1;
    put(folder, &f);
    assert_null(open_log(folder, (struct writer_options){0}));
    forget(&f);
    folder_gone(folder);
}

/* ---- proofs ---- */

static void proofs(void **state)
{
    (void)state;
    char folder[64];
    struct files f;
    struct arena arena;
    setup_log(folder, &f);
    arena_init(&arena, 1u << 22, 1u << 14);
    for (uint64_t n = 0; n < 12; n++) {
        struct buf out, why;
        struct proven p;
        struct slice text;
        buf_init(&out, 1u << 20);
        buf_init(&why, 4096);
        assert_int_equal(prove_record(folder, NULL, &test_key.public, n, &out, &why), ST_OK);
        assert_int_equal(prove_check(buf_slice(&out), &test_key.public, &arena, &p, &text), ST_OK);
        assert_int_equal(p.index, n);
        assert_true(slice_has(p.line, S("\"time\"")));
        for (size_t at = 0; at < out.n; at++) {
            out.p[at] ^= 4;
            assert_int_not_equal(prove_check(buf_slice(&out), &test_key.public, &arena, &p, &text),
                                 ST_OK);
            out.p[at] ^= 4;
            arena_reset(&arena);
        }
        buf_done(&out);
        buf_done(&why);
    }
    struct buf out, why;
    buf_init(&out, 1u << 20);
    buf_init(&why, 4096);
    assert_int_equal(prove_record(folder, NULL, &test_key.public, 12, &out, &why), ST_UNSUPPORTED);
    buf_done(&out);
    buf_done(&why);
    arena_done(&arena);
    forget(&f);
    folder_gone(folder);
}

static void proofs_after_retention(void **state)
{
    (void)state;
    for (uint64_t keep = 1000; keep < 4000; keep += 700) {
        char folder[64];
        struct said s;
        folder_new(folder);
        struct writer *w =
            open_log(folder, (struct writer_options){.segment_bytes = 900, .keep_bytes = keep});
        for (unsigned i = 0; i < 41; i++) assert_true(writer_wait(w, add(w, i), 10000));
        assert_int_equal(writer_close(w, NULL), ST_OK);
        audit(folder, S(""), &s);
        assert_string_equal(buf_text(&s.text), "");
        assert_true(s.r.first > 0);
        for (uint64_t n = 0; n < s.r.records; n++) {
            struct buf out, why;
            buf_init(&out, 1u << 20);
            buf_init(&why, 4096);
            assert_int_equal(prove_record(folder, NULL, &test_key.public, n, &out, &why),
                             n < s.r.first ? ST_UNSUPPORTED : ST_OK);
            buf_done(&out);
            buf_done(&why);
        }
        buf_done(&s.text);
        folder_gone(folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well),
        cmocka_unit_test(every_bit_of_records),
        cmocka_unit_test(every_bit_of_checkpoints),
        cmocka_unit_test(every_cut),
        cmocka_unit_test(done_on_purpose),
        cmocka_unit_test(files_taken_away),
        cmocka_unit_test(another_key),
        cmocka_unit_test(a_checkpoint_held_elsewhere),
        cmocka_unit_test(cut_back_to_a_checkpoint),
        cmocka_unit_test(a_writer_refuses_damage),
        cmocka_unit_test(proofs),
        cmocka_unit_test(proofs_after_retention),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
