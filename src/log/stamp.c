/* SPDX-License-Identifier: Apache-2.0 */
#include "log/stamp.h"
#include "base/host.h"
#include "base/num.h"

void stamp_write(int64_t ms, struct buf *out)
{
    char text[21];
    if (ms < 0) ms = 0;
    host_rfc3339(ms / 1000, text);
    uint8_t rest[5] = {'.', 0, 0, 0, 'Z'};
    for (int i = 3, n = (int)(ms % 1000); i; i--, n /= 10) rest[i] = (uint8_t)('0' + n % 10);
    buf_add(out, slice_of(text, 19));
    buf_add(out, slice_of(rest, sizeof rest));
}

/* Days since 1970 of a day in the Gregorian calendar: the reverse of host_rfc3339(). */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool digits(struct slice s, size_t at, size_t n, int64_t least, int64_t most, int64_t *ret)
{
    uint64_t value;
    struct slice part = slice_sub(s, at, n);
    if (part.n != n || part.p[0] == '+' || !num_u64(part, &value)) return false;
    *ret = (int64_t)value;
    return *ret >= least && *ret <= most;
}

static bool shaped(struct slice s)
{
    static const uint8_t shape[] = "0000-00-00T00:00:00.000Z";
    if (s.n != 24 && s.n != 20) return false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t want = s.n == 20 && i == 19 ? 'Z' : shape[i];
        if (want == '0' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != want) return false;
    }
    return true;
}

bool stamp_read(struct slice s, int64_t *ret_ms)
{
    int64_t year, month, day, hour, minute, second, ms = 0;
    if (!shaped(s) || !digits(s, 0, 4, 1970, 9999, &year) || !digits(s, 5, 2, 1, 12, &month) ||
        !digits(s, 8, 2, 1, 31, &day) || !digits(s, 11, 2, 0, 23, &hour) ||
        !digits(s, 14, 2, 0, 59, &minute) || !digits(s, 17, 2, 0, 59, &second))
        return false;
    if (s.n == 24 && !digits(s, 20, 3, 0, 999, &ms)) return false;
    *ret_ms = (days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second) * 1000 + ms;
    return true;
}
