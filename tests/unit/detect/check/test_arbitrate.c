/* SPDX-License-Identifier: Apache-2.0 */
/* Which detector is it, and how sure is that: words beside a value, checks, forms. */
#include "../../test.h"
#include "detect/check/check.h"
#include "detect/engine/arbitrate.h"
#include "detect/engine/detector.h"

static const struct detector *detector(const char *id)
{
    const struct detector *d = detector_find(slice_str(id));
    if (!d) fail_msg("no detector %s", id);
    return d;
}

/* The value stands between [ and ] in the text; the brackets are taken out. */
struct place {
    char text[512];
    size_t n, from, to;
};

static struct place place_of(const char *marked)
{
    struct place p = {.n = 0};
    for (; *marked; marked++) {
        if (*marked == '[')
            p.from = p.n;
        else if (*marked == ']')
            p.to = p.n;
        else
            p.text[p.n++] = *marked;
    }
    return p;
}

static size_t ask(const struct place *p, struct claim *claims, const char *const *ids,
                  const enum check_result *results, size_t n)
{
    for (size_t i = 0; i < n; i++)
        claims[i] = (struct claim){.detector = detector(ids[i]),
                                   .from = (uint32_t)p->from,
                                   .to = (uint32_t)p->to,
                                   .check = results[i],
                                   .severity = SEV_HIGH};
    return arbitrate(slice_of(p->text, p->n), claims, n);
}

/* Nine digits that fit three kinds. */
static const char *const nine[] = {"pii.nl.bsn", "pii.au.tfn", "pii.pt.nif"};
static const enum check_result all_fit[] = {CHECK_FITS, CHECK_FITS, CHECK_FITS};

static void assert_sure(const char *marked, const char *id)
{
    struct claim claims[3];
    struct place p = place_of(marked);
    size_t n = ask(&p, claims, nine, all_fit, 3);
    if (!n || claims[0].sureness != HIT_SURE || strcmp(claims[0].detector->id, id) != 0)
        fail_msg("%s: %s", marked, n ? claims[0].detector->id : "nothing");
}

static void assert_bare(const char *marked)
{
    struct claim claims[3];
    struct place p = place_of(marked);
    size_t n = ask(&p, claims, nine, all_fit, 3);
    for (size_t i = 0; i < n; i++)
        if (claims[i].sureness != HIT_BARE) fail_msg("%s: %s", marked, claims[i].detector->id);
}

static void assert_nothing(const char *marked)
{
    struct claim claims[3];
    struct place p = place_of(marked);
    if (ask(&p, claims, nine, all_fit, 3)) fail_msg("%s", marked);
}

static struct claim nir_and_card(const char *marked, const char *number)
{
    static const char *const ids[] = {"pii.fr.nir", "pii.card"};
    struct claim claims[2];
    struct place p = place_of(marked);
    const enum check_result results[] = {check_find("fr_nir")(slice_str(number)), CHECK_GOOD};
    assert_true(ask(&p, claims, ids, results, 2) > 0);
    return claims[0];
}

/* One card in a hundred has the key of a provisional French number. */
static void card_or_provisional_number(void **state)
{
    (void)state;
    struct claim c = nir_and_card("see [379546111393091]", "379546111393091");
    assert_string_equal(c.detector->id, "pii.card");
    c = nir_and_card("NIR [379546111393091]", "379546111393091");
    assert_string_equal(c.detector->id, "pii.fr.nir");
}

/* The words of two keys are no phrase: "customer id" would be a number of ours. */
static void keys_of_records(void **state)
{
    (void)state;
    assert_sure("{\"customer\": {\"id\": 7, \"bsn\": \"[123456782]\"}}", "pii.nl.bsn");
    static const char *const ids[] = {"pii.cn.ric"};
    static const enum check_result good[] = {CHECK_GOOD};
    struct claim claim;
    struct place p = place_of("{\"customer\": {\"id_card\": \"[31010419950419721X]\"}}");
    assert_int_equal(ask(&p, &claim, ids, good, 1), 1);
    assert_int_equal(claim.sureness, HIT_SURE);
}

