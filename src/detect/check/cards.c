/* SPDX-License-Identifier: Apache-2.0 */
/* cards.c - payment cards: ranges and lengths (ISO/IEC 7812), Luhn. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/check/digits.h"
#include "detect/check/table.h"

/* The first six digits from..to, and lengths as bits (1 << n). */
struct range {
    uint32_t from, to, lengths;
};
#define L(n)   (1u << (n))
#define L16_19 (L(16) | L(17) | L(18) | L(19))
#define L12_19 (L(12) | L(13) | L(14) | L(15) | L16_19)
static const struct range ranges[] = {
    {400000, 499999, L(13) | L(16) | L(19)}, /* Visa */
    {510000, 559999, L(16)},                 /* Mastercard */
    {222100, 272099, L(16)},                 /* Mastercard */
    {340000, 349999, L(15)},                 /* American Express */
    {370000, 379999, L(15)},                 /* American Express */
    {300000, 305999, L(14) | L(16)},         /* Diners */
    {309500, 309599, L(14) | L(16)},         /* Diners */
    {360000, 369999, L(14) | L(16)},         /* Diners */
    {380000, 399999, L(14) | L(16)},         /* Diners */
    {601100, 601199, L16_19},                /* Discover */
    {644000, 659999, L16_19},                /* Discover */
    {352800, 358999, L16_19},                /* JCB */
    {350000, 359999, L(16)},                 /* JCB, as often made up */
    {213100, 213199, L(15)},                 /* JCB, old */
    {180000, 180099, L(15)},                 /* JCB, old */
    {620000, 629999, L16_19},                /* UnionPay */
    {810000, 817199, L16_19},                /* UnionPay */
    {220000, 220499, L16_19},                /* Mir */
    {500000, 509999, L12_19},                /* Maestro, Elo */
    {560000, 589999, L12_19},                /* Maestro */
    {601200, 619999, L12_19},                /* Maestro, RuPay */
    {630000, 643999, L12_19},                /* Maestro */
    {660000, 699999, L12_19},                /* Maestro */
    {979200, 979289, L(16)},                 /* Troy */
};

/* Numbers that networks and payment services publish for tests, sorted. */
static const uint64_t tests[] = {
    4007000000027,    4222222222222,    30569309025904,   36227206271667,   38520000023237,
    370000000000002,  371449635398431,  378282246310005,  378734493671000,  2200000000000004,
    2222405343248877, 2223003122003222, 3056930009020004, 3530111333300000, 3566002020360505,
    4000000000000002, 4000000000000077, 4000000000003220, 4000000000009995, 4000002500003155,
    4000056655665556, 4012000033330026, 4012888888881881, 4111111111111111, 4242424242424242,
    4444333322221111, 4462030000000000, 4917610000000000, 4988438843884305, 5019717010103742,
    5100290029002909, 5105105105105100, 5200828282828210, 5267318187975449, 5431111111111111,
    5454545454545454, 5555555555554444, 5610591081018250, 6011000990139424, 6011111111111117,
    6011601160116611, 6200000000000005, 6304000000000000, 6759649826438453,
};

static bool is_for_tests(uint64_t number)
{
    size_t from = 0, step = COUNT_OF(tests); /* halved without a branch */
    while (step > 1) {
        size_t half = step / 2;
        from += tests[from + half] <= number ? half : 0;
        step -= half;
    }
    return tests[from] == number;
}

/* Groups as they stand on cards: fours and what is left over, 4-6-5 and 4-6-4 (American Express,
 * Diners), 4-3-3-3 and 4-4-5 (old Visa); one kind of separator. */
static bool grouped(struct slice s)
{
    static const char *const usual[] = {"444",   "4441", "4442", "4443", "4444", "44441", "44442",
                                        "44443", "465",  "464",  "4333", "445",  "456"};
    char groups[8] = {0};
    uint8_t between = 0;
    size_t count = 0, n = 0;
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && ascii_digit(s.p[i])) {
            n++;
            continue;
        }
        if (i < s.n && between && s.p[i] != between) return false;
        if (n < 1 || n > 6 || count + 1 == sizeof groups) return false;
        if (i < s.n) between = s.p[i];
        groups[count++] = (char)('0' + n);
        n = 0;
    }
    for (size_t i = 0; i < COUNT_OF(usual); i++)
        if (strcmp(groups, usual[i]) == 0) return true;
    return false;
}

enum check_result check_card(struct slice value)
{
    struct digits x;
    if (!digits_of(value, " -.", &x) || x.n < 12 || x.n > 19) return CHECK_BAD;
    if (!digits_luhn(x.d, x.n) || (x.separators && !grouped(value))) return CHECK_BAD;
    uint32_t first = (uint32_t)digits_number(x.d, 6);
    const struct range *fits = NULL;
    for (size_t i = 0; !fits && i < COUNT_OF(ranges); i++)
        if (first >= ranges[i].from && first <= ranges[i].to && (ranges[i].lengths >> x.n & 1))
            fits = &ranges[i];
    if (!fits) return CHECK_BAD;
    if (is_for_tests(digits_number(x.d, x.n))) return CHECK_TEST;
    unsigned zeros = 0;
    for (size_t i = 6; i < x.n; i++) zeros += x.d[i] == 0;
    if (zeros >= x.n - 8) return CHECK_TEST; /* 4000 0000 0000 0000 and the like */
    return x.n == 15 || x.n == 16 ? CHECK_GOOD : CHECK_FITS;
}
