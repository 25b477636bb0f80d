/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - every check function, for the table in check.c.   Threads: pure functions. */
#pragma once
#include "detect/check/check.h"

/* bank.c, cards.c */
check_fn check_iban, check_bic, check_aba, check_isin, check_lei, check_vat, check_card,
    check_sortcode;
/* ids_europe.c, ids_north.c, ids_east.c, ids_islands.c */
check_fn check_de_steuerid, check_de_rvnr, check_de_perso, check_at_svnr, check_ch_ahv,
    check_fr_nir, check_fr_siret, check_es_nif, check_es_nie, check_it_cf, check_it_piva,
    check_pt_nif, check_nl_bsn, check_be_nn, check_gr_amka, check_hr_oib;
check_fn check_se_pnr, check_no_fnr, check_dk_cpr, check_fi_hetu, check_is_kt, check_baltic_id;
check_fn check_pl_pesel, check_pl_nip, check_cz_rc, check_ro_cnp, check_bg_egn, check_ru_snils,
    check_ru_inn12, check_ru_inn10, check_ru_passport, check_ru_ogrn, check_ua_rnokpp, check_kz_iin;
check_fn check_uk_nino, check_uk_nhs, check_uk_postcode, check_uk_utr, check_uk_driving,
    check_ie_pps;
/* ids_america.c */
check_fn check_us_ssn, check_us_itin, check_us_ein, check_us_npi, check_us_mbi, check_us_passport,
    check_us_dea, check_ca_sin, check_mx_curp, check_mx_rfc, check_br_cpf, check_br_cnpj,
    check_ar_cuit, check_cl_rut, check_co_nit;
/* ids_asia.c, ids_south.c */
check_fn check_tr_tckn, check_il_id, check_in_aadhaar, check_in_pan, check_in_gstin, check_in_voter,
    check_cn_ric, check_hk_hkid, check_tw_id, check_jp_mynumber, check_kr_rrn, check_sg_nric,
    check_th_id, check_my_nric, check_id_nik;
check_fn check_au_tfn, check_au_medicare, check_au_abn, check_nz_ird, check_za_id, check_ng_nin,
    check_eg_nid, check_mrz;
/* devices.c, network.c, phones.c, email.c, place.c */
check_fn check_imei, check_imsi, check_vin, check_ipv4, check_ipv6, check_mac, check_userinfo;
check_fn check_phone_e164, check_phone_nanp, check_phone_grouped, check_email;
check_fn check_geo, check_dob, check_icd10;
/* person.c */
check_fn check_person, check_street;
/* wallets.c */
check_fn check_btc_base58, check_btc_bech32, check_eth, check_xmr, check_trx, check_sol, check_wif,
    check_eth_privkey, check_age, check_bip39;
/* tokens.c, jwt.c, der.c */
check_fn check_crc32_base62, check_aws_key_id, check_userpass, check_pem64, check_hf_letters,
    check_mixed, check_base64_mixed, check_token, check_base64_32, check_base64_64,
    check_discord_bot, check_password;
check_fn check_jwt, check_jwe, check_pem;
