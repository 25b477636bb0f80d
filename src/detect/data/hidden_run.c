/* SPDX-License-Identifier: Apache-2.0 */
/* hidden_run.c - what a run of invisible characters is good for.
 *
 *   tags       an emoji flag of a region (black flag, 3 to 6 letters, end), or a message
 *   selectors  one that fits the character in front, or bytes (VS1..VS256)
 *   spaces     between words of Thai or Chinese or behind a slash, or inside of a Latin word
 *   joiners    Persian, Indic, emoji, or inside of a Latin word
 *   eight and more of anything: one byte of a message at least */
#include "detect/data/hidden_part.h"
#include "detect/view/chars.h"

#define RUN_MIN   8u
#define RUN_MIXED 4u

void hidden_say(struct hidden_scan *h, unsigned which, uint8_t byte)
{
    if (h->says_n[which] < HIDDEN_SAYS) h->says[which][h->says_n[which]++] = (char)byte;
}

void hidden_trace(struct hidden_scan *h, enum hidden_kind kind, size_t from, size_t to,
                  unsigned count)
{
    struct hidden_trace *t = &h->kinds[kind];
    if (!t->count) t->from = from;
    t->to = to;
    t->count += count;
    h->odd = true;
}

static void add_bit(struct hidden_run *run, bool bit)
{
    if (run->bit_count == RUN_BITS) return;
    if (run->bit_count % 8 == 0) run->bits[run->bit_count / 8] = 0;
    if (bit) run->bits[run->bit_count / 8] |= (uint8_t)(0x80u >> run->bit_count % 8);
    run->bit_count++;
}

static void add_selector(struct hidden_scan *h, struct hidden_run *run, uint32_t c)
{
    uint8_t byte;
    if (!run->selectors++) run->selector = c;
    if (!selector_byte(c, &byte)) return;
    /* a byte is said before it is known whether the run is ordinary; see selectors_end() */
    hidden_say(h, 0, byte);
}

/* The characters that are kept need no zeros. */
static void begin(struct hidden_run *run, size_t at, uint32_t before)
{
    run->from = at;
    run->before = before;
    run->behind = run->selector = 0;
    run->tags = run->selectors = run->spaces = run->joiners = run->hyphens = run->fillers = 0;
    run->bit_count = 0;
}

void hidden_run_add(struct hidden_scan *h, struct hidden_run *run, uint32_t c, size_t at, size_t n)
{
    if (!run->to) begin(run, at, h->last);
    run->to = at + n;
    switch (unseen_kind(c)) {
    case UNSEEN_TAG:
        if (run->tags < RUN_TAGS) run->tag[run->tags] = (char)(c == 0xe0001 ? 1 : c & 0x7f);
        run->tags++;
        break;
    case UNSEEN_SELECTOR: add_selector(h, run, c); break;
    case UNSEEN_SPACE:
        run->spaces++;
        add_bit(run, c != 0x200b);
        break;
    case UNSEEN_JOINER:
        run->joiners++;
        add_bit(run, true);
        break;
    case UNSEEN_HYPHEN: run->hyphens++; break;
    case UNSEEN_FILLER: run->fillers++; break;
    default: break;
    }
}

/* England, Scotland, Wales and other regions of ISO 3166-2. */
static bool is_flag(const struct hidden_run *run)
{
    if (run->before != 0x1f3f4 || run->tags < 4 || run->tags > 7 || run->tag[run->tags - 1] != 0x7f)
        return false;
    for (unsigned i = 0; i + 1 < run->tags; i++) {
        char c = run->tag[i];
        if (!((c >= 'a' && c <= 'z') || (i > 1 && c >= '0' && c <= '9'))) return false;
    }
    return true;
}

static void tags_end(struct hidden_scan *h, const struct hidden_run *run)
{
    if (!run->tags || is_flag(run)) return;
    hidden_trace(h, HIDDEN_TAGS, run->from, run->to, run->tags);
    for (unsigned i = 0; i < run->tags && i < RUN_TAGS; i++)
        if (run->tag[i] >= ' ' && run->tag[i] != 0x7f) hidden_say(h, 0, (uint8_t)run->tag[i]);
}

static void selectors_end(struct hidden_scan *h, const struct hidden_run *run)
{
    if (!run->selectors) return;
    bool ordinary = run->selectors == 1 && selector_fits(run->before, run->selector);
    /* VS15 and VS16 stay behind where a cleaner took the emoji away */
    bool stray = run->selectors == 1 && (run->selector == 0xfe0e || run->selector == 0xfe0f ||
                                         (run->selector >= 0x180b && run->selector <= 0x180f));
    if (ordinary || stray) {
        uint8_t byte;
        if (selector_byte(run->selector, &byte) && h->says_n[0]) h->says_n[0]--;
        if (!ordinary && char_latin(run->before)) h->strays++;
        if (ordinary || h->strays < 4) return;
    }
    hidden_trace(h, HIDDEN_SELECTORS, run->from, run->to, run->selectors);
}

static bool is_printable(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if ((p[i] < ' ' && p[i] != '\n' && p[i] != '\t') || p[i] >= 0x7f) return false;
    return n > 0;
}

/* Eight zero-width characters a byte, the space as 0 or as 1. */
static void say_bits(struct hidden_scan *h, const struct hidden_run *run)
{
    uint8_t turned[RUN_BITS / 8];
    size_t n = run->bit_count / 8;
    for (size_t i = 0; i < n; i++) turned[i] = (uint8_t)~run->bits[i];
    const uint8_t *said = is_printable(run->bits, n) ? run->bits : turned;
    if (said == turned && !is_printable(turned, n)) return;
    for (size_t i = 0; i < n; i++) hidden_say(h, 1, said[i]);
}

static bool joins_letters(const struct hidden_run *run)
{
    return char_alphabetic(run->before) && char_alphabetic(run->behind);
}

/* camelCase and paths are broken at such places by honest makers of web pages. */
static bool is_hint(const struct hidden_run *run)
{
    bool lower = run->before >= 'a' && run->before <= 'z';
    bool upper = run->behind >= 'A' && run->behind <= 'Z';
    return lower && upper && run->spaces == 1;
}

/* Spaces and joiners in one run: scripts that need the one have no use for the other. */
static bool is_mixed(const struct hidden_run *run)
{
    return run->spaces && run->joiners && run->spaces + run->joiners >= RUN_MIXED;
}

static void zero_width_end(struct hidden_scan *h, const struct hidden_run *run)
{
    unsigned bits = run->spaces + run->joiners;
    if (bits >= RUN_MIN || is_mixed(run) || run->fillers >= 4 ||
        bits + run->fillers + run->hyphens >= RUN_MIN) {
        hidden_trace(h, HIDDEN_ZERO_WIDTH, run->from, run->to, bits + run->fillers + run->hyphens);
        h->spaces += RUN_MIN;
        say_bits(h, run);
        return;
    }
    if (!joins_letters(run)) return;
    if (run->hyphens) {
        bool dense = h->last_hyphen && run->from - h->last_hyphen <= 2;
        h->last_hyphen = run->to;
        h->all_hyphens++;
        h->hyphens += dense;
    }
    if (!is_hint(run)) h->spaces += run->spaces;
    h->joiners += run->joiners;
    hidden_trace(h, HIDDEN_ZERO_WIDTH, run->from, run->to, bits + run->hyphens + run->fillers);
}

void hidden_run_end(struct hidden_scan *h, struct hidden_run *run)
{
    tags_end(h, run);
    selectors_end(h, run);
    zero_width_end(h, run);
    run->to = 0;
}
