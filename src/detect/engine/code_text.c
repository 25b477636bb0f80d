/* SPDX-License-Identifier: Apache-2.0 */
/* code_text.c - secrets that are a piece of structured text: PEM, Kubernetes, service accounts. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/check/words.h"
#include "detect/engine/part.h"

static void add(struct search *s, const struct view *v, unsigned d, size_t from, size_t to,
                enum severity sev)
{
    struct waiting w = {.hit = {.detector = &detectors_table[d],
                                .from = v->base + from,
                                .to = v->base + to,
                                .sureness = HIT_SURE,
                                .severity = sev},
                        .score = 9600};
    hits_add(&s->hits, &w);
}

/* ---- PEM ---- */

#define LETTERS_LEAST 40u /* of base64; less is no key */

struct pem_body {
    size_t to;          /* behind the END line, or behind the last base64 */
    size_t letters;     /* of base64 */
    struct slice first; /* the first run of base64 */
    bool encrypted, headers;
    bool open; /* it reaches the end of the text */
};

static bool is_base64(uint8_t c)
{
    return ascii_alnum(c) || c == '+' || c == '/' || c == '=';
}

/* Lines of base64 up to the END line, or to another first line; line ends may be written as \n. */
static void read_pem(struct slice t, size_t at, struct pem_body *b)
{
    *b = (struct pem_body){.to = at};
    struct slice rest = slice_sub(t, at, t.n);
    size_t stop = slice_find(rest, S("-----"));
    size_t end = stop == SIZE_MAX ? t.n : at + stop;
    b->encrypted = slice_has(slice_sub(t, at, 200), S("ENCRYPTED"));
    size_t i = at;
    while (i < end) {
        if (t.p[i] == '\\' && i + 1 < end) {
            i += 2;
            continue;
        }
        if (!is_base64(t.p[i])) {
            if (t.p[i] == ':') b->headers = true;
            if (t.p[i] >= 0x80 || t.p[i] == '<' || t.p[i] == '{') break;
            i++;
            continue;
        }
        size_t from = i;
        while (i < end && is_base64(t.p[i])) i++;
        if (!b->first.n && i - from >= 16) b->first = slice_sub(t, from, i - from);
        b->letters += i - from;
        b->to = i;
    }
    bool ended = stop != SIZE_MAX && t.n - end >= 8 + 60 + 5;
    b->open = !ended && (i == end || b->letters >= LETTERS_LEAST);
    if (stop == SIZE_MAX || !slice_starts(slice_sub(t, end, 8), S("-----END"))) return;
    struct slice tail = slice_sub(t, end + 8, 60);
    size_t dashes = slice_find(tail, S("-----"));
    b->to = dashes == SIZE_MAX ? end : end + 8 + dashes + 5;
}

static bool looks_like_key(struct slice first, bool pgp)
{
    if (pgp) return first.n >= 16;
    /* DER: SEQUENCE; or openssh-key-v1 */
    bool der = first.n >= 16 && first.p[0] == 'M';
    return (der || slice_starts(first, S("b3BlbnNzaC1rZXk"))) &&
           !doubt_repetitive(slice_sub(first, 0, 64));
}

static void base64_of_pem(struct search *s, const struct view *v, size_t end)
{
    struct slice t = v->text;
    size_t from = end - 14, to = end;
    if (v->base + from < s->pem_done) return;
    while (to < t.n && is_base64(t.p[to])) to++;
    if (to == t.n) find_wait(s, v, from);
    s->pem_done = v->base + to;
    struct slice run = slice_sub(t, from, to - from);
    /* "PRIVATE KEY" at each of the three ways in which base64 can lie over it */
    if (run.n < 120 ||
        !(slice_has(run, S("UFJJVkFURSBLRV")) || slice_has(run, S("BSSVZBVEUgS0VZ")) ||
          slice_has(run, S("QUklWQVRFIEtFW"))))
        return;
    add(s, v, is_secret_pem_private_key, from, to, SEV_CRITICAL);
}

void code_pem(struct search *s, const struct view *v, size_t end)
{
    struct slice t = v->text;
    if (t.p[end - 1] == 'i') {
        base64_of_pem(s, v, end);
        return;
    }
    struct slice head = slice_sub(t, end, 40);
    size_t dashes = slice_find(head, S("-----"));
    if (head.n < 40) find_wait(s, v, end - 11);
    if (dashes == SIZE_MAX) return;
    struct slice name = slice_sub(head, 0, dashes);
    if (!slice_has(name, S("PRIVATE KEY"))) return;
    struct pem_body b;
    read_pem(t, end + dashes + 5, &b);
    bool encrypted = b.encrypted || slice_has(name, S("ENCRYPTED"));
    bool none = !encrypted && b.first.n && b.first.p + b.first.n < t.p + t.n &&
                !looks_like_key(b.first, slice_has(name, S("PGP")));
    if (b.open && !none) find_wait(s, v, end - 11);
    if (b.letters < LETTERS_LEAST) return;
    if (!encrypted && !looks_like_key(b.first, slice_has(name, S("PGP")))) return;
    add(s, v, is_secret_pem_private_key, end - 11, b.to, encrypted ? SEV_MEDIUM : SEV_CRITICAL);
}

/* ---- a Kubernetes Secret ---- */

static struct slice next_line(struct slice t, size_t *at)
{
    struct slice rest = slice_sub(t, *at, t.n);
    size_t nl = slice_find_byte(rest, '\n');
    struct slice line = slice_sub(rest, 0, nl);
    *at += nl == SIZE_MAX ? rest.n : nl + 1;
    return line;
}

