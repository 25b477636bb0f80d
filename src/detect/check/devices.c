/* SPDX-License-Identifier: Apache-2.0 */
/* devices.c - telephones, SIM cards and vehicles. */
#include "detect/check/digits.h"
#include "detect/check/table.h"

enum check_result check_imei(struct slice value)
{
    struct digits x;
    if (!digits_exactly(value, " -/", 15, &x)) return CHECK_BAD;
    return digits_fits(&x, digits_luhn(x.d, 15) && digits_number(x.d, 8) > 0);
}

/* ITU-T E.212: the first three digits are a country of the continent 2..7. */
enum check_result check_imsi(struct slice value)
{
    struct digits x;
    if (!digits_of(value, " ", &x) || x.n < 14 || x.n > 15) return CHECK_BAD;
    unsigned mcc = (unsigned)digits_number(x.d, 3);
    bool given = (mcc >= 202 && mcc <= 297) || (mcc >= 302 && mcc <= 376) ||
                 (mcc >= 400 && mcc <= 472) || (mcc >= 502 && mcc <= 555) ||
                 (mcc >= 602 && mcc <= 659) || (mcc >= 702 && mcc <= 750);
    return digits_fits(&x, given);
}

/* ISO 3779: the ninth place checks; mandatory in North America (1..5), elsewhere often right. */
enum check_result check_vin(struct slice value)
{
    static const uint8_t weights[17] = {8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2};
    static const uint8_t values[26] = {1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4,
                                       5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9};
    struct digits x;
    if (!digits_alnum(value, NULL, &x) || x.n != 17) return CHECK_BAD;
    unsigned sum = 0, letters = 0;
    for (size_t i = 0; i < 17; i++) {
        if (x.d[i] > 9) {
            if (strchr("IOQ", 'A' + x.d[i] - 10)) return CHECK_BAD;
            letters++;
        }
        sum += weights[i] * (unsigned)(x.d[i] > 9 ? values[x.d[i] - 10] : x.d[i]);
    }
    for (size_t i = 14; i < 17; i++)
        if (x.d[i] > 9) return CHECK_BAD; /* the serial ends in digits */
    unsigned r = sum % 11;
    bool right = x.d[8] == (r == 10 ? 33 : r), america = x.d[0] >= 1 && x.d[0] <= 5;
    if (letters < 2 || letters > 14) return CHECK_BAD;
    if (right) return CHECK_GOOD;
    return america ? CHECK_BAD : CHECK_FITS;
}
