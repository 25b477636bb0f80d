/* SPDX-License-Identifier: Apache-2.0 */
/* inject_part.h - what the parts of the injection judge share: index, tokens of a window. */
#pragma once
#include "detect/data/inject_words.h"

#define WINDOW_BEFORE 240u
#define WINDOW_BEHIND 360u
#define OVERLAP       120u /* of windows in a row */
#define WINDOW_MAX    (WINDOW_BEFORE + WINDOW_BEHIND)
#define TOKENS_MAX    200u
#define GRAM_BITS     12u
#define GRAM_FACTOR   0x9e3779b1u
#define GRAM_SHIFT    15

struct inject_gram {
    uint64_t some, mask; /* up to eight bytes of the anchor, from `back` before the gram */
    uint32_t gram;
    uint16_t anchor, shift, next;
    uint8_t back;
};

struct inject {
    bool wide;            /* the machine looks at eight places at once */
    uint8_t bloom[16384]; /* 4-grams at the first three places of the anchors */
    uint16_t gram_heads[1u << GRAM_BITS];
    struct inject_gram *grams; /* 1-based chains */
    uint16_t word_heads[1024];
    uint16_t *word_next;
    uint8_t *word_length; /* without '*' */
};

enum {
    TOKEN_START = 1,   /* a sentence begins here */
    TOKEN_BARRIER = 2, /* phrases do not reach over what is in front of it */
    TOKEN_QUOTED = 4,
    TOKEN_COLON = 8, /* ':' or ',' follows */
};

struct token {
    uint64_t classes;
    uint32_t at, to; /* in the source */
    uint8_t flags;
};

struct window {
    struct slice text; /* the source */
    size_t from, to;
    enum inject_kind kind;
    struct token tokens[TOKENS_MAX];
    size_t count;
    unsigned about; /* words that speak about attacks */
    bool seasoned;  /* the value is a conversation in a chat format from its start */
};

/* The places of a stretch of text whose grams are in the table, and how far they were looked at. */
#define SIEVE_STEP 6144u /* a multiple of 24 */
struct inject_sieve {
    const struct inject *in;
    const struct inject_anchors *known; /* NULL: nothing was found before */
    size_t known_next;
    struct slice text;
    size_t from, to;
    size_t count, next;
    uint16_t places[SIEVE_STEP / 3 + 8]; /* - from; the last ones are written eight at once */
};
void inject_sieve_begin(struct inject_sieve *v, const struct inject *in, struct slice text,
                        const struct inject_anchors *known);
/* Where the next anchor from `at` is, or SIZE_MAX; `at` never decreases. */
size_t inject_sieve_next(struct inject_sieve *v, size_t at, bool *ret_rotated);
/* Is the anchor at s.p[at]? Caseless in ASCII. */
bool inject_fits(struct slice s, size_t at, const char *anchor);
void inject_add_anchor(struct inject *in, size_t anchor, size_t *count);

void inject_tokens(const struct inject *in, struct window *w);
bool inject_weigh(struct window *w, injection_fn *emit, void *ctx);

/* Of the first three bytes; a word of two has 0 for the third. */
static inline uint32_t inject_word_hash(const uint8_t *p, size_t n)
{
    uint32_t v = p[0] | (uint32_t)p[1] << 8 | (n > 2 ? (uint32_t)p[2] << 16 : 0);
    return (v * 0x9e3779b1u) >> 22;
}

static inline uint32_t inject_gram_hash(uint32_t gram)
{
    return ((gram | 0x20202020u) * GRAM_FACTOR) >> GRAM_SHIFT;
}
