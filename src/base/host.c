/* SPDX-License-Identifier: Apache-2.0 */
#include "base/host.h"
#include <stdio.h>
#include <sys/random.h>
#include <time.h>

#define DAY 86400

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

int64_t host_wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* By hand: gmtime_r() would read the time zone's file first. */
void host_rfc3339(int64_t wall_s, char text[21])
{
    int64_t days = (wall_s - ((wall_s % DAY) + DAY) % DAY) / DAY;
    unsigned second = (unsigned)(wall_s - days * DAY);
    /* years begin in March, eras of 400 years in a year 0: the odd day is the last of all */
    int64_t from_0 = days + 719468, era = (from_0 >= 0 ? from_0 : from_0 - 146096) / 146097;
    unsigned of_era = (unsigned)(from_0 - era * 146097);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * of_year + 2) / 153, day = of_year - (153 * month + 2) / 5 + 1;
    long long full = (long long)year + era * 400 + (month >= 10);
    int n = snprintf(text, 21, "%04lld-%02u-%02uT%02u:%02u:%02uZ", full,
                     month < 10 ? month + 3 : month - 9, day, second / 3600, second / 60 % 60,
                     second % 60);
    if (n != 20) text[0] = 0;
}
