/* SPDX-License-Identifier: Apache-2.0 */
/* hold.h - one text of a stream: what may leave already, and what was found.
 * Why: a stream that is inspected at its end has said everything by then, and one that waits for
 * its end is no stream. A byte waits here only while it can still belong to a match:
 *
 *     secrets, personal data      detect/engine/hold.h: the word that is open, a value that is not
 *                                 decided; context ends 48 bytes behind it or with its line
 *     canaries, deny, allow       the longest end of the text that begins a literal
 *     addresses                   from the address's first byte to its end (4 KiB)
 *     the system prompt           from 20 letters behind the beginning of a repetition to its end
 *     encoded and disguised text  while base64, hexadecimal, escapes or odd letters go on, and 32
 *                                 bytes behind them; disguised letters to the end of their line,
 * 256 bytes at most placeholders                from "[" on while it can be one
 *
 *   hold     as above                       window    and at least HOLD_WINDOW bytes always wait
 *   buffer   nothing leaves before the end  observe   everything leaves at once, matches are told
 *
 * Matches are told before any of their bytes may leave, in the order of their places, and are those
 * that inspect_parts() finds in the whole text, but for the exceptions of detect/engine/hold.h, for
 * what disguised text finds more than 256 bytes behind its last odd letter, and for those where a
 * value is longer than HOLD_MOST: it is decided by what has come, and hold_unscanned() says so. Of
 * a repetition of the system prompt in many short pieces nothing is held. Instructions to a model
 * are not looked for in answers, and the schema of an answer only at its end.
 *
 * Owns: a copy of the last bytes, at most HOLD_ROOM.   Threads: that of its struct inspect.
 * Fails: NULL when memory is out; after that nothing fails. */
#pragma once
#include "guard/judge/inspect.h"
#include "guard/judge/names.h"

#define HOLD_WINDOW 1024u
#define HOLD_MOST   16384u
#define HOLD_ROOM   32768u
#define HOLD_PIECE  4096u /* longer ones are taken in several steps */

enum hold_mode { HOLD_TIGHT, HOLD_BY_WINDOW, HOLD_BUFFER, HOLD_OBSERVE };

struct hold_setup {
    struct inspect *inspect;
    const struct guard_checks *checks;
    const struct leak_index *prompt; /* NULL: none */
    const struct names *names;       /* NULL: nothing is restored */
    struct part part;                /* role and channel; its text is not looked at */
    enum hold_mode mode;
};

struct hold_sink {
    /* Places are bytes of the stream. Only NAME_MOST bytes of a placeholder's match may matter to
     * anybody: its value is given. */
    void (*on_match)(void *ctx, const struct guard_match *m);
    void (*on_name)(void *ctx, uint64_t from, uint64_t to, struct slice value); /* may be NULL */
    void *ctx;
};

struct guard_hold;
struct guard_hold *hold_new(const struct hold_setup *setup, const struct hold_sink *sink);
void hold_free(struct guard_hold *h);
/* Another text begins, as if it were new; the setup's struct inspect is the same. */
void hold_reset(struct guard_hold *h, const struct hold_setup *setup, const struct hold_sink *sink);
/* Gives the byte before which everything may leave. */
uint64_t hold_feed(struct guard_hold *h, struct slice piece);
uint64_t hold_finish(struct guard_hold *h);
/* Bits of enum unscanned. */
unsigned hold_unscanned(const struct guard_hold *h);
/* The same check by check: added to the bits that are there. */
void hold_skipped(const struct guard_hold *h, unsigned unscanned[CHECKS]);
/* The bytes of the stream that are still here, for what is shown of a match; empty: gone. */
struct slice hold_text(const struct guard_hold *h, uint64_t from, uint64_t to);
/* All of them: the last bytes that came. */
struct slice hold_kept(const struct guard_hold *h);
