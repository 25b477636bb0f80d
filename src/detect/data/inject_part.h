/* SPDX-License-Identifier: Apache-2.0 */
/* inject_part.h - what the parts of the injection judge share: index, tokens of a window. */
#pragma once
#include "detect/data/inject_words.h"

#define WINDOW_BEFORE 320u
#define WINDOW_BEHIND 480u
#define WINDOW_MAX    (WINDOW_BEFORE + WINDOW_BEHIND)
#define TOKENS_MAX    200u
#define GRAM_BITS     12u

struct inject_gram {
    uint16_t anchor, shift, next;
};

struct inject {
    uint8_t bloom[4096]; /* 4-grams at the first three places of the anchors */
    uint16_t gram_heads[1u << GRAM_BITS];
    struct inject_gram *grams; /* 1-based chains */
    uint16_t word_heads[1024];
    uint16_t *word_next;
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

void inject_tokens(const struct inject *in, struct window *w);
void inject_weigh(struct window *w, injection_fn *emit, void *ctx);

static inline uint32_t inject_gram_hash(uint32_t gram)
{
    return ((gram | 0x20202020u) * 0x9e3779b1u) >> 17;
}
