/* SPDX-License-Identifier: Apache-2.0 */
/* inject_words.h - the vocabulary: words to classes, phrases of classes to weights; private to
 * inject*.c. Words are folded (lower case, no accents); '*' at the end: any ending. */
#pragma once
#include "detect/data/inject.h"

#define W_IGNORE  (1ull << 0)  /* ignore, forget, override */
#define W_PREV    (1ull << 1)  /* previous, above, earlier */
#define W_ALL     (1ull << 2)  /* all, every, everything */
#define W_ORDER   (1ull << 3)  /* instructions, rules, prompt */
#define W_YOUR    (1ull << 4)  /* your */
#define W_TOLD    (1ull << 5)  /* told, said, learned */
#define W_REVEAL  (1ull << 6)  /* print, repeat, reveal */
#define W_SYSTEM  (1ull << 7)  /* system, hidden, initial */
#define W_MODEL   (1ull << 8)  /* assistant, AI, LLM */
#define W_NOT     (1ull << 9)  /* not, never, without */
#define W_TELL    (1ull << 10) /* tell, mention, inform */
#define W_USER    (1ull << 11) /* user, human, reader */
#define W_WHEN    (1ull << 12) /* when, if, whenever */
#define W_ASK     (1ull << 13) /* asks, requests */
#define W_SAY     (1ull << 14) /* say, reply, recommend */
#define W_NOW     (1ull << 15) /* now */
#define W_YOU     (1ull << 16)
#define W_FREE    (1ull << 17) /* unrestricted, DAN, jailbroken */
#define W_NEW     (1ull << 18)
#define W_FOLLOW  (1ull << 19) /* follow, obey, comply */
#define W_SEND    (1ull << 20) /* send, forward, upload */
#define W_CHAT    (1ull << 21) /* conversation, history, context */
#define W_SECRET  (1ull << 22) /* password, credentials, keys */
#define W_PLACE   (1ull << 23) /* a URL or an e-mail address */
#define W_TOOL    (1ull << 24) /* tool, function, plugin */
#define W_CALL    (1ull << 25) /* call, invoke, execute */
#define W_STEALTH (1ull << 26) /* silently, secretly, immediately */
#define W_KEEP    (1ull << 27) /* remember, save, store */
#define W_FUTURE  (1ull << 28) /* future, subsequent, from now on */
#define W_ANSWER  (1ull << 29) /* answers, responses, conversations */
#define W_THIS    (1ull << 30)
#define W_READ    (1ull << 31) /* summarising, processing, reading */
#define W_PAGE    (1ull << 32) /* page, document, e-mail */
#define W_TO      (1ull << 33) /* to, for */
#define W_NOTE    (1ull << 34) /* note, attention, message, instructions */
#define W_ABOUT   (1ull << 35) /* attack, injection, example: a text about it */
#define W_MY      (1ull << 36) /* my, our: of people */
#define W_MUST    (1ull << 37) /* must, should, please: may stand before an order */
#define W_ARE     (1ull << 38)
#define W_STOP    (1ull << 39) /* stop, cease, quit */
#define W_INSTEAD (1ull << 40)
#define W_WORDS   (1ull << 41) /* words, text, everything */
#define W_EXACT   (1ull << 42) /* verbatim, exactly, in full */
#define W_MODE    (1ull << 43) /* mode */
#define W_MEMORY  (1ull << 44)
#define W_TURN    (1ull << 45) /* a control token that opens a turn of the system */
#define W_TOKEN   (1ull << 46) /* another control token of a chat format */
#define W_MAKER   (1ull << 47) /* developer, admin, openai: of modes and passwords */
#define W_ONLY    (1ull << 48) /* only, always, nothing but */
#define W_DROP    (1ull << 49) /* delete, erase, cancel: also honest of other things */
#define W_LOOSE \
    (1ull << 50) /* settings, limits: orders only when they are yours or all the previous ones */
#define W_ACT (W_SAY | W_REVEAL | W_SEND | W_CALL | W_IGNORE | W_KEEP | W_ONLY)

struct inject_word {
    char text[32]; /* in the row: a pointer would have to be set at each start */
    uint64_t classes;
};
extern const struct inject_word inject_words[];
extern const size_t inject_word_count;

#define PHRASE_MAX 5u

struct inject_phrase {
    uint8_t rule, weight, gap; /* gap: other words between two parts, at most */
    uint8_t skip;              /* so many of the next ones begin with the same part */
    uint64_t parts[PHRASE_MAX];
};
extern const struct inject_phrase inject_phrases[];
extern const size_t inject_phrase_count;

struct inject_anchor {
    char text[31];
    uint8_t rare;
};
extern const struct inject_anchor inject_anchors[];
extern const size_t inject_anchor_count;
/* The first of them that are rotated by 13. */
#define INJECT_ROTATED 6u
