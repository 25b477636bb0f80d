/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes as the specification (C2SP) allows them, and what it does not. */
#include "../test.h"
#include "base/buf.h"
#include "log/note.h"

#define ROOT "V0NA1ekHc4sMtyOk9+rSfb50+v1kFb/0QXYbxrm43gk=\n"
#define LINE "\xe2\x80\x94 name.test AAECAwQF\n" /* hint 0 1 2 3, signature 4 5 */

static void good(void **state)
{
    struct arena arena;
    struct checkpoint c;
    struct slice why = {0};
    (void)state;
    arena_init(&arena, 1u << 20, 4096);
    struct slice text = S("origin.test - 12\n476246825\n" ROOT "more\n\n" LINE
                          "\xe2\x80\x94 witness.test BAUGBwgJCg==\n");
    assert_int_equal(checkpoint_read(text, &arena, &c, &why), ST_OK);
    assert_slice(c.origin, "origin.test - 12");
    assert_int_equal(c.size, 476246825);
    assert_int_equal(c.root.bytes[0], 0x57);
    assert_slice(c.note.text, "origin.test - 12\n476246825\n" ROOT "more\n");
    assert_int_equal(c.note.signature_count, 2);
    assert_slice(c.note.signatures[0].name, "name.test");
    assert_memory_equal(c.note.signatures[0].hint, "\0\1\2\3", 4);
    assert_slice(c.note.signatures[0].bytes, "\4\5");
    assert_slice(c.note.signatures[1].bytes, "\x08\x09\x0a");
    arena_done(&arena);
}

static void bad(void **state)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        {"", "no signatures below an empty line"},
        {"\n\n", "no signatures below an empty line"},
        {"o\n1\n" ROOT, "no signatures below an empty line"},
        {"o\n1\n" ROOT "\n", "no signatures below an empty line"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 name.test AAECAwQF", "no signatures below an empty line"},
        {"o\n1\n" ROOT "\n- name.test AAECAwQF\n", "signature line of the note is broken"},
        {"o\n1\n" ROOT "\n" LINE "\n", "no signatures below an empty line"},
        {"o\n1\n" ROOT "\n" LINE "x\n", "signature line of the note is broken"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 AAECAwQF\n", "no proper name"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a b AAECAwQF\n", "no proper name"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a+b AAECAwQF\n", "no proper name"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a AAEC!wQF\n", "not Base64"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a AAECAx==\n", "not Base64 in its usual form"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a AAECAwR=\n", "not Base64 in its usual form"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a AAECAwQ\n", "not Base64 in its usual form"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a AAECA_QF\n", "not Base64 in its usual form"},
        {"o\n1\n" ROOT "\n\xe2\x80\x94 a AAECAw==\n", "too short"},
        {"o\n1\n\n" LINE, "lacks origin, size or root"},
        {"\n1\n" ROOT "\n" LINE, "lacks origin, size or root"},
        {"o\n-1\n" ROOT "\n" LINE, "tree size is not a number"},
        {"o\n01\n" ROOT "\n" LINE, "tree size is not a number"},
        {"o\n+1\n" ROOT "\n" LINE, "tree size is not a number"},
        {"o\n\n" ROOT "\n" LINE, "tree size is not a number"},
        {"o\n99999999999999999999\n" ROOT "\n" LINE, "tree size is not a number"},
        {"o\n1\nAAAA\n\n" LINE, "root has not 32 bytes"},
        {"o\n1\n!AAA\n\n" LINE, "root is not Base64"},
        {"o\r\n1\n" ROOT "\n" LINE, "not plain text"},
        {"o\xff\n1\n" ROOT "\n" LINE, "not plain text"},
        {"o\x7f\n1\n" ROOT "\n" LINE, "not plain text"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena arena;
        struct checkpoint c;
        struct slice why = {0};
        arena_init(&arena, 1u << 20, 4096);
        assert_int_equal(checkpoint_read(slice_str(rows[i].text), &arena, &c, &why), ST_MALFORMED);
        if (!slice_has(why, slice_str(rows[i].why))) fail_msg("row %zu: %.*s", i, SLICE_ARG(why));
        arena_done(&arena);
    }
}

static void limits(void **state)
{
    struct arena arena;
    struct buf b;
    struct note n;
    struct slice why = {0};
    (void)state;
    arena_init(&arena, 1u << 20, 4096);
    buf_init(&b, 1u << 20);
    buf_str(&b, "text\n\n");
    for (size_t i = 0; i < NOTE_SIGNATURES_MAX; i++) buf_str(&b, LINE);
    assert_int_equal(note_read(buf_slice(&b), &arena, &n, &why), ST_OK);
    assert_int_equal(n.signature_count, NOTE_SIGNATURES_MAX);
    buf_str(&b, LINE);
    assert_int_equal(note_read(buf_slice(&b), &arena, &n, &why), ST_MALFORMED);
    assert_slice(why, "the note has more than 32 signatures");
    buf_reset(&b);
    buf_fill(&b, 'a', NOTE_MAX);
    buf_str(&b, "\n\n" LINE);
    assert_int_equal(note_read(buf_slice(&b), &arena, &n, &why), ST_MALFORMED);
    assert_slice(why, "the note is larger than 64 KiB");
    buf_done(&b);
    arena_done(&arena);
}

static void memory(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 4096; cap += 8) {
        struct arena arena;
        struct checkpoint c;
        struct slice why = {0};
        arena_init(&arena, cap, 0);
        enum st st = checkpoint_read(S("o\n1\n" ROOT "\n" LINE), &arena, &c, &why);
        assert_true(st == ST_NOMEM || st == ST_OK);
        arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad),
                                       cmocka_unit_test(limits), cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
