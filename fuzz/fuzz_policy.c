/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_policy.c - guard.toml with its policy: what is refused must say why, what is taken must be
 * usable. Files that it names are the input itself. */
#include "codec/toml.h"
#include "fuzz.h"
#include "guard/config/policy_read.h"
#include "guard/config/config.h"
#include <stdlib.h>

struct input {
    struct slice text;
};

static bool same_text(void *ctx, const char *path, struct buf *out)
{
    (void)path;
    buf_add(out, ((struct input *)ctx)->text);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {slice_of(data, size)};
    struct arena arena;
    struct buf why, notes;
    struct guard_config config;
    const struct policy_files files = {same_text, &input};
    const struct policy_in in = {true, &files, &notes};
    arena_init(&arena, 64u << 20, 4096);
    buf_init(&why, 1u << 16);
    buf_init(&notes, 1u << 16);
    if (!guard_config_read(input.text, "g.toml", &arena, &config, &why) && !why.n) abort();
    buf_reset(&why);
    const struct guard_policy *p = policy_read_file(&in, "p.toml", &arena, &why);
    if (!p && !why.n && buf_ok(&why)) abort();
    if (p) {
        const struct guard_scope *s = guard_policy_scope(p, S("/v1/chat"), S("red"));
        if (!s->policy.count || !p->digest[0]) abort();
        const struct slice routes[] = {S("/v1"), S("chat")};
        policy_check_routes(p, routes, 2, &notes);
    }
    buf_done(&why);
    buf_done(&notes);
    arena_done(&arena);
    return 0;
}
