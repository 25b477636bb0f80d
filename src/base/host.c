/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host.h"
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

uint64_t host_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int64_t host_wall_s(void)
{
    return (int64_t)time(NULL);
}

double host_seconds_since(uint64_t started_ns)
{
    uint64_t milliseconds = (host_now_ns() - started_ns + 500000) / 1000000;
    return (double)milliseconds / 1e3;
}

bool host_random(void *p, size_t n)
{
    return getrandom(p, n, 0) == (ssize_t)n;
}

void host_rfc3339(int64_t wall_s, char text[21])
{
    time_t t = (time_t)wall_s;
    struct tm tm = {0};
    gmtime_r(&t, &tm);
    if (strftime(text, 21, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) text[0] = 0;
}
