/* SPDX-License-Identifier: Apache-2.0 */
/* The text engine against the examples of every row, cut at every place, and fed with nonsense. */
#include "../../test.h"
#include "base/st.h"
#include "detect/engine/detector.h"
#include "detect/engine/engine.h"
#include <stdio.h>
#include <time.h>

static const char *examples_path;
static struct engine *engine;

struct told {
    struct hit hits[4000];
    struct mark marks[4000];
    size_t count, mark_count;
};

static void note_hit(void *ctx, const struct hit *h)
{
    struct told *t = ctx;
    assert_true(h->from < h->to);
    if (t->count) assert_true(t->hits[t->count - 1].from <= h->from);
    if (t->count < COUNT_OF(t->hits)) t->hits[t->count++] = *h;
}

static void note_mark(void *ctx, const struct mark *m)
{
    struct told *t = ctx;
    if (t->mark_count < COUNT_OF(t->marks)) t->marks[t->mark_count++] = *m;
}

static void scan(struct slice text, struct told *t)
{
    struct engine_sink sink = {.on_hit = note_hit, .on_mark = note_mark, .ctx = t};
    t->count = t->mark_count = 0;
    engine_scan(engine, text, &sink);
    for (size_t i = 0; i < t->count; i++) assert_true(t->hits[i].to <= text.n);
}

static bool has(const struct told *t, const char *id, enum sureness most)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->hits[i].detector->id, id) == 0 && t->hits[i].sureness <= most) return true;
    return false;
}

static size_t sure_secrets(const struct told *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++)
        n += t->hits[i].sureness == HIT_SURE && t->hits[i].detector->kind == DETECTOR_SECRET;
    return n;
}

static struct told a, b;

#define FINDS(text, id)                     \
    do {                                    \
        scan(S(text), &a);                  \
        assert_true(has(&a, id, HIT_SURE)); \
    } while (0)
#define SILENT(text)                           \
    do {                                       \
        scan(S(text), &a);                     \
        assert_int_equal(sure_secrets(&a), 0); \
    } while (0)

/* ---- examples ---- */

struct example {
    char id[80];
    bool bad;
    uint8_t text[3000];
    size_t n;
};

