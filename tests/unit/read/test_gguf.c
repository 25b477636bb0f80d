/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"
#include "base/st.h"

/* A writer of whatever it is told to write. */
struct maker {
    struct buf b;
    bool big, narrow;
};

static void put(struct maker *m, uint64_t v, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buf_byte(&m->b, (uint8_t)(v >> 8 * (m->big ? bytes - 1 - i : i)));
}

static void put_size(struct maker *m, uint64_t v)
{
    put(m, v, m->narrow ? 4 : 8);
}

static void put_str(struct maker *m, const char *s)
{
    put_size(m, strlen(s));
    buf_str(&m->b, s);
}

static void put_head(struct maker *m, unsigned version, uint64_t tensors, uint64_t keys)
{
    buf_init(&m->b, 1u << 20);
    m->narrow = version == 1;
    buf_str(&m->b, "GGUF");
    put(m, version, 4);
    put_size(m, tensors);
    put_size(m, keys);
}

static void put_text(struct maker *m, const char *key, const char *value)
{
    put_str(m, key);
    put(m, 8, 4);
    put_str(m, value);
}

static void put_u32(struct maker *m, const char *key, uint32_t value)
{
    put_str(m, key);
    put(m, 4, 4);
    put(m, value, 4);
}

static void put_tensor(struct maker *m, const char *name, uint64_t a, uint64_t b, unsigned type,
                       uint64_t offset)
{
    put_str(m, name);
    put(m, 2, 4);
    put_size(m, a);
    put_size(m, b);
    put(m, type, 4);
    put(m, offset, 8);
}

static void put_data(struct maker *m, size_t n, unsigned alignment)
{
    while (m->b.n % alignment) buf_byte(&m->b, 0);
    buf_fill(&m->b, 0, n);
}

static void honest(struct maker *m, unsigned version)
{
    put_head(m, version, 2, 6);
    put_text(m, "general.architecture", "llama");
    put_text(m, "general.license", "mit");
    put_u32(m, "llama.context_length", 4096);
    put_u32(m, "general.file_type", 15);
    put_text(m, "tokenizer.chat_template", "{{ messages }}");
    put_str(m, "tokenizer.ggml.tokens");
    put(m, 9, 4);
    put(m, 8, 4);
    put_size(m, 2);
    put_str(m, "<s>");
    put_str(m, "");
    put_tensor(m, "a", 32, 3, 8, 0);
    put_tensor(m, "b", 5, 1, 0, 128);
    put_data(m, 128 + 20, 32);
}

static void read_made(struct told *t, struct maker *m)
{
    assert_int_equal(told_run(t, "m.gguf", buf_slice(&m->b)), ST_OK);
    buf_done(&m->b);
}

static void honest_is_quiet(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        static const struct {
            unsigned version;
            bool big;
        } cases[] = {{1, 0}, {2, 0}, {3, 0}, {3, 1}};
        struct maker m = {.big = cases[i].big};
        struct told t;
        honest(&m, cases[i].version);
        read_made(&t, &m);
        assert_quiet(&t);
        assert_told(&t, cases[i].big ? " FORMAT gguf big-endian" : " FORMAT gguf version");
        assert_told(&t, " TEXT 0 tokenizer.chat_template={{ messages }}");
        assert_told(&t, " CARD 2 llama");
        assert_told(&t, " CARD 4 mit");
        assert_told(&t, " CARD 10 Q4_K_M");
        assert_told(&t, " CARD 11 4096");
        assert_told(&t, " CARD 7  101");
        assert_told(&t, " TENSOR b");
        told_done(&t);
    }
}

/* One broken rule per file; each is told with its own sentence. */
enum breach {
    KEYS_MANY,
    TENSORS_MANY,
    KEY_TWICE,
    TEXT_LONG,
    LIST_LONG,
    LIST_WRAPS,
    LIST_NESTED,
    LIST_TYPE,
    VALUE_TYPE,
    BOOL_SEVEN,
    ALIGN_ZERO,
    ALIGN_THREE,
    ALIGN_TEXT,
    VERSION_ZERO,
    NAME_TWICE,
    RANK_FIVE,
    RANK_HUGE,
    TENSOR_TYPE,
    DIMS_WRAP,
    DIMS_NEGATIVE,
    HALF_BLOCK,
    OFFSET_ODD,
    OFFSET_WRAPS,
    OFFSET_FAR,
    OVERLAP,
    GAP,
    TAIL,
    BREACHES,
};

