/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_check.c - every check over any bytes: none may read beyond its value. The first byte chooses
 * the check, so that a finding stays with one. */
#include "fuzz.h"
#include <stdlib.h>
#include "detect/check/check.h"

static const char *const names[] = {"age",
                                    "ar_cuit",
                                    "au_abn",
                                    "au_medicare",
                                    "base64_mixed",
                                    "be_nn",
                                    "bic",
                                    "bip39",
                                    "br_cnpj",
                                    "br_cpf",
                                    "btc_wif",
                                    "card",
                                    "cl_rut",
                                    "cn_ric",
                                    "crc62",
                                    "crypto_btc_base58",
                                    "crypto_btc_bech32",
                                    "crypto_eth",
                                    "crypto_sol",
                                    "crypto_trx",
                                    "crypto_xmr",
                                    "cz_rc",
                                    "de_perso",
                                    "de_rvnr",
                                    "de_steuerid",
                                    "discord",
                                    "dk_cpr",
                                    "dob",
                                    "email",
                                    "es_nie",
                                    "es_nif",
                                    "eth_key",
                                    "eu_vat",
                                    "fi_hetu",
                                    "fr_nir",
                                    "geo_latlon",
                                    "hf_letters",
                                    "hk_hkid",
                                    "iban",
                                    "ie_pps",
                                    "in_gstin",
                                    "in_pan",
                                    "ipv4",
                                    "ipv6",
                                    "isin",
                                    "it_cf",
                                    "jwe",
                                    "jwt",
                                    "key32",
                                    "lei",
                                    "mac",
                                    "mixed",
                                    "mx_curp",
                                    "mx_rfc",
                                    "passport_mrz",
                                    "password",
                                    "pem",
                                    "pem64",
                                    "person_name",
                                    "phone_e164",
                                    "phone_grouped",
                                    "phone_nanp",
                                    "sg_nric",
                                    "token",
                                    "tw_id",
                                    "uk_driving",
                                    "uk_nino",
                                    "uk_postcode",
                                    "url_userinfo",
                                    "us_mbi",
                                    "userpass64",
                                    "vin",
                                    "address_street"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size) return 0;
    check_fn *check = check_find(names[data[0] % (sizeof names / sizeof names[0])]);
    if (!check) abort();
    (void)check(slice_of(data + 1, size - 1));
    return 0;
}
