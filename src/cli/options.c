/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"
#include "base/st.h"
#include "base/near.h"

static const struct option options[OPT_COUNT] = {
    [OPT_OUTPUT] = {"output", "FMT[=FILE]", "output", "table", NULL,
                    "report as FMT, into FILE; repeatable, one scan for all", OPT_KIND_LIST,
                    WORDS_FORMATS, 'o', false},
    [OPT_FAIL_ON] = {"fail-on", "SEV", "fail_on", "high", "critical|high|medium|low|info|none",
                     "the gate: fail at this severity or above", OPT_KIND_CHOICE, WORDS_NONE, 0,
                     false},
    [OPT_BASELINE] = {"baseline", "FILE", "baseline", NULL, NULL,
                      "an earlier json or sarif report; gate on what is new", OPT_KIND_TEXT,
                      WORDS_FILES, 0, false},
    [OPT_SINCE] = {"since", "REF", NULL, NULL, NULL, "only files that changed since a git revision",
                   OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_STAGED] = {"staged", NULL, NULL, NULL, NULL,
                    "only what the next git commit takes in, as it is staged", OPT_KIND_FLAG,
                    WORDS_NONE, 0, false},
    [OPT_GIT] = {"git", NULL, NULL, NULL, NULL,
                 "also what the git history holds and the files do not show", OPT_KIND_FLAG,
                 WORDS_NONE, 0, false},
    [OPT_FIX] = {"fix", NULL, NULL, NULL, NULL, "mend what is safe to mend, then scan again",
                 OPT_KIND_FLAG, WORDS_NONE, 0, false},
    [OPT_DIFF] = {"diff", NULL, NULL, NULL, NULL, "show what --fix would change, change nothing",
                  OPT_KIND_FLAG, WORDS_NONE, 0, false},
    [OPT_EXCLUDE] = {"exclude", "GLOB", "exclude", NULL, NULL,
                     "leave out paths (**/x, dir/, *.bin); repeatable", OPT_KIND_LIST, WORDS_FILES,
                     0, false},
    [OPT_ALL] = {"all", NULL, "all", NULL, NULL, "list also medium, low and info findings",
                 OPT_KIND_FLAG, WORDS_NONE, 'a', false},
    [OPT_WHY_SKIPPED] = {"why-skipped", NULL, "why_skipped", NULL, NULL,
                         "list what was not inspected, and why", OPT_KIND_FLAG, WORDS_NONE, 0,
                         false},
    [OPT_SHOW_SUPPRESSED] = {"show-suppressed", NULL, "show_suppressed", NULL, NULL,
                             "list what is suppressed: who, why, until", OPT_KIND_FLAG, WORDS_NONE,
                             0, false},
    [OPT_REVEAL] = {"reveal", NULL, NULL, NULL, NULL, "show secrets in full", OPT_KIND_FLAG,
                    WORDS_NONE, 0, false},
    [OPT_NO_HASH] = {"no-hash", NULL, "hash", NULL, NULL,
                     "structure only: no digests, weights are not read", OPT_KIND_FLAG, WORDS_NONE,
                     0, true},
    [OPT_NO_CACHE] = {"no-cache", NULL, "cache", NULL, NULL, "look at everything again",
                      OPT_KIND_FLAG, WORDS_NONE, 0, true},
    [OPT_JOBS] = {"jobs", "N", "jobs", "one per processor", NULL, "files inspected at a time",
                  OPT_KIND_NUMBER, WORDS_NONE, 'j', false},
    [OPT_TIMEOUT] = {"timeout", "TIME", "timeout", "120s", NULL, "the most for one file (30s, 5m)",
                     OPT_KIND_SECONDS, WORDS_NONE, 0, false},
    [OPT_MAX_UNPACKED] = {"max-unpacked", "SIZE", "max_unpacked", "16GiB", NULL,
                          "the most that one file may unpack to", OPT_KIND_SIZE, WORDS_NONE, 0,
                          false},
    [OPT_WIDTH] = {"width", "COLUMNS", "width", "the terminal", NULL, "of the table, 80 to 200",
                   OPT_KIND_NUMBER, WORDS_NONE, 0, false},
    [OPT_COLOR] = {"color", "WHEN", "color", "auto", "auto|always|never",
                   "colours; NO_COLOR, FORCE_COLOR, TERM=dumb count", OPT_KIND_CHOICE, WORDS_NONE,
                   0, false},
    [OPT_CONFIG] = {"config", "FILE", NULL, "merlon.toml", NULL,
                    "settings from FILE instead of the project's", OPT_KIND_TEXT, WORDS_FILES, 0,
                    false},
    [OPT_QUIET] = {"quiet", NULL, NULL, NULL, NULL, "findings only", OPT_KIND_FLAG, WORDS_NONE, 'q',
                   false},
    [OPT_VERBOSE] = {"verbose", NULL, NULL, NULL, NULL, "say more", OPT_KIND_FLAG, WORDS_NONE, 'v',
                     false},
    [OPT_SILENT] = {"silent", NULL, NULL, NULL, NULL, "nothing but the exit code", OPT_KIND_FLAG,
                    WORDS_NONE, 's', false},
    [OPT_FORMAT] = {"output", "FMT", NULL, "table", "table|json", "table or json", OPT_KIND_CHOICE,
                    WORDS_NONE, 'o', false},
    [OPT_ALL_RULES] = {"all", NULL, NULL, NULL, NULL, "every rule", OPT_KIND_FLAG, WORDS_NONE, 'a',
                       false},
    [OPT_SHOW_EXAMPLES] = {"examples", NULL, NULL, NULL, NULL, "an example of both sides",
                           OPT_KIND_FLAG, WORDS_NONE, 0, false},
    [OPT_ROLE] = {"role", "ROLE", NULL, "user", "user|system|assistant|tool",
                  "who says it; assistant: an answer", OPT_KIND_CHOICE, WORDS_NONE, 0, false},
    [OPT_ORIGIN] = {"origin", NULL, NULL, NULL, NULL, "where each value comes from", OPT_KIND_FLAG,
                    WORDS_NONE, 0, false},
    [OPT_PATH] = {"path", "GLOB", NULL, NULL, NULL, "paths from the project's root: 'old/**'",
                  OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_FINGERPRINT] = {"fingerprint", "HEX", NULL, NULL, NULL,
                         "this one finding (fingerprint in -o json)", OPT_KIND_TEXT, WORDS_NONE, 0,
                         false},
    [OPT_REASON] = {"reason", "TEXT", NULL, NULL, NULL, "why it is acceptable; required",
                    OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_UNTIL] = {"until", "DATE", NULL, NULL, NULL, "last day, YYYY-MM-DD; open again after it",
                   OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_BY] = {"by", "NAME", NULL, NULL, NULL, "who answers for it (default: you)", OPT_KIND_TEXT,
                WORDS_NONE, 0, false},
    [OPT_MAN] = {"man", NULL, NULL, NULL, NULL, "as a manual page (roff)", OPT_KIND_FLAG,
                 WORDS_NONE, 0, false},
    [OPT_YES] = {"yes", NULL, NULL, NULL, NULL, "do not wait for Enter", OPT_KIND_FLAG, WORDS_NONE,
                 'y', false},
    [OPT_EXAMPLES_DIR] = {"examples", "DIR", NULL, NULL, NULL, "where the example project lies",
                          OPT_KIND_TEXT, WORDS_FOLDERS, 0, false},
    [OPT_MODE] = {"mode", "MODE", NULL, "mask", "mask|token|drop",
                  "mask a few ends stay, token by --key, drop", OPT_KIND_CHOICE, WORDS_NONE, 0,
                  false},
    [OPT_KEY] = {"key", "FILE", NULL, NULL, NULL, "the key that tokens are made with (16 bytes up)",
                 OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_ONLY] = {"only", "RULES", NULL, NULL, NULL, "only these: pii.*,secret.aws.*",
                  OPT_KIND_LIST, WORDS_NONE, 0, false},
    [OPT_EXCEPT] = {"except", "RULES", NULL, NULL, NULL, "not these", OPT_KIND_LIST, WORDS_NONE, 0,
                    false},
    [OPT_DRY_RUN] = {"dry-run", NULL, NULL, NULL, NULL, "write nothing, count", OPT_KIND_FLAG,
                     WORDS_NONE, 'n', false},
    [OPT_DOWNLOADS] = {"jobs", "N", NULL, "4", NULL, "files fetched at a time", OPT_KIND_NUMBER,
                       WORDS_NONE, 'j', false},
    [OPT_RETRIES] = {"retries", "N", NULL, "5", NULL, "tries in a row that bring nothing",
                     OPT_KIND_NUMBER, WORDS_NONE, 0, false},
    [OPT_SILENCE] = {"timeout", "TIME", NULL, "60s", NULL,
                     "give up on a server that is silent so long", OPT_KIND_SECONDS, WORDS_NONE, 0,
                     false},
    [OPT_MAX_SIZE] = {"max-size", "SIZE", NULL, "100GiB", NULL, "the most that one file may have",
                      OPT_KIND_SIZE, WORDS_NONE, 0, false},
    [OPT_ALLOW_UNHASHED] = {"allow-unhashed", NULL, NULL, NULL, NULL,
                            "fetch rows without a hash, too, and note what came", OPT_KIND_FLAG,
                            WORDS_NONE, 0, false},
    [OPT_ALLOW_PRIVATE] = {"allow-private", NULL, NULL, NULL, NULL,
                           "follow redirects into private networks", OPT_KIND_FLAG, WORDS_NONE, 0,
                           false},
    [OPT_ALL_CHANGES] = {"all", NULL, NULL, NULL, NULL, "every difference", OPT_KIND_FLAG,
                         WORDS_NONE, 'a', false},
    [OPT_VERIFY] = {"verify", "BUNDLE", NULL, NULL, NULL,
                    "the signature that the model must have; may be given several times",
                    OPT_KIND_LIST, WORDS_FILES, 0, false},
    [OPT_MODEL] = {"model", "PATH", NULL, NULL, NULL,
                   "what BUNDLE speaks for, if its own name and place do not say it", OPT_KIND_TEXT,
                   WORDS_FILES, 0, false},
    [OPT_RECORDS_SIGNATURE] = {"signature", "FILE", NULL, "DATA.records.sig", NULL,
                               "the bundle over the records", OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_PREVIOUS] = {"previous", "BUNDLE", NULL, NULL, NULL,
                      "prove that this version begins with the one that BUNDLE signs",
                      OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_ROW] = {"row", "N", NULL, NULL, NULL, "the record in this place, counted from 0",
                 OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_RECORD] = {"record", "FILE", NULL, NULL, NULL,
                    "the record as DATA has it; a row as a file of one; -: standard input",
                    OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_SIGN] = {"sign", "KEY", NULL, NULL, NULL,
                  "sign what passed the gate, as merlon sign --key KEY does", OPT_KIND_TEXT,
                  WORDS_FILES, 0, false},
    [OPT_REVOKED] = {"revoked", "LIST", NULL, NULL, NULL,
                     "keys, certificates and models that count no more", OPT_KIND_TEXT, WORDS_FILES,
                     0, false},
    [OPT_REVOKED_BY] = {"revoked-by", "FILE", NULL, NULL, NULL,
                        "the public key that must have signed LIST", OPT_KIND_TEXT, WORDS_FILES, 0,
                        false},
    [OPT_EXIT_CODE] = {"exit-code", NULL, NULL, NULL, NULL, "exit 1 when the two differ",
                       OPT_KIND_FLAG, WORDS_NONE, 0, false},
    [OPT_FORCE] = {"force", NULL, NULL, NULL, NULL, "replace what is there", OPT_KIND_FLAG,
                   WORDS_NONE, 0, false},
    [OPT_PUBLIC_KEY] = {"public-key", "FILE", "rules_key", NULL, NULL,
                        "trust this Ed25519 key for updates of rules, too (PEM)", OPT_KIND_TEXT,
                        WORDS_FILES, 0, false},
    [OPT_ALLOW_OLDER] = {"allow-older", NULL, NULL, NULL, NULL,
                         "go back to an earlier bundle than the installed one", OPT_KIND_FLAG,
                         WORDS_NONE, 0, false},
    [OPT_SIGNATURE] = {"signature", "FILE", NULL, "PATH.merlon.sig", NULL,
                       "the bundle; verify takes several", OPT_KIND_LIST, WORDS_FILES, 0, false},
    [OPT_SIGN_KEY] = {"key", "FILE|URI", NULL, NULL, NULL,
                      "private key: PEM (P-256, P-384, P-521), or pkcs11:... in a token",
                      OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_PASSWORD_FILE] = {"password-file", "FILE", NULL, NULL, NULL,
                           "the key's password; else MERLON_KEY_PASSWORD or the terminal",
                           OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_CERTIFICATE_CHAIN] = {"certificate-chain", "FILE", NULL, NULL, NULL,
                               "sign: the signer's first; verify: roots to trust; repeatable",
                               OPT_KIND_LIST, WORDS_FILES, 0, false},
    [OPT_TRUST_KEY] = {"public-key", "FILE", NULL, NULL, NULL, "trust this key (PEM); repeatable",
                       OPT_KIND_LIST, WORDS_FILES, 0, false},
    [OPT_TRUSTED_ROOT] = {"trusted-root", "FILE", NULL, NULL, NULL,
                          "trusted_root.json, for keyless signatures", OPT_KIND_LIST, WORDS_FILES,
                          0, false},
    [OPT_IDENTITY] = {"identity", "NAME", NULL, NULL, NULL,
                      "only this signer: e-mail, URI or subject of the certificate", OPT_KIND_LIST,
                      WORDS_NONE, 0, false},
    [OPT_ISSUER] = {"issuer", "URL", NULL, NULL, NULL, "keyless: who vouches for the identity",
                    OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_CRL] = {"crl", "FILE", NULL, NULL, NULL, "certificates that were taken back; repeatable",
                 OPT_KIND_LIST, WORDS_FILES, 0, false},
    [OPT_AT] = {"at", "TIME", NULL, "now", NULL,
                "judge certificates at 2026-11-30T12:00:00Z or signing-start", OPT_KIND_TEXT,
                WORDS_NONE, 0, false},
    [OPT_THRESHOLD] = {"threshold", "N", NULL, "all", NULL,
                       "different signers that must agree, of several --signature", OPT_KIND_NUMBER,
                       WORDS_NONE, 0, false},
    [OPT_HASH] = {"hash", "NAME", NULL, "sha256", "sha256|blake2b|blake3",
                  "the reference verifies sha256 only", OPT_KIND_CHOICE, WORDS_NONE, 0, false},
    [OPT_SHARDS] = {"shards", "SIZE", NULL, NULL, NULL,
                    "hash files in pieces of SIZE; the reference cannot verify them", OPT_KIND_SIZE,
                    WORDS_NONE, 0, false},
    [OPT_IGNORE_PATHS] = {"ignore-paths", "PATH", NULL, NULL, NULL,
                          "leave out PATH, seen from the model; repeatable", OPT_KIND_LIST,
                          WORDS_FILES, 0, false},
    [OPT_IGNORE_UNSIGNED] = {"ignore-unsigned-files", NULL, NULL, NULL, NULL,
                             "files that were not signed may be there; they are told",
                             OPT_KIND_FLAG, WORDS_NONE, 0, false},
    [OPT_ALLOW_SYMLINKS] = {"allow-symlinks", NULL, NULL, NULL, NULL,
                            "links to files are files; else a link is an error", OPT_KIND_FLAG,
                            WORDS_NONE, 0, false},
    [OPT_PARANOID] = {"paranoid", NULL, NULL, NULL, NULL,
                      "read every byte, also of files that have not changed since", OPT_KIND_FLAG,
                      WORDS_NONE, 0, false},
    [OPT_LAYOUT] = {"layout", NULL, NULL, NULL, NULL,
                    "no signature: what git-lfs, DVC, Hugging Face, OCI or Ollama recorded",
                    OPT_KIND_FLAG, WORDS_NONE, 0, false},
    [OPT_COMPAT] = {"compat", "FORM", NULL, "both", "both|spec|reference",
                    "spellings of the specification or of the Python reference", OPT_KIND_CHOICE,
                    WORDS_NONE, 0, false},
    [OPT_AUDIT_LOG] = {"log", NULL, "audit.log", NULL, NULL,
                       "keep a log of scans, signatures and verdicts in .merlon/log", OPT_KIND_FLAG,
                       WORDS_NONE, 0, false},
    [OPT_AUDIT_FULL] = {"audit-full", "POLICY", "audit.full", "block", "block|continue",
                        "when the log cannot be written: refuse, or go on and say so",
                        OPT_KIND_CHOICE, WORDS_NONE, 0, false},
    [OPT_AUDIT_KEEP_DAYS] = {"audit-keep-days", "DAYS", "audit.keep_days", "all", NULL,
                             "drop segments of the log that are older", OPT_KIND_NUMBER, WORDS_NONE,
                             0, false},
    [OPT_AUDIT_KEEP_SIZE] = {"audit-keep-size", "SIZE", "audit.keep_size", "all", NULL,
                             "drop the oldest segments beyond this", OPT_KIND_SIZE, WORDS_NONE, 0,
                             false},
    [OPT_AUDIT_KEY] = {"public-key", "FILE", NULL, "LOG/key.pub", NULL,
                       "the log's key as it was given to you; trust no other", OPT_KIND_TEXT,
                       WORDS_FILES, 0, false},
    [OPT_CHECKPOINT] = {"checkpoint", "FILE", NULL, NULL, NULL,
                        "one that was kept elsewhere: the log must have grown from it",
                        OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_FOLLOW] = {"follow", NULL, NULL, NULL, NULL, "go on as events come", OPT_KIND_FLAG,
                    WORDS_NONE, 'f', false},
    [OPT_LINES] = {"lines", "N", NULL, "10", NULL, "so many of the last ones", OPT_KIND_NUMBER,
                   WORDS_NONE, 'n', false},
    [OPT_EVENTS_AS] = {"output", "FMT[=FILE]", NULL, "jsonl", NULL,
                       "jsonl, ocsf, csv or cef, into FILE", OPT_KIND_TEXT, WORDS_NONE, 'o', false},
    [OPT_SINCE_TIME] = {"since", "TIME", NULL, NULL, NULL,
                        "from then on: 1h, 7d or 2026-11-30T12:00:00Z", OPT_KIND_TEXT, WORDS_NONE,
                        0, false},
    [OPT_UNTIL_TIME] = {"until", "TIME", NULL, NULL, NULL, "before then", OPT_KIND_TEXT, WORDS_NONE,
                        0, false},
    [OPT_KIND] = {"kind", "KIND", NULL, NULL, NULL, "only such events: scan, sign, guard, log.*",
                  OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_VERDICT] = {"verdict", "WORD", NULL, NULL, NULL, "only these: pass, fail, block ...",
                     OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_CALLER] = {"caller", "HASH", NULL, NULL, NULL, "only of this caller; the first letters do",
                    OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_LISTEN] = {"listen", "ADDR:PORT", NULL, NULL, NULL, "where clients come in", OPT_KIND_TEXT,
                    WORDS_NONE, 0, false},
    [OPT_UPSTREAM] = {"upstream", "URL", NULL, NULL, NULL, "the model server behind it",
                      OPT_KIND_TEXT, WORDS_NONE, 0, false},
    [OPT_GUARD_MODE] = {"mode", "MODE", NULL, "observe", "observe|enforce",
                        "observe blocks nothing", OPT_KIND_CHOICE, WORDS_NONE, 0, false},
    [OPT_GUARD_CONFIG] = {"config", "FILE", NULL, NULL, NULL,
                          "listeners, upstreams and routes (doc/guard.md)", OPT_KIND_TEXT,
                          WORDS_FILES, 0, false},
    [OPT_GUARD_LOG] = {"log", "DIR", NULL, "the project's, if it keeps one", NULL,
                       "record what was judged there", OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_LOG_FORMAT] = {"log-format", "FORM", NULL, "text", "text|json",
                        "json: each exchange as a line on stderr", OPT_KIND_CHOICE, WORDS_NONE, 0,
                        false},
    [OPT_LOG_KEY] = {"audit-key", "FILE", NULL, "the log's own", NULL,
                     "the private key that signs the log", OPT_KIND_TEXT, WORDS_FILES, 0, false},
    [OPT_REQUEST] = {"request", "ID", NULL, NULL, NULL,
                     "one decision of the gateway, by its x-merlon-request-id", OPT_KIND_TEXT,
                     WORDS_NONE, 0, false},
    [OPT_REQUEST_FROM] = {"from", "WHERE", NULL, "the project's log", NULL,
                          "a log's folder, or http://127.0.0.1:8443", OPT_KIND_TEXT, WORDS_FILES, 0,
                          false},
    [OPT_POLICY] = {"policy", "FILE", NULL, "built-in", NULL,
                    "what is done about what is found (doc/guard.md)", OPT_KIND_TEXT, WORDS_FILES,
                    0, false},
    [OPT_ROUTE] = {"route", "NAME", NULL, NULL, NULL, "as on this route", OPT_KIND_TEXT, WORDS_NONE,
                   0, false},
    [OPT_TENANT] = {"tenant", "NAME", NULL, NULL, NULL, "as of this tenant", OPT_KIND_TEXT,
                    WORDS_NONE, 0, false},
    [OPT_LOOPS] = {"jobs", "N", NULL, "one per processor", NULL, "loops, each a thread",
                   OPT_KIND_NUMBER, WORDS_NONE, 'j', false},
    [OPT_HELP] = {"help", NULL, NULL, NULL, NULL, "this text", OPT_KIND_FLAG, WORDS_NONE, 'h',
                  false},
};