static void break_keys(struct maker *m, enum breach what)
{
    put_head(m, 3, 0, what == KEYS_MANY ? 1ull << 60 : what == KEY_TWICE ? 2 : 1);
    put_str(m, what == ALIGN_TEXT ? "general.alignment" : "k");
    switch (what) {
    case TEXT_LONG: put(m, 8, 4), put(m, UINT64_MAX - 7, 8); break;
    case LIST_LONG: put(m, 9, 4), put(m, 4, 4), put(m, 1ull << 40, 8); break;
    case LIST_WRAPS: put(m, 9, 4), put(m, 10, 4), put(m, 1ull << 61, 8); break;
    case LIST_NESTED:
        put(m, 9, 4);
        for (int i = 0; i < 9; i++) put(m, 9, 4), put(m, 1, 8);
        break;
    case LIST_TYPE: put(m, 9, 4), put(m, 77, 4), put(m, 1, 8); break;
    case VALUE_TYPE: put(m, 13, 4), put(m, 0, 8); break;
    case BOOL_SEVEN: put(m, 7, 4), put(m, 7, 1); break;
    default: put(m, 8, 4), put_str(m, "32"); break;
    }
    if (what == KEY_TWICE) put_text(m, "k", "other");
    put_data(m, 0, 32);
}

static void break_tensors(struct maker *m, enum breach what)
{
    unsigned align = what == ALIGN_ZERO ? 0 : what == ALIGN_THREE ? 3 : 32;
    put_head(m, what == VERSION_ZERO ? 0 : 3, what == TENSORS_MANY ? 1ull << 60 : 2, 1);
    put_u32(m, "general.alignment", align);
    put_tensor(m, "a", 32, 1, 8, 0); /* 34 bytes, padded to 64 */
    put_str(m, what == NAME_TWICE ? "a" : "b");
    put(m, what == RANK_FIVE ? 5 : what == RANK_HUGE ? 1u << 31 : 2, 4);
    put(m, what == DIMS_NEGATIVE ? UINT64_MAX : what == HALF_BLOCK ? 33 : 32, 8);
    put(m, what == DIMS_WRAP ? 1ull << 60 : 1, 8);
    put(m, what == TENSOR_TYPE ? 99 : 8, 4);
    put(m,
        what == OFFSET_ODD     ? 65
        : what == OFFSET_WRAPS ? UINT64_MAX - 31
        : what == OFFSET_FAR   ? 1ull << 40
        : what == OVERLAP      ? 32
        : what == GAP          ? 128
                               : 64,
        8);
    put_data(m, what == TAIL ? 300 : what == GAP ? 162 : 98, 32);
}

