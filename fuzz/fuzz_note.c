/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_note.c - checkpoints: what is signed is the beginning of the input. */
#include "fuzz.h"
#include "log/note.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct checkpoint c;
    struct slice why = {0}, in = slice_of(data, size);
    arena_init(&arena, 4u << 20, 4096);
    enum st st = checkpoint_read(in, &arena, &c, &why);
    if (st == ST_MALFORMED && !why.n) abort();
    if (st == ST_OK) {
        struct slice text = c.note.text;
        if (text.p != data || text.n >= size || text.p[text.n - 1] != '\n') abort();
        if (data[text.n] != '\n' || !c.note.signature_count || !c.origin.n) abort();
    }
    arena_done(&arena);
    return 0;
}