/* key: value, where the value is base64 (data) or anything (stringData). */
static bool is_secret_line(struct slice line, bool plain, struct slice *ret)
{
    size_t colon = slice_find_byte(line, ':');
    if (colon == SIZE_MAX) return false;
    struct slice value = slice_trim(slice_sub(line, colon + 1, line.n));
    if (value.n >= 2 && (value.p[0] == '"' || value.p[0] == '\''))
        value = slice_sub(value, 1, value.n - 2);
    if (value.n < 6 || doubt_placeholder(value) || value.p[0] == '|') return false;
    for (size_t i = 0; i < value.n && !plain; i++)
        if (!is_base64(value.p[i])) return false;
    *ret = value;
    return plain || value.n % 4 == 0;
}

static void kubernetes(struct search *s, const struct view *v, size_t end)
{
    struct slice t = v->text, value;
    if (end < t.n && t.p[end] > ' ') return; /* SecretStore, SecretList */
    struct slice ahead = slice_sub(t, end, 2000);
    if (slice_has(ahead, S("sops:")) || slice_has(ahead, S("ENC[")) ||
        slice_has(ahead, S("encryptedData")))
        return;
    bool inside = false, plain = false;
    if (t.n - end < 2000) find_wait(s, v, t.n);
    for (size_t at = end; at < t.n && at - end < 2000;) {
        struct slice line = next_line(t, &at);
        if (at == t.n && inside) find_wait(s, v, (size_t)(line.p - t.p));
        if (slice_starts(line, S("---")) || slice_starts(line, S("kind:"))) return;
        if (slice_starts(line, S("data:")) || slice_starts(line, S("stringData:"))) {
            inside = true;
            plain = line.p[0] == 's';
        } else if (line.n && line.p[0] > ' ') {
            inside = false;
        } else if (inside && is_secret_line(line, plain, &value)) {
            size_t from = (size_t)(value.p - t.p);
            add(s, v, is_secret_k8s_secret, from, from + value.n, SEV_HIGH);
        }
    }
}

/* ---- marks that need a private key beside them ---- */

static bool lacks_key(const struct view *v, size_t end)
{
    return v->text.n - end < AHEAD && !slice_has(v->text, S("PRIVATE KEY-----"));
}

static void with_key(struct search *s, const struct view *v, unsigned d, size_t end,
                     struct slice literal)
{
    if (lacks_key(v, end)) find_wait(s, v, end - literal.n);
    if (!slice_has(v->text, S("PRIVATE KEY-----"))) return;
    add(s, v, d, end - literal.n, end, detectors_table[d].severity);
}

/* ---- a recovery phrase ---- */

#define PHRASE_WORDS 24u
#define PHRASE_BYTES 320u

/* Of a text that goes on: from which word on are all of them in the list? */
static void wait_for_phrase(struct search *s, const struct view *v, const size_t *starts,
                            const size_t *ends, size_t n)
{
    size_t first = n;
    while (first > 0) {
        struct slice w = slice_sub(v->text, starts[first - 1], ends[first - 1] - starts[first - 1]);
        bool whole = ends[first - 1] < v->text.n;
        if (whole && words_find(&words_bip39, w) == SIZE_MAX) break;
        first--;
    }
    find_wait(s, v, first < n && first < 12 ? starts[first] : v->text.n);
}

/* Words of 3 to 8 letters with one blank or comma between; the phrase may be quoted. */
static void recovery_phrase(struct search *s, const struct view *v, size_t end)
{
    struct slice t = v->text;
    check_fn *check = s->checks[detector_rows[is_secret_bip39].check];
    size_t starts[64], ends[64], n = 0, limit = end + PHRASE_BYTES + 60;
    for (size_t i = end; i < t.n && i < limit && n < COUNT_OF(starts);) {
        if (!ascii_lower(t.p[i])) {
            i++;
            continue;
        }
        starts[n] = i;
        while (i < t.n && ascii_lower(t.p[i])) i++;
        ends[n++] = i;
    }
    if (n < COUNT_OF(starts) && t.n < limit) wait_for_phrase(s, v, starts, ends, n);
    static const size_t sizes[] = {24, 21, 18, 15, 12};
    for (size_t i = 0; check && i < n && i < 12; i++) {
        if (v->base + starts[i] < s->phrase_done) continue; /* tried for a word before */
        s->phrase_done = v->base + starts[i] + 1;
        for (size_t k = 0; k < COUNT_OF(sizes); k++) {
            size_t last = i + sizes[k] - 1;
            if (last >= n) continue;
            struct slice phrase = slice_sub(t, starts[i], ends[last] - starts[i]);
            enum check_result r = check(phrase);
            if (r == CHECK_BAD) continue;
            struct match m = {starts[i], ends[last], starts[i], ends[last]};
            find_consider(s, v, is_secret_bip39, &m, FOUND_WORDED);
            return;
        }
    }
}

void code_text_others(struct search *s, const struct view *v, unsigned code, size_t end)
{
    if (code == CODE_K8S) kubernetes(s, v, end);
    if (code == CODE_GCP_SA)
        with_key(s, v, is_secret_gcp_service_account, end, S("\"service_account\""));
    if (code == CODE_OCI) with_key(s, v, is_secret_oci_key, end, S("ocid1.tenancy."));
    if (code == CODE_BIP39) recovery_phrase(s, v, end);
}

void code_run(struct search *s, const struct view *v, unsigned code, size_t end)
{
    switch ((enum code_number)code) {
    case CODE_PEM: code_pem(s, v, end); break;
    case CODE_URI: code_uri(s, v, end); break;
    case CODE_ASSIGN: code_assign(s, v, end); break;
    case CODE_K8S:
    case CODE_GCP_SA:
    case CODE_OCI:
    case CODE_BIP39: code_text_others(s, v, code, end); break;
    }
}
