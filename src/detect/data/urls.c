/* SPDX-License-Identifier: Apache-2.0 */
/* urls.c - what is wrong with a list of addresses as a whole; single addresses are notes. */
#include "detect/data/data_part.h"
#include "finding/rules.h"

static void say(struct judge_data *d, const char *rule, uint64_t n, const char *message,
                const char *what)
{
    struct finding f = d->base;
    f.rule = rule_find(slice_str(rule));
    if (!f.rule) return;
    f.severity = f.rule->severity;
    f.offset = -1;
    f.message = slice_str(message);
    f.evidence = arena_printf(d->arena, "%llu of %llu addresses %s", (unsigned long long)n,
                              (unsigned long long)d->urls.urls, what);
    f.anchor = 1;
    if (!f.evidence.p) d->judge->nomem = true;
    judge_emit(d->judge, &f);
}

void urls_end(struct judge_data *d)
{
    const struct urllist *u = &d->urls;
    uint64_t bare = u->urls > u->hashed ? u->urls - u->hashed : 0;
    if (bare * 20 > u->urls)
        say(d, "data.url-unhashed", bare,
            "Whoever controls one of these addresses later decides what is trained on: nothing in "
            "the list tells the new content from the old",
            "have no digest");
    if (bare && u->http)
        say(d, "data.url-insecure", u->http,
            "Anybody between the downloader and the host can exchange what is fetched",
            "begin with http://");
    d->urls = (struct urllist){0};
}