static enum sureness sureness_of(const char *id, const char *marked)
{
    static const enum check_result good[] = {CHECK_GOOD};
    struct claim claim;
    struct place p = place_of(marked);
    return ask(&p, &claim, &id, good, 1) ? claim.sureness : HIT_BARE;
}

/* "Customer" labels names, and the numbers of those who bear them. */
static void numbers_of_people(void **state)
{
    (void)state;
    assert_int_equal(sureness_of("pii.za.id", "the customer is [6106117486083]"), HIT_SURE);
    assert_int_equal(sureness_of("pii.za.id", "the patient, [6106117486083]"), HIT_SURE);
    assert_int_equal(sureness_of("pii.za.id", "IMEI is [6106117486083]"), HIT_BARE);
}

/* Digits of a decimal number, or of a name that goes on before them. */
static void parts_of_numbers(void **state)
{
    (void)state;
    assert_nothing("[366.62037109], 23.3");
    assert_nothing("\".[339483879]\"");
    assert_nothing(" -.[004903962], .27");
    assert_nothing("Build 2600.xpsp_sp2_gdr.[070227225]");
    assert_nothing("LC.[06.120331202]\"");
    assert_bare("and so on...[339483879]");
    assert_sure("BSN nr.[339483879]", "pii.nl.bsn");
}

static void words_decide(void **state)
{
    (void)state;
    assert_sure("BSN: [163709091]", "pii.nl.bsn");
    assert_sure("{\"tfn\": \"[163709091]\", \"bsn\": \"1\"}", "pii.au.tfn");
    assert_sure("{\"bsn\": \"1\", \"tfn\": \"[163709091]\"}", "pii.au.tfn");
    assert_sure("Mijn burgerservicenummer is [163709091].", "pii.nl.bsn");
    assert_sure("o n\xc3\xbamero de contribuinte \xc3\xa9 [163709091]", "pii.pt.nif");
    assert_sure("customerTaxFileNumber=[163709091]", "pii.au.tfn");
    assert_sure("[163709091] (BSN)", "pii.nl.bsn");
    assert_sure("BSN:\n[163709091]", "pii.nl.bsn");
}

static void without_words_it_is_bare(void **state)
{
    (void)state;
    assert_bare("[163709091]");
    assert_bare("ref [163709091] done");
    assert_bare("order id [163709091] shipped");
    assert_bare("{\"bsn\": \"1\", \"amount\": [163709091]}");
    assert_bare("the BSN is above. Next line\nand a number [163709091]");
    assert_bare("the absnt value [163709091]"); /* no word inside a word */
}

static void alternatives_stay_for_the_column(void **state)
{
    (void)state;
    struct claim claims[3];
    struct place p = place_of("[163709091]");
    assert_int_equal(ask(&p, claims, nine, all_fit, 3), 3);
}

static void parts_of_more_are_nothing(void **state)
{
    (void)state;
    static const char *const parts[] = {"BSN 0.[163709091]",         "BSN 12-[163709091]",
                                        "BSN [163709091].5",         "BSN +[163709091]",
                                        "BSN [163709091]-3a9f-4711", "BSN x[163709091]"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct claim claims[3];
        struct place p = place_of(parts[i]);
        if (ask(&p, claims, nine, all_fit, 3)) fail_msg("%s", parts[i]);
    }
}

/* "PESEL: ..." with a wrong digit is no other number either. */
static void a_label_whose_check_fails_spoils_the_rest(void **state)
{
    static const char *const ids[] = {"pii.pl.pesel", "pii.hr.oib", "pii.no.fnr"};
    static const enum check_result results[] = {CHECK_BAD, CHECK_FITS, CHECK_GOOD};
    (void)state;
    struct claim claims[3];
    struct place p = place_of("PESEL: [99032223215]");
    assert_int_equal(ask(&p, claims, ids, results, 3), 0);
    p = place_of("value: [99032223215]");
    assert_true(ask(&p, claims, ids, results, 3) > 0);
}