static void each_broken_rule_is_told(void **state)
{
    (void)state;
    static const enum anomaly expected[BREACHES] = {
        [KEYS_MANY] = ANOMALY_TRUNCATED,
        [TENSORS_MANY] = ANOMALY_TRUNCATED,
        [KEY_TWICE] = ANOMALY_GGUF_DUPLICATE,
        [TEXT_LONG] = ANOMALY_MALFORMED,
        [LIST_LONG] = ANOMALY_MALFORMED,
        [LIST_WRAPS] = ANOMALY_MALFORMED,
        [LIST_NESTED] = ANOMALY_MALFORMED,
        [LIST_TYPE] = ANOMALY_MALFORMED,
        [VALUE_TYPE] = ANOMALY_MALFORMED,
        [BOOL_SEVEN] = ANOMALY_MALFORMED,
        [ALIGN_ZERO] = ANOMALY_GGUF_LAYOUT,
        [ALIGN_THREE] = ANOMALY_GGUF_LAYOUT,
        [ALIGN_TEXT] = ANOMALY_MALFORMED,
        [VERSION_ZERO] = ANOMALY_MALFORMED,
        [NAME_TWICE] = ANOMALY_GGUF_DUPLICATE,
        [RANK_FIVE] = ANOMALY_GGUF_LAYOUT,
        [RANK_HUGE] = ANOMALY_GGUF_LAYOUT,
        [TENSOR_TYPE] = ANOMALY_GGUF_LAYOUT,
        [DIMS_WRAP] = ANOMALY_GGUF_LAYOUT,
        [DIMS_NEGATIVE] = ANOMALY_GGUF_LAYOUT,
        [HALF_BLOCK] = ANOMALY_GGUF_LAYOUT,
        [OFFSET_ODD] = ANOMALY_GGUF_LAYOUT,
        [OFFSET_WRAPS] = ANOMALY_GGUF_LAYOUT,
        [OFFSET_FAR] = ANOMALY_TRUNCATED,
        [OVERLAP] = ANOMALY_GGUF_LAYOUT,
        [GAP] = ANOMALY_GGUF_LAYOUT,
        [TAIL] = ANOMALY_TRAILING,
    };
    for (enum breach i = 0; i < BREACHES; i++) {
        struct maker m = {0};
        struct told t;
        bool keys = i == KEYS_MANY || (i >= KEY_TWICE && i <= BOOL_SEVEN) || i == ALIGN_TEXT;
        if (keys)
            break_keys(&m, i);
        else
            break_tensors(&m, i);
        read_made(&t, &m);
        if (!told_anomaly(&t, expected[i])) print_error("breach %d\n", (int)i);
        assert_anomaly(&t, expected[i]);
        told_done(&t);
    }
}

static void lengths_beyond_the_file_are_told(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {100, 1ull << 32, 1ull << 62, UINT64_MAX};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        struct maker m = {0};
        struct told t;
        put_head(&m, 3, 0, 1);
        put(&m, lengths[i], 8);
        buf_str(&m.b, "abcdefgh");
        read_made(&t, &m);
        assert_anomaly(&t, ANOMALY_MALFORMED);
        assert_told(&t, " UNREAD 3 ");
        told_done(&t);
    }
}

static void lists_may_hold_lists(void **state)
{
    (void)state;
    struct maker m = {0};
    struct told t;
    put_head(&m, 3, 0, 2);
    put_str(&m, "k");
    put(&m, 9, 4), put(&m, 9, 4), put(&m, 2, 8);
    put(&m, 8, 4), put(&m, 1, 8), put_str(&m, "deep");
    put(&m, 2, 4), put(&m, 3, 8), put(&m, 0, 6);
    put_text(&m, "after", "text");
    put_data(&m, 0, 32);
    read_made(&t, &m);
    assert_quiet(&t);
    assert_told(&t, " TEXT 1 k=deep");
    assert_told(&t, " TEXT 1 after=text");
    told_done(&t);
}

/* Both texts of a repeated key are handed to the judges, whichever a loader takes. */
static void both_templates_are_read(void **state)
{
    (void)state;
    struct maker m = {0};
    struct told t;
    put_head(&m, 3, 0, 3);
    put_text(&m, "tokenizer.chat_template", "first");
    put_text(&m, "tokenizer.chat_template", "second");
    put_text(&m, "tokenizer.chat_template.tool_use", "third");
    put_data(&m, 0, 32);
    read_made(&t, &m);
    assert_told(&t, " TEXT 0 tokenizer.chat_template=first");
    assert_told(&t, " TEXT 0 tokenizer.chat_template=second");
    assert_told(&t, " TEXT 0 tokenizer.chat_template.tool_use=third");
    assert_anomaly(&t, ANOMALY_GGUF_DUPLICATE);
    told_done(&t);
}

static void sweeps(void **state)
{
    (void)state;
    for (unsigned version = 1; version <= 3; version += 2) {
        struct maker m = {0};
        honest(&m, version);
        sweep_truncation("m.gguf", buf_slice(&m.b));
        sweep_flips("m.gguf", buf_slice(&m.b));
        sweep_memory("m.gguf", buf_slice(&m.b));
        buf_done(&m.b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_is_quiet),
        cmocka_unit_test(each_broken_rule_is_told),
        cmocka_unit_test(lengths_beyond_the_file_are_told),
        cmocka_unit_test(lists_may_hold_lists),
        cmocka_unit_test(both_templates_are_read),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