static int hex_digit(int c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static bool read_example(FILE *f, struct example *e)
{
    static char line[8000];
    if (!fgets(line, sizeof line, f)) return false;
    char *kind = strchr(line, '\t'), *hex = kind ? strchr(kind + 1, '\t') : NULL;
    assert_non_null(hex);
    assert_true((size_t)(kind - line) < sizeof e->id);
    memcpy(e->id, line, (size_t)(kind - line));
    e->id[kind - line] = 0;
    e->bad = kind[1] == 'b';
    for (e->n = 0, hex++; hex[2 * e->n] > ' '; e->n++)
        e->text[e->n] = (uint8_t)(hex_digit(hex[2 * e->n]) << 4 | hex_digit(hex[2 * e->n + 1]));
    return true;
}

/* Every row's two examples: its own detector is sure of the one and nothing is said of the other.
 */
static void examples_of(const char *kind, size_t *ret_seen, size_t *ret_missed)
{
    static struct example e;
    FILE *f = fopen(examples_path, "r");
    assert_non_null(f);
    *ret_seen = *ret_missed = 0;
    while (read_example(f, &e)) {
        if (strncmp(e.id, kind, strlen(kind)) != 0) continue;
        scan(slice_of(e.text, e.n), &a);
        ++*ret_seen;
        if (e.bad ? has(&a, e.id, HIT_SURE) : a.count == 0) continue;
        print_error("%s: %s example: %.*s\n", e.id, e.bad ? "bad" : "good", (int)e.n,
                    (const char *)e.text);
        ++*ret_missed;
    }
    fclose(f);
}

static void examples(void **state)
{
    (void)state;
    size_t secrets, people, missed;
    examples_of("pii.", &people, &missed);
    assert_int_equal(missed, 0);
    examples_of("secret.", &secrets, &missed);
    assert_int_equal(missed, 0);
    assert_int_equal(secrets + people, 2 * detector_count() - 2); /* secret.pkcs12 is no text */
}

static void forms(void **state)
{
    (void)state;
    FINDS("id AKIAYQFODESARIWXLIXQ here", "secret.aws.access_key_id");
    FINDS("DB_PASSWORD=QQI5zde!6nH558A1LfbL\n", "secret.generic.assign");
    FINDS("os.environ[\\\"DB_PASSWORD\\\"] = \\\"qxDAUf7k5HGNBHeNnM6y\\\"\\n",
          "secret.generic.assign");
    FINDS("Use `qxDAUf7k5HGNBHeNnM6y` as the db_password.", "secret.generic.assign");
    FINDS("4012,db_password,\"qxDAUf7k5HGNBHeNnM6y\",2026-01-02", "secret.generic.assign");
    FINDS("pwd = QQI5zde!6nH558A1LfbL\n", "secret.generic.assign");
    FINDS("{\"userPwd\": \"QQI5zde!6nH558A1LfbL\"}\n", "secret.generic.assign");
    FINDS("conn: Server=db;Uid=app;Pwd=sommer2024;Encrypt=yes\n", "secret.odbc");
    FINDS("postgresql://app:mDu2mVfrHdy6Pa@db.internal.net:5432/prod", "secret.db_uri");
    FINDS("see https://bob:mDu2mVfrHdy6Pa@git.corp.net/x", "pii.url.userinfo");
    FINDS("{\"username\":\"jdoe\",\"key\":\"0851fddac640dac7764f6a15250d91d6\"}", "secret.kaggle");
    FINDS("VALUE=dnXRIL3rAVgd5mFVj7nsCuYKt8c8ubKKPDHIg37lExsYyv4G6SNr"
          "JQQJ99Ouya4FxR6NZRVzCMt4A4aD5YAZDO2fIB",
          "secret.azure.devops_pat");
    FINDS("my wandb key is 096b6bd94a79129f03884c237e1b543a8c515358 ok", "secret.wandb.legacy");
    FINDS("{\"a\": \"x\\n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\"}", "secret.huggingface");
    FINDS("apiVersion: v1\nkind: Secret\ndata:\n  token: c3VwZXJzZWNyZXQxMjM0NQ==\n",
          "secret.k8s.secret");
    FINDS("-----BEGIN EC PRIVATE "
          "KEY-----\nMHcCAQEEIBpuVt7kQm3xY0lqYc2rW8nD5uZs1fHj9aTgE4oXvR6LoAoGCCqGSM49\n"
          "AwEHoUQDQgAEx1k2vQm8Zt0pL5yR7wN3hJ6dS4gF9aC2bE8uT1iO0kP7mV5nX3sYqW6r\n-----END EC "
          "PRIVATE KEY-----\n",
          "secret.pem.private_key");
}

/* A word of nothing but names of secrets is looked at once, and not from each of them. */
static void names_without_end(void **state)
{
    (void)state;
    static char text[9 * 200000 + 64];
    size_t n = 0;
    for (size_t i = 0; i < 200000; i++, n += 9) memcpy(text + n, "password=", 9);
    memcpy(text + n, "\nDB_PASSWORD=QQI5zde!6nH558A1LfbL\n", 34);
    clock_t from = clock();
    scan(slice_of(text, n + 34), &a);
    assert_true((double)(clock() - from) / CLOCKS_PER_SEC < 8);
    assert_true(has(&a, "secret.generic.assign", HIT_SURE));
}

/* has the form of a token of Facebook */
#define LONG_EAA                                                             \
    "EAAnQvWys81vp7hB1dx8PpD5KHXe3PYiGkPAuNaRL63xYKwzEInncIIA3ANxN9K3KSU9Mi" \
    "4roNL89sM995YTBXaK7JQEVT0mlAmrtVETW0TesULeetLDQ8B8vW2ZBjyaXYl1AcCtLn99MHw"

static void silence(void **state)
{
    (void)state;
    SILENT("api_key: \"${API_KEY}\"\n");
    SILENT("password = \"<your-password-here>\"\n");
    SILENT("token = os.environ.get(\"HF_TOKEN\")\n");
    SILENT("aws_key = ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
    SILENT("aws_secret_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n");
    SILENT("commit: 4c3cdfc08bcbde7ee9801bfb2f8d4c34e74e79b3\n");
    SILENT("integrity: "
           "sha512-CjiOcP1QC+xNC6Y/lixxpPH5YBojoMVef/G6zxz6zjfGlC94iTufHoIPjwAr0aPUmypKuET5Pt6Te/"
           "Ttg/2fVw==\n");
    SILENT("{\"username\":\"jdoe\",\"etag\":\"0851fddac640dac7764f6a15250d91d6\"}");
    SILENT("secret_name: validation_group_identifier\n");
    SILENT("secret = production-database-password\n");
    SILENT("aws_id = AKIA3LVSLL36ALQQW2G6C2SYFQANBHCJKN\n");
    SILENT("stripe_key = pk_live_TsprN96J4Bugjb7CXv5Sbpo6\n");
    SILENT(
        "savepassword=Zapami\\u0119ta\\u0107 has\\u0142o\npassword=\\u30d1\\u30b9\\u30ef\\u30fc\n");
    SILENT("<a href=\"fts5.html#tokenizers\">fts5.html#tokenizers</a>");
    SILENT("KEYWORD_REGEXP = f\"({'|'.join(COLUMN_TIME_KEYWORDS)})[0-9]+\"\n");
    SILENT("d('AAHg/" LONG_EAA "/QBR9B')\n");
    FINDS("t('" LONG_EAA "')\n", "secret.facebook");
    SILENT("smod = SVAR(sim, A=A_pass, B=B_pass1)\n");
    SILENT("password_file = /run/secrets/db_password\n");
    SILENT("tokenizer: \"meta-llama/Llama-3.2-1B\"\nmax_tokens: 4096\npad_token: <pad>\n");
    SILENT("postgres://user:password@localhost/db\n");
    SILENT("PWD=/home/app/data0/set1\nOLDPWD=/srv/a1B2\n");
    SILENT("pwd = os.path.dirname(os.path.abspath(__file__))\n");
}

static void wrong_crc_is_weak(void **state)
{
    (void)state;
    scan(S("GITHUB_TOKEN=ghp_7ODWU6blyV9JTrwQbRLaS2p12vOVxV3fy6q0\n"), &a);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.hits[0].sureness, HIT_WEAK);
    FINDS("GITHUB_TOKEN=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\n", "secret.github.classic");
}

/* ---- streams ---- */

static void same(const struct told *x, const struct told *y, size_t cut)
{
    if (x->count != y->count) fail_msg("cut at %zu: %zu hits, not %zu", cut, y->count, x->count);
    for (size_t i = 0; i < x->count; i++) {
        assert_ptr_equal(x->hits[i].detector, y->hits[i].detector);
        assert_int_equal(x->hits[i].from, y->hits[i].from);
        assert_int_equal(x->hits[i].to, y->hits[i].to);
        assert_int_equal(x->hits[i].sureness, y->hits[i].sureness);
        assert_int_equal(x->hits[i].severity, y->hits[i].severity);
    }
    assert_int_equal(x->mark_count, y->mark_count);
    for (size_t i = 0; i < x->mark_count; i++) {
        assert_int_equal(x->marks[i].kind, y->marks[i].kind);
        assert_int_equal(x->marks[i].from, y->marks[i].from);
        assert_int_equal(x->marks[i].to, y->marks[i].to);
    }
}

static size_t all_examples(uint8_t *out, size_t room)
{
    static struct example e;
    size_t n = 0;
    FILE *f = fopen(examples_path, "r");
    assert_non_null(f);
    while (read_example(f, &e) && n + e.n + 1 < room) {
        memcpy(out + n, e.text, e.n);
        n += e.n;
        out[n++] = '\n';
    }
    fclose(f);
    return n;
}

/* All examples, twice, in one text: in pieces of one size, and cut in two at every place around the
 * one from which on a stream begins to look. */
static void every_split(void **state)
{
    (void)state;
    static uint8_t text[200000];
    size_t n = all_examples(text, sizeof text / 2);
    memcpy(text + n, text, n);
    n *= 2;
    assert_true(n > 4 * ENGINE_WINDOW);
    scan(slice_of(text, n), &a);
    assert_true(a.count > 300);
    struct engine_sink sink = {.on_hit = note_hit, .on_mark = note_mark, .ctx = &b};
    struct engine_stream *s = engine_stream_new(engine, &sink);
    assert_non_null(s);
    static const size_t pieces[] = {1, 3, 7, 64, 255, 256, 257, 1000, 4096, 16384, 40000};
    for (size_t k = 0; k < COUNT_OF(pieces); k++) {
        b.count = b.mark_count = 0;
        for (size_t at = 0; at < n; at += pieces[k])
            engine_feed(s, slice_sub(slice_of(text, n), at, pieces[k]));
        engine_finish(s);
        same(&a, &b, pieces[k]);
    }
    for (size_t from = 0; from + 20000 < n; from += 30000) {
        struct slice part = slice_of(text + from, 20000);
        scan(part, &a);
        assert_true(a.count > 50);
        for (size_t cut = 0; cut <= part.n; cut += cut / 300 == ENGINE_WINDOW / 300 ? 1 : 211) {
            b.count = b.mark_count = 0;
            engine_feed(s, slice_sub(part, 0, cut));
            engine_feed(s, slice_sub(part, cut, part.n));
            engine_finish(s);
            same(&a, &b, cut);
        }
    }
    engine_stream_free(s);
}

/* ---- long keys ---- */

/* `n` characters of base64 in lines of 64, beginning as DER does. */
static size_t key_body(char *out, size_t n)
{
    static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t x = 12345;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && i % 64 == 0) out[at++] = '\n';
        x = x * 1664525u + 1013904223u;
        out[at++] = i < 4 ? "MIIJ"[i] : set[x >> 26];
    }
    return at;
}