static void strong_checks_stand_alone(void **state)
{
    static const char *const ids[] = {"pii.iban"};
    static const enum check_result good[] = {CHECK_GOOD}, test[] = {CHECK_TEST};
    (void)state;
    struct claim claims[1];
    struct place p = place_of("ref [DE89370400440532013000] done");
    assert_int_equal(ask(&p, claims, ids, good, 1), 1);
    assert_int_equal(claims[0].sureness, HIT_SURE);
    assert_int_equal(ask(&p, claims, ids, test, 1), 1);
    assert_int_equal(claims[0].sureness, HIT_WEAK);
    assert_int_equal(claims[0].severity, SEV_INFO);
}

static void versions_are_no_addresses(void **state)
{
    static const char *const ids[] = {"pii.ipv4"};
    static const enum check_result fits[] = {CHECK_FITS}, good[] = {CHECK_GOOD};
    (void)state;
    struct claim claims[1];
    struct place p = place_of("the server runs version [22.11.4.3] now");
    if (ask(&p, claims, ids, fits, 1)) assert_int_equal(claims[0].sureness, HIT_BARE);
    p = place_of("client [93.41.75.251] -");
    assert_int_equal(ask(&p, claims, ids, good, 1), 1);
    assert_int_equal(claims[0].sureness, HIT_SURE);
}

static unsigned speaks(const char *words, const char *id)
{
    return context_speaks(slice_str(words), detector(id));
}

static void names_of_columns(void **state)
{
    (void)state;
    assert_int_equal(speaks("customer_ssn", "pii.us.ssn"), 2);
    assert_int_equal(speaks("customerSsn", "pii.us.ssn"), 2);
    assert_int_equal(speaks("Num\xc3\xa9ro de S\xc3\xa9"
                            "curit\xc3\xa9 Sociale",
                            "pii.fr.nir"),
                     2);
    assert_int_equal(speaks("\xd0\xa1\xd0\x9d\xd0\x98\xd0\x9b\xd0\xa1", "pii.ru.snils"), 2);
    assert_int_equal(speaks("\xe8\xba\xab\xe4\xbb\xbd\xe8\xaf\x81\xe5\x8f\xb7", "pii.cn.ric"), 2);
    assert_int_equal(speaks("national_id", "pii.pl.pesel"), 1);
    assert_int_equal(speaks("public", "pii.uk.driving"), 0);
    assert_int_equal(speaks("business", "pii.us.ssn"), 0);
    assert_true(context_other(S("order_id")));
    assert_true(context_other(S("barcode")));
    assert_false(context_other(S("bsn_id")));
    assert_false(context_other(S("x16")));
}

/* Any place in any cut of a text: no overrun. */
static void hostile_places(void **state)
{
    static const char text[] =
        "{\"\xd0\x98\xd0\x9d\xd0\x9d\": \"7762071791\"}, \xe8\xba\xab\n\n,;|\t BSN=";
    (void)state;
    for (size_t n = 1; n < sizeof text; n++)
        for (size_t from = 0; from < n; from++) {
            uint8_t *copy = malloc(n);
            assert_non_null(copy);
            memcpy(copy, text, n);
            struct claim c = {.detector = detector("pii.ru.inn10"),
                              .from = (uint32_t)from,
                              .to = (uint32_t)(from + 1 + (n - from - 1) / 2),
                              .check = CHECK_FITS};
            assert_true(arbitrate(slice_of(copy, n), &c, 1) <= 1);
            free(copy);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_of_numbers),
        cmocka_unit_test(card_or_provisional_number),
        cmocka_unit_test(keys_of_records),
        cmocka_unit_test(numbers_of_people),
        cmocka_unit_test(words_decide),
        cmocka_unit_test(without_words_it_is_bare),
        cmocka_unit_test(alternatives_stay_for_the_column),
        cmocka_unit_test(parts_of_more_are_nothing),
        cmocka_unit_test(a_label_whose_check_fails_spoils_the_rest),
        cmocka_unit_test(strong_checks_stand_alone),
        cmocka_unit_test(versions_are_no_addresses),
        cmocka_unit_test(names_of_columns),
        cmocka_unit_test(hostile_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
