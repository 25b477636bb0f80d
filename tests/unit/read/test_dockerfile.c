/* SPDX-License-Identifier: Apache-2.0 */
/* Dockerfiles as BuildKit reads them. */
#include "told_code.h"

static void instructions(void **state)
{
    (void)state;
    told_code_is("Dockerfile",
                 "ARG V=3.11\nFROM --platform=linux/amd64 python:${V} AS b\nUSER $U\n",
                 "1:1 .{}\n1:1 .instruction=ARG\n1:4 .pairs{}\n1:4 .pairs.V=\"3.11\"\n"
                 "2:1 .{}\n2:1 .instruction=FROM\n2:5 .flags[]\n"
                 "2:5 .flags[0]=\"--platform=linux/amd64\"\n2:5 .words[]\n"
                 "2:5 .words[0]=\"python:3.11\"\n2:5 .words[1]=\"AS\"\n2:5 .words[2]=\"b\"\n"
                 "2:5 .base=image\n3:1 .{}\n3:1 .instruction=USER\n3:1 .stage=0\n"
                 "3:5 .flags[]\n3:5 .words[]\n3:5 .words[0]=\"$U\"\n");
}

/* Only the commands of what a Dockerfile tells. */
static void commands(const char *text, const char *want)
{
    struct told_code t;
    struct buf b;
    assert_int_equal(told_code_read(&t, "Dockerfile", slice_str(text), (size_t)8 << 20), ST_OK);
    buf_init(&b, 1u << 16);
    struct slice rest = buf_slice(&t.text), line;
    while (slice_split(&rest, '\n', &line)) {
        if (!slice_has(line, S("$ "))) continue;
        buf_add(&b, line);
        buf_byte(&b, '\n');
    }
    assert_string_equal(buf_text(&b), want);
    buf_done(&b);
    told_code_done(&t);
}

static void runs(void **state)
{
    (void)state;
    commands("FROM a\nRUN b \\\n  # c\n\n  && d\nRUN [\"e\", \"f g\"]\n",
             "2:1 $ b\n5:6 $ d\n6:1 $ e|f g\n");
    commands("FROM a\nRUN --mount=type=cache,target=/x \\\n pip install y\n",
             "3:1 $ pip|install|y\n");
    commands("FROM a\nRUN <<EOF\nb\nc | d\nEOF\nRUN cat <<X > y && e\nf\nX\n",
             "3:1 $ b\n4:1 $ c\n4:5 <$ d\n6:1 $ cat\n6:16 $ e\n");
    commands("FROM a\nRUN echo $((1<<2)) && b\nRUN c\n",
             "2:1 $ echo|$((1<<2))\n2:19 $ b\n3:1 $ c\n");
    commands("# escape=`\nFROM a\nRUN b `\n  c\n", "3:1 $ b|c\n");
    commands("FROM a\nONBUILD RUN b\nHEALTHCHECK --interval=5s CMD curl x\n",
             "2:1 $ b\n3:1 $ curl|x\n");
}

static void starts(void **state)
{
    (void)state;
    commands("FROM a\nENTRYPOINT [\"b\", \\\n \"c\"]\nCMD [\"-d\"]\n", "2:1 $ b|c|-d\n");
    commands("FROM x/vllm-openai:v1\nCMD [\"--port\", \"1\"]\n", "2:1 $ vllm-openai|--port|1\n");
    commands("FROM a\nCMD b c\n", "2:1 $ b|c\n");
    commands("FROM a AS m\nCMD [\"n\"]\nFROM b\nCMD [\"o\"]\n", "2:1 $ n\n4:1 $ o\n");
}

static const char sample[] =
    "# escape=\\\nARG A=b\nFROM x:$A AS y\nENV C=\"d\" \\\n  E=f\nRUN a <<Z \\\n"
    " && b\nc\nZ\nENTRYPOINT [\"g\", \"h\"]\nCMD [\"i\"]\nONBUILD RUN j\n";

static void truncated_and_flipped(void **state)
{
    (void)state;
    char text[sizeof sample];
    for (size_t n = 0; n < sizeof sample - 1; n++)
        for (unsigned bit = 0; bit < 9; bit++) {
            struct told_code t;
            memcpy(text, sample, sizeof text);
            if (bit < 8) text[n] = (char)(text[n] ^ 1 << bit);
            struct slice bytes = slice_of(text, bit < 8 ? sizeof sample - 1 : n);
            assert_int_equal(told_code_read(&t, "Dockerfile", bytes, (size_t)8 << 20), ST_OK);
            told_code_done(&t);
        }
}

static void memory(void **state)
{
    (void)state;
    size_t refused = 0;
    for (size_t cap = 0; cap < 80000; cap += 97) {
        struct told_code t;
        enum st st = told_code_read(&t, "Dockerfile", slice_str(sample), cap);
        assert_true(st == ST_OK || st == ST_NOMEM);
        refused += st == ST_NOMEM || t.unread;
        told_code_done(&t);
    }
    assert_true(refused > 5);
}

static void hostile(void **state)
{
    (void)state;
    static const char *const pieces[] = {"RUN a <<E\n",   "RUN a \\\n",    "ENV A=$A$A\n",    "a ",
                                         "FROM x AS y\n", "CMD [\"a\"]\n", "ENV a=b c=d \\\n"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct told_code t;
        struct buf b;
        buf_init(&b, (size_t)1 << 20);
        buf_str(&b, "FROM a\nRUN ");
        while (b.n < 200000) buf_str(&b, pieces[i]);
        enum st st = told_code_read(&t, "Dockerfile", buf_slice(&b), (size_t)256 << 20);
        assert_int_equal(st, ST_OK);
        told_code_done(&t);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instructions), cmocka_unit_test(runs),
        cmocka_unit_test(starts),       cmocka_unit_test(truncated_and_flipped),
        cmocka_unit_test(memory),       cmocka_unit_test(hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