/* Told from its first line to its last, or what is left of it in a redacted copy is a part of it.
 */
static void long_private_key(void **state)
{
    (void)state;
    static char text[16000];
    static const size_t sizes[] = {1600, 3166, 6300, 12500}; /* RSA of 2048 to 16384 bits */
    for (size_t k = 0; k < COUNT_OF(sizes); k++) {
        size_t n = 28;
        memcpy(text, "-----BEGIN PRIVATE KEY-----\n", n);
        n += key_body(text + n, sizes[k]);
        memcpy(text + n, "\n-----END PRIVATE KEY-----\nend\n", 32);
        scan(slice_of(text, n + 31), &a);
        assert_int_equal(a.count, 1);
        assert_string_equal(a.hits[0].detector->id, "secret.pem.private_key");
        assert_int_equal(a.hits[0].from, 0);
        assert_int_equal(a.hits[0].to, n + 26);
    }
    /* the same in base64, as a kubeconfig or a Secret holds it */
    size_t n = 60;
    memcpy(text, "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUpRZ0lCQURBTkJna3Fo", n);
    for (size_t i = n; i < 9000; i++)
        text[i] = "QWERTYUIOPasdfghjklzxcvbnm1234567890"[i * i % 37 % 36];
    text[9000] = '\n';
    scan(slice_of(text, 9001), &a);
    assert_true(has(&a, "secret.pem.private_key", HIT_SURE));
    assert_int_equal(a.hits[0].to, 9000);
}

