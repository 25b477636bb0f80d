/* SPDX-License-Identifier: Apache-2.0 */
/* command_find.c - a command from the words of a command line, or the nearest to them. */
#include "base/st.h"
#include "base/near.h"
#include "cli/options.h"

/* "config" of "config show"; the second word is empty for plain commands. */
static struct slice split_name(const struct command *c, struct slice *ret_second)
{
    struct slice rest = slice_str(c->name), first;
    (void)slice_split(&rest, ' ', &first);
    *ret_second = rest.p ? rest : S("");
    return first;
}

/* Two words win over one: "rules update" is not "rules" with an argument. */
const struct command *command_find(struct slice first, struct slice second, size_t *ret_used)
{
    const struct command *found = NULL;
    for (size_t i = 0; i < command_count(); i++) {
        struct slice b, a = split_name(command_at(i), &b);
        if (!slice_eq(a, first) || (b.n && !slice_eq(b, second)) || (found && !b.n)) continue;
        *ret_used = b.n ? 2 : 1;
        found = command_at(i);
    }
    return found;
}

bool command_is_group(struct slice word)
{
    for (size_t i = 0; i < command_count(); i++) {
        struct slice b, a = split_name(command_at(i), &b);
        if (b.n && slice_eq(a, word)) return true;
    }
    return false;
}

const char *command_nearest(struct slice group, struct slice word)
{
    struct near near = near_to(word);
    for (size_t i = 0; i < command_count(); i++) {
        struct slice b, a = split_name(command_at(i), &b);
        if (group.n && !slice_eq(a, group)) continue;
        if (!group.n && !b.n) near_try(&near, command_at(i)->name);
        if (group.n && b.n) near_try(&near, (const char *)b.p);
    }
    if (near.best || group.n) return near.best;
    static const char *const groups[] = {"data", "audit", "ignore", "config", "hook", "guard"};
    for (size_t i = 0; i < COUNT_OF(groups); i++) near_try(&near, groups[i]);
    return near.best;
}