const struct option *option_at(enum opt o)
{
    return o < OPT_COUNT ? &options[o] : NULL;
}

void option_env(enum opt o, struct buf *out)
{
    const char *key = options[o].key;
    if (!key) return;
    buf_str(out, "MERLON_");
    for (; *key; key++) {
        char c = *key;
        if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
        buf_byte(out, (uint8_t)(c == '.' ? '_' : c));
    }
}

enum opt option_of_key(struct slice key)
{
    for (enum opt o = 0; o < OPT_COUNT; o++)
        if (options[o].key && slice_eq(key, slice_str(options[o].key))) return o;
    return OPT_COUNT;
}

const char *key_nearest(struct slice key)
{
    struct near near = near_to(key);
    for (enum opt o = 0; o < OPT_COUNT; o++) near_try(&near, options[o].key);
    return near.best;
}

bool command_takes(const struct command *c, enum opt o)
{
    if (o == OPT_HELP) return true;
    for (const enum opt *p = c->options; p && *p != OPT_COUNT; p++)
        if (*p == o) return true;
    return false;
}

bool option_is_key_only(enum opt o)
{
    for (size_t i = 0; i < command_count(); i++)
        if (command_takes(command_at(i), o)) return false;
    return options[o].key != NULL;
}

enum opt option_find(const struct command *c, struct slice name)
{
    for (enum opt o = 0; o < OPT_COUNT; o++)
        if (slice_eq(name, slice_str(options[o].name)) && command_takes(c, o)) return o;
    return OPT_COUNT;
}

enum opt option_letter(const struct command *c, char letter)
{
    for (enum opt o = 0; o < OPT_COUNT; o++)
        if (options[o].letter == letter && command_takes(c, o)) return o;
    return OPT_COUNT;
}

enum opt option_nearest(const struct command *c, struct slice name)
{
    struct near near = near_to(name);
    enum opt best = OPT_COUNT;
    for (enum opt o = 0; o < OPT_COUNT; o++)
        if (command_takes(c, o) && near_try(&near, options[o].name)) best = o;
    return best;
}