/* A stream whose views are scanned by the same engine between its pieces (as detect/data does), and
 * two streams at once: neither hears of the other texts. */
static void texts_between(void **state)
{
    (void)state;
    static uint8_t quiet[200000];
    struct slice key = S("my wandb key is 096b6bd94a79129f03884c237e1b543a8c515358 ok\n");
    for (size_t i = 0; i < sizeof quiet; i++) quiet[i] = (uint8_t) "no run "[i % 7];
    struct slice text = slice_of(quiet, sizeof quiet);
    struct engine_sink sink = {.on_hit = note_hit, .ctx = &a},
                       other = {.on_hit = note_hit, .ctx = &b};
    struct engine_stream *s = engine_stream_new(engine, &sink),
                         *t = engine_stream_new(engine, &other);
    assert_non_null(s);
    assert_non_null(t);
    a.count = b.count = 0;
    engine_feed(s, slice_sub(text, 0, 50000));
    engine_scan(engine, text, &other);
    engine_feed(s, key);
    engine_feed(t, text);
    engine_finish(s);
    engine_feed(t, key);
    engine_finish(t);
    assert_int_equal(a.count, 1);
    assert_int_equal(a.hits[0].from, 50000 + 16);
    assert_int_equal(b.count, 1);
    assert_true(has(&a, "secret.wandb.legacy", HIT_SURE) &&
                has(&b, "secret.wandb.legacy", HIT_SURE));
    engine_stream_free(s);
    engine_stream_free(t);
}

