/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that were made by a second implementation of each method, published examples, values that
 * must not pass, and what hostile bytes do to every check. */
#include "../../test.h"
#include "detect/check/check.h"

struct vector {
    const char *check, *value;
};

/* Made up. */
static const struct vector right[] = {
    {"card", "4881 3998 6987 9736"},
    {"card", "4417075364556812"},
    {"iban", "NL46RRJJ7294055761"},
    {"iban", "SI83 1689 7684 6978 809"},
    {"in_aadhaar", "9081 9672 7318"},
    {"in_aadhaar", "6486 4887 6637"},
    {"de_steuerid", "41873659323"},
    {"de_steuerid", "55613824098"},
    {"br_cpf", "270.107.981-09"},
    {"br_cpf", "33190845263"},
    {"br_cnpj", "99.728.379/0002-07"},
    {"br_cnpj", "84162294000490"},
    {"uk_nhs", "283 601 6108"},
    {"uk_nhs", "500 875 4750"},
    {"nl_bsn", "479922986"},
    {"nl_bsn", "795793182"},
    {"au_tfn", "832 080 733"},
    {"au_tfn", "728382223"},
    {"ca_sin", "561642521"},
    {"ca_sin", "247-258-775"},
    {"us_ssn", "281-13-3512"},
    {"us_ssn", "237-01-1526"},
    {"uk_nino", "SN 68 20 52 C"},
    {"uk_nino", "YY 31 94 89 B"},
    {"es_nif", "85541950M"},
    {"es_nif", "45983867J"},
    {"es_nie", "Z9323672Y"},
    {"es_nie", "X1702144Y"},
    {"it_cf", "SBVLTV78B54C185B"},
    {"it_cf", "LDGGCB80R67G460C"},
    {"fr_nir", "112040331812658"},
    {"fr_nir", "2 40 08 78 641 671 20"},
    {"ch_ahv", "756.0659.3976.14"},
    {"ch_ahv", "756.8464.5060.47"},
    {"se_pnr", "821225-1469"},
    {"se_pnr", "19470911-3809"},
    {"no_fnr", "12096194046"},
    {"no_fnr", "05109956688"},
    {"dk_cpr", "250493-6328"},
    {"dk_cpr", "2311488867"},
    {"fi_hetu", "010463-018P"},
    {"fi_hetu", "160980-4292"},
    {"is_kt", "050678-9549"},
    {"is_kt", "210678-8679"},
    {"pl_pesel", "85012203706"},
    {"pl_pesel", "73111726534"},
    {"pl_nip", "845-355-77-82"},
    {"pl_nip", "943-262-70-58"},
    {"cz_rc", "576106/5849"},
    {"cz_rc", "020201/9499"},
    {"ro_cnp", "1950718331086"},
    {"ro_cnp", "2550324225619"},
    {"bg_egn", "7805029328"},
    {"bg_egn", "8205184520"},
    {"hr_oib", "63097658281"},
    {"hr_oib", "02582201800"},
    {"gr_amka", "12029243826"},
    {"gr_amka", "04037657113"},
    {"lt_lv_ee_id", "49305201577"},
    {"lt_lv_ee_id", "50802185794"},
    {"ru_snils", "09464215783"},
    {"ru_snils", "025-586-589 84"},
    {"ru_inn12", "404325688540"},
    {"ru_inn12", "427652373555"},
    {"ru_inn10", "4569632798"},
    {"ru_inn10", "8526451547"},
    {"ru_passport", "57 08 284352"},
    {"ru_passport", "9903449766"},
    {"ru_ogrn", "1856517883650"},
    {"ru_ogrn", "1506204842593"},
    {"ua_rnokpp", "3111496771"},
    {"ua_rnokpp", "2110000310"},
    {"kz_iin", "790601378492"},
    {"kz_iin", "920218380124"},
    {"tr_tckn", "73739241938"},
    {"tr_tckn", "39821046058"},
    {"il_id", "483755559"},
    {"il_id", "047540729"},
    {"cn_ric", "610113200606097351"},
    {"cn_ric", "420102198009276437"},
    {"hk_hkid", "S061884(7)"},
    {"hk_hkid", "P918895(2)"},
    {"tw_id", "P255218244"},
    {"tw_id", "Q219307330"},
    {"jp_mynumber", "688283472851"},
    {"jp_mynumber", "6898 3298 2227"},
    {"kr_rrn", "5211281442248"},
    {"kr_rrn", "900315-1202260"},
    {"sg_nric", "G8043858W"},
    {"sg_nric", "S7625280G"},
    {"th_id", "2001594502834"},
    {"th_id", "8-3233-73528-66-9"},
    {"my_nric", "710521-15-8971"},
    {"my_nric", "721207041592"},
    {"id_nik", "3273145411710005"},
    {"id_nik", "3578136405790017"},
    {"au_medicare", "3457 21284 1"},
    {"au_medicare", "2699085491"},
    {"au_abn", "96 686 316 653"},
    {"au_abn", "71 780 133 252"},
    {"nz_ird", "136-665-367"},
    {"nz_ird", "116-323-575"},
    {"za_id", "0509272760083"},
    {"za_id", "5712289612082"},
    {"eg_nid", "26909122307002"},
    {"eg_nid", "26104182396953"},
    {"crypto_btc_base58", "3Qi3af118QVXsnY9JkaUpCTazonGJvQtoH"},
    {"crypto_btc_base58", "32itnHe3nkyw2oyPSf1nPsAdeNE7jxr6QK"},
    {"crypto_trx", "TFJrVHT6rdpJpwEJLnkmXMyn56MFB4JQsp"},
    {"crypto_trx", "TCUi9uow5edfGjCMeRdVeFwryYYYY7bLyh"},
    {"mx_curp", "TOCT510707MDFSCD43"},
    {"mx_curp", "LAML730421MDFRPS65"},
    {"mx_rfc", "GFCM470211323"},
    {"mx_rfc", "DDLB691101641"},
    {"ar_cuit", "27-20511482-9"},
    {"ar_cuit", "27183419086"},
    {"cl_rut", "12.185.578-K"},
    {"cl_rut", "18.512.292-1"},
    {"co_nit", "935212223-8"},
    {"co_nit", "978776040-3"},
    {"uk_utr", "5424685424"},
    {"uk_utr", "1276412974"},
    {"ie_pps", "2766047S"},
    {"ie_pps", "5360550LB"},
    {"de_rvnr", "65150695A601"},
    {"de_rvnr", "10090788W339"},
    {"at_svnr", "8682 201104"},
    {"at_svnr", "5640 251046"},
    {"be_nn", "84010847190"},
    {"be_nn", "85.07.18-251.73"},
    {"pt_nif", "566075687"},
    {"pt_nif", "551648074"},
    {"fr_siret", "32039622900090"},
    {"fr_siret", "37695397200019"},
    {"it_piva", "00989760863"},
    {"it_piva", "00282200641"},
    {"it_piva", "89292916668"}, /* no province's office: less sure, and no mistake */
    {"in_gstin", "17ACUPZ6929Q1Z0"},
    {"in_gstin", "18JFPPQ2062I1ZT"},
    {"in_pan", "GCOPY7466I"},
    {"in_pan", "GFUPG1677O"},
    {"us_npi", "1921415349"},
    {"us_npi", "1479672523"},
    {"us_aba", "028990338"},
    {"us_aba", "051266864"},
    {"us_dea", "BY9227136"},
    {"us_dea", "FV1294711"},
    {"imei", "350295292074251"},
    {"imei", "356579837176349"},
    {"vin", "JTDK4C4T7LA114594"},
    {"vin", "5YJC40VY63A074851"},
    {"us_mbi", "5WE0EH3DP60"},
    {"us_mbi", "5AW3TV1YN96"},
};

