/* SPDX-License-Identifier: Apache-2.0 */
#include "base/budget.h"
#include "base/host.h"

void budget_defaults(struct budget *b)
{
    *b = (struct budget){
        .bytes = 16ull << 30,
        .members = 200000,
        .work = 4ull << 30,
        .ratio = 200,
        .ratio_floor = 64u << 20,
        .depth = 12,
    };
}

static bool take(struct budget *b, uint64_t *purse, uint64_t n, const char *name)
{
    if (b->spent) return false;
    if (n > *purse) {
        b->spent = name;
        return false;
    }
    *purse -= n;
    return true;
}

bool budget_work(struct budget *b, uint64_t steps)
{
    uint64_t before = b->work;
    if (!take(b, &b->work, steps, "work")) return false;
    if (b->deadline && (before >> 12) != (b->work >> 12) && host_now_ns() > b->deadline) {
        b->spent = "time";
        return false;
    }
    return true;
}

bool budget_bytes(struct budget *b, uint64_t n)
{
    return take(b, &b->bytes, n, "bytes");
}

bool budget_member(struct budget *b)
{
    return take(b, &b->members, 1, "members");
}

bool budget_ratio(const struct budget *b, uint64_t packed, uint64_t unpacked)
{
    return unpacked <= b->ratio_floor || unpacked / b->ratio <= packed;
}