/* The table and the database must find the same literals: a long text goes through the database. */
static void table_and_database(void **state)
{
    (void)state;
    static uint8_t text[200000];
    size_t n = all_examples(text, sizeof text), pieces = 0;
    scan(slice_of(text, sizeof text), &a); /* now `engine` has its database */
    for (size_t at = 0; at < n; at += 30000, pieces++) {
        struct slice part = slice_sub(slice_of(text, n), at, 30000);
        struct engine *fresh = engine_new(), *old = engine;
        assert_non_null(fresh);
        scan(part, &a);
        engine = fresh;
        scan(part, &b);
        engine = old;
        assert_true(a.count > 50 || part.n < 10000);
        same(&a, &b, at);
        engine_free(fresh);
    }
    assert_true(pieces > 1);
}

/* ---- nonsense ---- */

static void nonsense(void **state)
{
    (void)state;
    static const char *const pieces[] = {"AKIA",
                                         "ghp_",
                                         "@",
                                         "a@",
                                         "-----BEGIN ",
                                         "eyJ",
                                         "secret=",
                                         "://",
                                         "a://b:c@",
                                         "1-2-3-",
                                         "kind: Secret\ndata:\n",
                                         ":",
                                         "aa:",
                                         "9",
                                         "1 ",
                                         "\\u00",
                                         "%41",
                                         "\x80",
                                         "\x01",
                                         "mnemonic ",
                                         "wandb ",
                                         "sk-proj-",
                                         "\"auth\":",
                                         "+1 (",
                                         "AA 12 34 "};
    static uint8_t text[40000];
    for (size_t k = 0; k < COUNT_OF(pieces); k++) {
        size_t n = strlen(pieces[k]);
        for (size_t i = 0; i < sizeof text; i++) text[i] = (uint8_t)pieces[k][i % n];
        for (size_t cut = sizeof text - 3; cut <= sizeof text; cut++) scan(slice_of(text, cut), &a);
    }
    uint64_t x = 88172645463325252u;
    for (int round = 0; round < 40; round++) {
        for (size_t i = 0; i < sizeof text; i++) {
            x ^= x << 13, x ^= x >> 7, x ^= x << 17;
            text[i] = round % 2 ? (uint8_t)x : (uint8_t)(32 + x % 95);
        }
        scan(slice_of(text, sizeof text), &a);
    }
    scan((struct slice){0}, &a);
    assert_int_equal(a.count, 0);
}

static void marks(void **state)
{
    (void)state;
    scan(S("x 0123456789abcdef0123456789abcdef y \xd0\x9f\xd1\x80 %41%42%43 \x01 "
           "QUJDREVGR0hJSktMTU5PUFFSU1Q= z"),
         &a);
    unsigned kinds = 0;
    for (size_t i = 0; i < a.mark_count; i++) {
        kinds |= 1u << a.marks[i].kind;
        if (i) assert_true(a.marks[i - 1].from <= a.marks[i].from);
    }
    assert_int_equal(kinds, 31);
}

static void detectors(void **state)
{
    (void)state;
    assert_int_equal(detector_count(), 330);
    for (size_t i = 0; i < detector_count(); i++)
        assert_ptr_equal(detector_find(slice_str(detector_at(i)->id)), detector_at(i));
    assert_null(detector_find(S("secret.nothing")));
    const struct detector *d = detector_find(S("pii.us.ssn"));
    assert_true(detector_context(d, S("customer_ssn")));
    assert_true(detector_context(d, S("customerSsn")));
    assert_true(detector_context(d, S("SSN:")));
    assert_false(detector_context(d, S("lesson")));
    assert_true(detector_context(detector_find(S("secret.groq")), S("x")) == false);
    assert_true(detector_context(detector_find(S("secret.cohere")), S("COHERE_API_KEY")));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples),
        cmocka_unit_test(forms),
        cmocka_unit_test(silence),
        cmocka_unit_test(names_without_end),
        cmocka_unit_test(wrong_crc_is_weak),
        cmocka_unit_test(every_split),
        cmocka_unit_test(long_private_key),
        cmocka_unit_test(texts_between),
        cmocka_unit_test(table_and_database),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(marks),
        cmocka_unit_test(detectors),
    };
    if (argc < 2) return 1;
    examples_path = argv[1];
    engine = engine_new();
    int failed = engine ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
    engine_free(engine);
    return failed;
}
