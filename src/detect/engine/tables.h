/* SPDX-License-Identifier: Apache-2.0 */
/* tables.h - the detectors' tables as compiled by tools/gen_detectors.py, for the engine's own
 * files. Why: all that is known about a secret or a number lies in rules/, and costs nothing at
 * start. Owns: constants. */
#pragma once
#include "detect/engine/detector.h"

#define DETECTORS_MAX   384 /* bits of a detector_set */
#define CONTEXT_SLOTS   8192
#define CONTEXT_BLOOM   32768u /* bits; most words of a text end here */
#define LITERAL_BUCKETS 4096u
#define NO_LITERAL      UINT16_MAX
#define CHECK_NAME      24

struct detector_set {
    uint64_t bits[DETECTORS_MAX / 64];
};

enum {
    ROW_NEEDS_WORD = 1, /* bare without a word of its context */
    ROW_LEAD = 2,       /* may begin with one of +(- before the first digit */
    ROW_SECRET = 4,
    ROW_GATED = 16,   /* ordinary texts are full of its form (dates) */
    ROW_SOLID = 8,    /* the value is not random text: no test of entropy */
    ROW_CONTEXT = 32, /* there are words that speak of it */
    ROW_BOTH = 64,    /* one of its forms is known by a text inside it, and needs no word */
};

struct detector_row {
    uint32_t program; /* index into programs[] */
    uint16_t first;   /* set of bytes that a match begins with */
    uint8_t check;    /* index into check_names[]; 0 may be "" */
    uint8_t flags;
};

/* What a cheap look around a literal has to find; see gate.c. */
enum literal_gate {
    GATE_NONE,
    GATE_KEY,
    GATE_CAPITALS,
    GATE_SECRET,
    GATE_EITHER,
    GATE_JWT,
    GATE_CURL
};
enum literal_how { BY_PATTERN, BY_WORD, BY_CODE };
enum code_number { CODE_PEM, CODE_URI, CODE_ASSIGN, CODE_K8S, CODE_GCP_SA, CODE_OCI, CODE_BIP39 };

struct literal {
    uint16_t text; /* place in literal_pool[] */
    uint8_t size;
    bool nocase;
    bool bounded; /* only patterns that begin with it, and with a word */
    uint8_t gate; /* enum literal_gate */
    uint8_t follow_count;
    uint16_t follow; /* index into literal_follows[] */
    uint16_t uses, first_use;
};
struct literal_use {
    uint8_t how;
    uint16_t what;      /* detector, or enum code_number */
    uint16_t low, high; /* bytes of a match before the literal */
};

/* Behind a literal at least `low` bytes of a set, and as many as there are up to `high`. */
struct literal_follow {
    uint16_t set;
    uint8_t low, high;
};

struct context_word {
    uint32_t text; /* folded: place in context_pool[] */
    uint8_t size;  /* 0: an empty slot */
    uint8_t count;
    uint16_t first; /* index into context_lists[]: detectors */
};

extern const struct detector detectors_table[];
extern const struct detector_row detector_rows[];
extern const size_t detectors_count;
extern const char check_names[][CHECK_NAME];
extern const size_t check_names_count;

extern const struct literal literals_table[]; /* sorted; the database knows them by index */
extern const size_t literals_count;
extern const struct literal_use literal_uses[];
extern const struct literal_follow literal_follows[];
extern const char literal_pool[]; /* texts one behind the other */
/* By hash of the first three bytes, folded: the first of a bucket, and the one behind each. */
extern const uint16_t literal_heads[LITERAL_BUCKETS], literal_next[];

/* How many digits (kind 0) or capitals (kind 1) come first, 1..SHAPE_MAX, and what follows. */
#define SHAPE_MAX 24
enum shape_next {
    NEXT_OTHER,
    NEXT_ALNUM,
    NEXT_BLANK,
    NEXT_DASH,
    NEXT_DOT,
    NEXT_SLASH,
    NEXT_SIGN, /* + or ( */
    NEXT_COUNT
};
#define SHAPE_INDEX(kind, n, next) (((kind) * (SHAPE_MAX + 1u) + (n)) * NEXT_COUNT + (next))
#define SHAPES                     (2u * (SHAPE_MAX + 1u) * NEXT_COUNT)
extern const uint16_t shape_at[];
extern const uint16_t shape_lists[];
extern const struct detector_set shape_sets[]; /* the same as shape_lists, by SHAPE_INDEX */

extern const uint16_t token_list[], colon_list[];
extern const uint16_t token_widths[][2]; /* least and most letters and digits that come first */
extern const size_t token_count, colon_count;

extern const struct context_word context_words[CONTEXT_SLOTS]; /* open addressing by FNV-1a */
extern const char context_pool[];
extern const uint16_t context_lists[];
extern const uint64_t context_bloom[];

struct byte_set {
    uint32_t bits[8];
    uint8_t rows[2][16]; /* the same, see sets.c */
};
extern const struct byte_set byte_sets[];
extern const uint16_t alnum_set, token_set; /* letters and digits; and + / - _ */
extern const uint16_t programs[];           /* see pattern.c */

/* Detectors that have a function of their own. */
extern const uint16_t email_detector, card_detector, dob_detector, phone_e164_detector,
    phone_grouped_detector, street_detector, is_secret_generic_assign, is_secret_db_uri,
    is_pii_url_userinfo, is_secret_pem_private_key, is_secret_k8s_secret,
    is_secret_gcp_service_account, is_secret_oci_key, is_secret_bip39;

static inline const char *literal_text(const struct literal *l)
{
    return literal_pool + l->text;
}

static inline const char *context_text(const struct context_word *w)
{
    return context_pool + w->text;
}

static inline bool in_set(uint16_t set, uint8_t c)
{
    return byte_sets[set].bits[c >> 5] >> (c & 31) & 1;
}
/* How many bytes of the set there are from t.p[at] on, up to `most`; at <= t.n. */
size_t set_run(uint16_t set, struct slice t, size_t at, size_t most);