static enum check_result run(const char *name, const char *value)
{
    check_fn *check = check_find(name);
    assert_non_null(check);
    return check(slice_str(value));
}

static void made_up_numbers_pass(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        enum check_result result = run(right[i].check, right[i].value);
        if (result != CHECK_FITS && result != CHECK_GOOD)
            fail_msg("%s %s: %d", right[i].check, right[i].value, result);
    }
}

static const struct {
    const char *check, *value;
    enum check_result result;
} known[] = {
    /* EIP-55 */
    {"crypto_eth", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", CHECK_GOOD},
    {"crypto_eth", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", CHECK_GOOD},
    {"crypto_eth", "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", CHECK_GOOD},
    {"crypto_eth", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d35A", CHECK_BAD},
    {"crypto_eth", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359", CHECK_FITS},
    {"crypto_eth", "0x000000000000000000000000000000000000dead", CHECK_BAD},
    /* BIP-173, BIP-350 */
    {"crypto_btc_bech32", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", CHECK_GOOD},
    {"crypto_btc_bech32", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
     CHECK_GOOD},
    {"crypto_btc_bech32", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", CHECK_BAD},
    {"crypto_btc_bech32", "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
     CHECK_BAD},
    {"crypto_btc_base58", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", CHECK_TEST},
    {"crypto_btc_base58", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", CHECK_BAD},
    {"crypto_xmr",
     "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQB"
     "EP3A",
     CHECK_GOOD},
    {"crypto_xmr",
     "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQB"
     "EP3B",
     CHECK_BAD},
    {"crypto_sol", "7EqQdEULxWcraVx3mXKFjc84LhCkMGZCkRuDpvcMwJeK", CHECK_FITS},
    /* BIP-39 */
    {"bip39", "legal winner thank year wave sausage worth useful legal winner thank yellow",
     CHECK_GOOD},
    {"bip39", "legal winner thank year wave sausage worth useful legal winner thank zoo",
     CHECK_BAD},
    {"bip39",
     "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
     "about",
     CHECK_TEST},
    {"bip39", "legal winner thank", CHECK_BAD},
    /* published examples */
    {"iban", "DE89 3704 0044 0532 0130 00", CHECK_GOOD},
    {"iban", "GB82 WEST 1234 5698 7654 32", CHECK_TEST},
    {"iban", "DE89 3704 0044 0532 0130 01", CHECK_BAD},
    {"iban", "DE68 2105 0170 0012 3456 7", CHECK_BAD},
    {"iban", "QQ89370400440532013000", CHECK_BAD},
    {"lei", "HWUPKR0MPOU8FGXBT394", CHECK_GOOD},
    {"lei", "HWUPKR0MPOU8FGXBT395", CHECK_BAD},
    {"isin", "US0378331005", CHECK_FITS},
    {"isin", "US0378331006", CHECK_BAD},
    {"bic", "DEUTDEFF500", CHECK_GOOD},
    {"bic", "PASSWORD", CHECK_BAD},
    {"bic", "SENTENCE", CHECK_BAD},
    {"eu_vat", "ATU13585627", CHECK_GOOD},
    {"eu_vat", "DE136695976", CHECK_GOOD},
    {"eu_vat", "NL004495445B01", CHECK_GOOD},
    {"eu_vat", "FR40303265045", CHECK_GOOD},
    {"eu_vat", "BE0428759497", CHECK_GOOD},
    {"eu_vat", "BE0428759498", CHECK_BAD},
    {"passport_mrz",
     "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",
     CHECK_TEST},
    {"passport_mrz",
     "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<11",
     CHECK_BAD},
    {"uk_driving", "MORGA657054SM9IJ", CHECK_GOOD},
    {"de_perso", "L01X00T471", CHECK_GOOD},
    {"de_perso", "L01X00T472", CHECK_BAD},
    {"vin", "1HGCM82633A004352", CHECK_GOOD},
    {"vin", "1HGCM82633A004353", CHECK_BAD},
    {"fr_siret", "73282932000074", CHECK_FITS},
    {"fr_siret", "35600000049837", CHECK_GOOD},
    /* what is never given out, or stands in handbooks */
    {"us_ssn", "078-05-1120", CHECK_BAD},
    {"us_ssn", "000-12-3456", CHECK_BAD},
    {"us_ssn", "666-12-3456", CHECK_BAD},
    {"us_ssn", "900-12-3456", CHECK_BAD},
    {"us_ssn", "123-45-6789", CHECK_BAD},
    {"us_ssn", "536-902381", CHECK_BAD},
    {"us_itin", "912-49-1234", CHECK_BAD},
    {"us_itin", "912-70-1234", CHECK_FITS},
    {"uk_nino", "BG123457A", CHECK_BAD},
    {"uk_nino", "QQ123456C", CHECK_BAD},
    {"card", "4111 1111 1111 1111", CHECK_TEST},
    {"card", "4242424242424242", CHECK_TEST},
    {"card", "378282246310005", CHECK_TEST},
    {"card", "4539578763621487", CHECK_BAD},
    {"card", "6241 151680 208078", CHECK_BAD}, /* numbers of a catalogue */
    {"us_itin", "94538-6349", CHECK_BAD},      /* a ZIP code */
    {"my_nric", "020630-080945", CHECK_BAD},   /* a place in the sky */
    {"phone_grouped", "+3217-06446", CHECK_BAD},
    {"phone_grouped", "+513030-0000731", CHECK_BAD},
    {"card", "0000000000000000", CHECK_BAD},
    {"br_cpf", "111.111.111-11", CHECK_BAD},
    {"br_cpf", "123.456.789-09", CHECK_TEST},
    {"br_cnpj", "12.ABC.345/01DE-35", CHECK_GOOD}, /* the tax office's alphanumeric example */
    {"mx_rfc", "GODE561231GR8", CHECK_GOOD},
    {"dk_cpr", "010170-1234", CHECK_FITS},
    {"dk_cpr", "020370-1234", CHECK_BAD},
    /* addresses */
    {"email", "a.meyer@uni-bonn.de", CHECK_GOOD},
    {"email", "a.meyer@example.com", CHECK_BAD},
    {"email", "a.meyer@mail.example.org", CHECK_BAD},
    {"email", "noreply@shop.de", CHECK_BAD},
    {"email", "git@github.com", CHECK_BAD},
    {"email", "logo@2x.png", CHECK_BAD},
    {"email", "left-pad@1.3.0", CHECK_BAD},
    {"email", "user@domain.com", CHECK_TEST},
    {"email", "a..b@web.de", CHECK_BAD},
    {"email", "anna@xn--bcher-kva.xn--p1ai", CHECK_GOOD},
    {"ipv4", "192.168.1.20", CHECK_BAD},
    {"ipv4", "203.0.113.9", CHECK_BAD},
    {"ipv4", "100.64.3.2", CHECK_BAD},
    {"ipv4", "8.8.8.8", CHECK_BAD},
    {"ipv4", "93.184.216.34", CHECK_GOOD},
    {"ipv4", "93.184.216.034", CHECK_BAD},
    {"ipv4", "4.5.5.21", CHECK_FITS},
    {"ipv6", "2a02:908:1981:5a80::1", CHECK_GOOD},
    {"ipv6", "2001:db8::1", CHECK_BAD},
    {"ipv6", "fe80::1ff:fe23:4567:890a", CHECK_BAD},
    {"ipv6", "12:30:45", CHECK_BAD},
    {"mac", "3c:22:fb:4a:9b:10", CHECK_GOOD},
    {"mac", "3c:22:fb-4a:9b:10", CHECK_BAD},
    {"mac", "ff:ff:ff:ff:ff:ff", CHECK_BAD},
    {"mac", "aa:bb:cc:dd:ee:ff", CHECK_TEST},
    {"url_userinfo", "postgres://bob:hunting4bears@db.intern/app", CHECK_FITS},
    {"url_userinfo", "postgres://bob:${DB_PASSWORD}@db.intern/app", CHECK_BAD},
    /* telephones */
    {"phone_e164", "+4930901820", CHECK_GOOD},
    {"phone_e164", "+2101234567", CHECK_BAD},
    {"phone_e164", "+15550100", CHECK_BAD},
    {"phone_grouped", "+44 (0)20 7123 4567", CHECK_GOOD},
    {"phone_grouped", "0049 30 9018200", CHECK_FITS},
    {"phone_nanp", "(212) 867-5309", CHECK_GOOD},
    {"phone_nanp", "212 867 5309", CHECK_FITS},
    {"phone_nanp", "212-555-0123", CHECK_TEST},
    {"phone_nanp", "211-867-5309", CHECK_BAD},
    /* tokens */
    {"crc62", "ghp_eCZ203H5Wz6NVPm1btvCG6vVH8nkfi2qITT0", CHECK_BAD},
    {"hf_letters", "hf_abcdefghijklmnopqrstuvwxyzABCDEF12", CHECK_TEST},
    {"aws_key_id", "AKIAIOSFODNN7EXAMPLE", CHECK_BAD},
    {"userpass64", "YWxpY2U6b3BlbnNlc2FtZTE3", CHECK_FITS},
    {"userpass64", "aGVsbG8gd29ybGQ", CHECK_BAD},
    {"password", "<password>", CHECK_BAD},
    {"password", "$DB_PASS", CHECK_BAD},
    {"password", "********", CHECK_BAD},
    {"password", "changeme", CHECK_TEST},
    {"password", "Tr0ub4dor&3", CHECK_FITS},
    {"key32", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", CHECK_BAD},
    {"person_name", "Dr. Kyle Kuefer", CHECK_GOOD},
    {"person_name", "Maria Garcia", CHECK_GOOD},
    {"person_name", "Order Total", CHECK_BAD},
    {"person_name", "Dr Pepper", CHECK_BAD},
    {"dob", "31.02.1980", CHECK_BAD},
    {"dob", "29.02.1980", CHECK_FITS},
    {"dob", "1980-02-29", CHECK_FITS},
    {"geo_latlon", "52.51627, 13.37770", CHECK_FITS},
    {"geo_latlon", "0.12345, 0.54321", CHECK_BAD},
};

static void published_values_are_known(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        enum check_result result = run(known[i].check, known[i].value);
        if (result != known[i].result)
            fail_msg("%s %s: %d, not %d", known[i].check, known[i].value, result, known[i].result);
    }
}

/* These methods notice every single wrong digit. */
static void one_wrong_digit_is_noticed(void **state)
{
    static const char *const all[] = {
        "card",    "iban",   "in_aadhaar", "de_steuerid", "uk_nhs",  "nl_bsn",
        "au_tfn",  "ca_sin", "es_nif",     "es_nie",      "fr_nir",  "ch_ahv",
        "se_pnr",  "no_fnr", "fi_hetu",    "pl_pesel",    "hr_oib",  "gr_amka",
        "tr_tckn", "il_id",  "cn_ric",     "hk_hkid",     "sg_nric", "au_abn",
        "za_id",   "imei",   "us_npi",     "us_aba",      "it_cf",   "crypto_btc_base58",
        "ar_cuit", "cl_rut", NULL};
    (void)state;
    size_t tried = 0;
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        bool listed = false;
        for (size_t k = 0; all[k]; k++) listed = listed || !strcmp(all[k], right[i].check);
        char text[128];
        size_t n = strlen(right[i].value);
        memcpy(text, right[i].value, n + 1);
        for (size_t at = 0; listed && at < n; at++) {
            if (text[at] < '0' || text[at] > '9') continue;
            for (char c = '0'; c <= '9'; c++) {
                if (c == right[i].value[at]) continue;
                text[at] = c;
                if (run(right[i].check, text) != CHECK_BAD) fail_msg("%s %s", right[i].check, text);
                tried++;
            }
            text[at] = right[i].value[at];
        }
    }
    assert_true(tried > 5000);
}

/* Every check sees every vector, cut anywhere and with any bit turned: no crash, no overrun (the
 * bytes lie at the end of a block of their own, where a sanitizer watches). */
static void hostile_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        check_fn *check = check_find(known[i].check);
        size_t n = strlen(known[i].value);
        for (size_t cut = 0; cut <= n; cut++) {
            uint8_t *copy = malloc(cut + 1);
            assert_non_null(copy);
            memcpy(copy + 1, known[i].value, cut);
            (void)check(slice_of(copy + 1, cut));
            for (size_t bit = 0; cut == n && bit < cut * 8; bit++) {
                copy[1 + bit / 8] ^= (uint8_t)(1u << bit % 8);
                (void)check(slice_of(copy + 1, cut));
                copy[1 + bit / 8] ^= (uint8_t)(1u << bit % 8);
            }
            free(copy);
        }
        for (size_t k = 0; k < sizeof right / sizeof right[0]; k++)
            (void)run(right[k].check, known[i].value);
    }
}

static void names(void **state)
{
    (void)state;
    assert_null(check_find(""));
    assert_null(check_find("zzz"));
    assert_null(check_find("iba"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(made_up_numbers_pass),
        cmocka_unit_test(published_values_are_known),
        cmocka_unit_test(one_wrong_digit_is_noticed),
        cmocka_unit_test(hostile_bytes),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
