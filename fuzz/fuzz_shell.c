/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_shell.c - commands: every word lies within its text, and every pipe has a writer. */
#include "codec/shell.h"
#include "fuzz.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct shell shell;
    arena_init(&arena, 64u << 20, 4096);
    enum st st = shell_parse(&arena, slice_of(data, size), &shell);
    if (st != ST_OK && st != ST_LIMIT && st != ST_NOMEM) abort();
    for (size_t i = 0; i < shell.count; i++) {
        const struct shell_command *c = &shell.commands[i];
        if (c->program > c->count || !c->line || !c->column) abort();
        if (c->parent != SHELL_NONE && c->parent >= i) abort();
        if (i == 0 && c->join == SHELL_PIPE) abort();
        size_t bytes = 0;
        for (size_t w = 0; w < c->count; w++) bytes += c->words[w].raw.n;
        if (bytes > size) abort();
    }
    arena_done(&arena);
    return 0;
}
