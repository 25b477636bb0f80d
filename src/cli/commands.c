/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the commands that exist, in the order of `merlon help`. */
#include "base/st.h"
#include "cli/command_options.h"
#include "cli/commands.h"
#include "cli/near.h"
#include "cli/options.h"

static const struct command commands[] = {
    {"scan",
     "[PATH...]",
     "inspect models, datasets, archives and texts below PATH",
     "PATH is a file, a folder or - for standard input; without one, the current folder.\n"
     "Exit: 0 below the gate, 1 gate failed, 2 could not do it, 3 nothing recognised.\n",
     scan_options,
     {{"merlon scan .", "the project, in a terminal"},
      {"merlon scan . -o sarif=m.sarif -o html=m.html", "two reports"},
      {"curl -s URL | merlon scan -", "before it touches the disk"}},
     0,
     SIZE_MAX,
     WORDS_FILES,
     cmd_scan},
    {"report",
     "RESULT",
     "show a result in another format, without scanning again",
     "RESULT is a file that -o json wrote. Exit: 0 when it could be shown, whatever it says; else "
     "2.\n",
     report_options,
     {{"merlon report merlon.json -o html=report.html", "a page for people"},
      {"merlon report merlon.json -o sarif=merlon.sarif -o junit=merlon.xml", "for two tools"}},
     1,
     1,
     WORDS_FILES,
     cmd_report},
    {"diff",
     "OLD NEW",
     "what changed between two versions of a model or dataset",
     "Models by tensor, import, key and line of the chat template; settings and tokenizers by\n"
     "key; CSV, JSON and JSON lines by record; Parquet and Arrow by column and row, packed how\n"
     "ever; all else by digest.\n"
     "Records are shown by place, never by content. Exit: 0, or 1 with --exit-code; 2 could not.\n",
     diff_options,
     {{"merlon diff v1/ v2/", "two folders: added, removed, renamed, changed"},
      {"merlon diff old.jsonl new.jsonl --all", "each record that only one of them has"},
      {"merlon diff base.safetensors tuned.safetensors -o json", "which tensors were trained?"}},
     2,
     2,
     WORDS_FILES,
     cmd_diff},
    {"data redact",
     "IN OUT",
     "a copy of a data file without secrets and personal values",
     "CSV, TSV, JSON, JSON lines, notebooks and plain text; the copy keeps format, character set\n"
     "and every other byte. A number that is replaced becomes a string, dropped ones null or\n"
     "nothing; names of fields stay. OUT is judged before it gets its name. - is standard input\n"
     "or output. Exit: 0 done, 1 not all of IN could be looked at, 2 could not, 3 no data.\n",
     redact_options,
     {{"merlon data redact users.csv clean.csv", "a***@e******.org"},
      {"merlon data redact users.csv clean.csv --mode token --key k", "<email:4F7K22QX3D5M>"},
      {"merlon data redact chat.jsonl --dry-run --only secret", "what is in it?"}},
     1,
     2,
     WORDS_FILES,
     cmd_data_redact},
    {"data fetch",
     "LIST DIR",
     "download what a list names; keep only what has the right hash",
     "LIST has lines of URL, hash and name (or of hash and URL), or is CSV, JSON, JSON lines or\n"
     "Croissant with such fields. SHA-256, SHA-512; MD5 and SHA-1 find accidents only. A file is\n"
     "NAME.part until it is whole and right; run again to go on. No other program is started, and\n"
     "no URL but the list's is asked.\n"
     "Exit: 0 all is there, 1 a hash is wrong or missing, 2 not all could be had, 3 empty list.\n",
     fetch_options,
     {{"merlon data fetch train.sha256 data/", "what is there already stays"},
      {"merlon data fetch laion.csv images/ -j 16 -o json=fetch.json", "16 at a time"},
      {"merlon data fetch urls.txt raw/ --allow-unhashed", "the first time: notes the hashes"}},
     2,
     2,
     WORDS_FILES,
     cmd_data_fetch},
    {"sign",
     "PATH",
     "sign a model or dataset (OpenSSF Model Signing)",
     "PATH is a folder or a file. The bundle names every file with its digest and can be verified\n"
     "by any tool that reads Sigstore bundles. Nothing is sent anywhere. Refused: links (unless\n"
     "allowed, never those that lead out), devices, an empty model. An earlier bundle is "
     "replaced,\n"
     "another file only with --force.\n",
     sign_options,
     {{"merlon sign models/ --key release.key", "writes models.merlon.sig"},
      {"merlon sign models/ --key leaf.key --certificate-chain leaf.crt", "with a certificate"},
      {"merlon sign big/ --key release.key --hash blake3 --shards 1GiB", "for Merlon alone"}},
     1,
     1,
     WORDS_FILES,
     cmd_sign},
    {"verify",
     "PATH",
     "is this model what its signer signed? What is not covered?",
     "Each changed, missing and unsigned file is named, and what no signature speaks for. "
     "--layout\n"
     "asks what a store recorded; who wrote the store is not proved. Exit: 0 yes, 1 no, 3 no "
     "record.\n",
     model_verify_options,
     {{"merlon verify models/ --public-key release.pub", "signed with a key"},
      {"merlon verify m/ --certificate-chain root.crt", "with a certificate"},
      {"merlon verify m/ --signature m.sig --trusted-root trusted_root.json \\\n"
       "      --identity a@example.com --issuer https://accounts.google.com",
       "keyless"},
      {"merlon verify m/ --signature a.sig --signature b.sig --threshold 2 \\\n"
       "      --public-key a.pub --public-key b.pub",
       "two of two"},
      {"merlon verify --layout ~/.cache/huggingface/hub", "no signature: as it was fetched?"}},
     1,
     1,
     WORDS_FILES,
     cmd_verify},
    {"seal",
     "PATH",
     "verify a model and let the kernel keep it as it is (fs-verity)",
     "Each file is made unchangeable and checked against its own tree at every read from the "
     "disk;\n"
     "it can only be deleted. For ext4, f2fs and btrfs with fs-verity. Where there is none, "
     "merlon\n"
     "run serves a copy in memory. Exit: 0 sealed, 1 not verified, 2 could not do it.\n",
     seal_options,
     {{"merlon seal models/ --public-key release.pub", "after each download"}},
     1,
     1,
     WORDS_FILES,
     cmd_seal},
    {"run",
     "-- CMD [ARG...]",
     "start a server that can load only what was verified",
     "The model is copied into memory, the copy is verified and takes the folder's place for CMD "
     "and\n"
     "all that it starts, read-only: whoever writes to the disk meanwhile changes nothing. Exit: "
     "1\n"
     "not verified, 2 could not do it, then CMD was not started; else CMD's own.\n",
     run_options,
     {{"merlon run --verify models.merlon.sig --public-key release.pub -- \\\n"
       "      python3 serve.py models/",
       "needs root or user namespaces, and the memory"}},
     1,
     SIZE_MAX,
     WORDS_FILES,
     cmd_run},
    {"data sign",
     "DATA",
     "sign a dataset by its records, so that each can be proved",
     "A Merkle tree over the records of a CSV, JSON or JSON lines file, or over the rows of a\n"
     "Parquet or Arrow file (one table has one root, whatever wrote and packed it): its root is\n"
     "signed. See merlon data prove. With --previous the bundle also proves that the version "
     "before is the\n"
     "beginning of this one: nothing was changed or taken out, only added.\n",
     data_sign_options,
     {{"merlon data sign train.jsonl --key release.key", "writes train.jsonl.records.sig"},
      {"merlon data sign v2.jsonl --key release.key --previous v1.jsonl.records.sig", "it grew"}},
     1,
     1,
     WORDS_FILES,
     cmd_data_sign},
    {"data verify",
     "DATA",
     "are these the records that were signed?",
     "Exit: 0 they are, 1 they are not or the signature does not hold, 2 could not do it.\n",
     data_verify_options,
     {{"merlon data verify train.jsonl --public-key release.pub", "all of them, in order"}},
     1,
     1,
     WORDS_FILES,
     cmd_data_verify},
    {"data prove",
     "DATA",
     "a proof that one record is in a dataset, or that it is not",
     "The proof is a small JSON file. It holds hashes and no data: whoever has the record, the\n"
     "proof and the signed root can check it without the dataset. See merlon data check.\n"
     "A record of a Parquet or Arrow file is a file of one row, by any writer.\n",
     data_prove_options,
     {{"merlon data prove train.jsonl --row 88 > proof.json", "it is in"},
      {"merlon data prove train.jsonl --record mine.json > proof.json", "in, or not in"},
      {"merlon data prove train.parquet --record mine.parquet > proof.json", "of one row"}},
     1,
     1,
     WORDS_FILES,
     cmd_data_prove},
    {"data check",
     "PROOF",
     "check a proof of merlon data prove against a signed root",
     "Exit: 0 proved, 1 not proved or the signature does not hold, 2 could not do it.\n",
     data_check_options,
     {{"merlon data check proof.json --record mine.json \\\n"
       "      --signature train.jsonl.records.sig --public-key release.pub",
       "without the dataset"}},
     1,
     1,
     WORDS_FILES,
     cmd_data_check},
    {"audit verify",
     "[LOG]",
     "is the log as it was written? If not, where not?",
     "LOG is a log's folder, the project's when none is given. Each record is held against the "
     "signed\n"
     "checkpoints; what was changed, taken away or added is named by segment and record. The "
     "log's\n"
     "own key.pub says whose signatures count, unless --public-key names one that you hold.\n"
     "Exit: 0 as it was written, 1 not, 2 could not do it, 3 there is no log.\n",
     audit_verify_options,
     {{"merlon audit verify", "the project's log"},
      {"merlon audit verify --public-key ours.pub --checkpoint monday.note", "what you hold"},
      {"merlon audit verify /srv/guard/log -o json", "for a monitor"}},
     0,
     1,
     WORDS_FOLDERS,
     cmd_audit_verify},
    {"audit tail",
     "[LOG]",
     "the last events, and those that come",
     "",
     audit_tail_options,
     {{"merlon audit tail", "the last ten"},
      {"merlon audit tail -f -o json", "as they come, for jq"}},
     0,
     1,
     WORDS_FOLDERS,
     cmd_audit_tail},
    {"audit export",
     "[LOG]",
     "events for other tools: JSON lines, OCSF, CSV, CEF",
     "ocsf: Detection Findings (class 2004) of OCSF 1.1.0, other events as Base Events. jsonl: "
     "the\n"
     "records as they are. A record that cannot be read is told, and the exit code is 1.\n",
     audit_export_options,
     {{"merlon audit export --since 1h -o ocsf=siem.jsonl", "the last hour"},
      {"merlon audit export --kind scan --verdict fail -o csv", "gates that failed"},
      {"merlon audit export --since 7d -o cef", "for ArcSight and friends"}},
     0,
     1,
     WORDS_FOLDERS,
     cmd_audit_export},
    {"audit prove",
     "RECORD [LOG]",
     "a proof that a record is in the log, for somebody without it",
     "RECORD is its number (n). The proof holds the record, hashes and the newest checkpoint "
     "(C2SP\n"
     "tlog-proof). See merlon audit check.\n",
     audit_prove_options,
     {{"merlon audit prove 17 > 17.tlog-proof", "to be handed over"}},
     1,
     2,
     WORDS_NONE,
     cmd_audit_prove},
    {"audit check",
     "PROOF",
     "check a proof of merlon audit prove, and print its record",
     "Exit: 0 proved, 1 not, 2 could not do it.\n",
     audit_check_options,
     {{"merlon audit check 17.tlog-proof --public-key their.pub", "- is standard input"}},
     1,
     1,
     WORDS_FILES,
     cmd_audit_check},
    {"explain",
     "[RULE]",
     "what a rule means: the attack, the fix, where it maps to",
     "RULE is an id, a short form (pickle-exec) or a class (model.code_exec_on_load).\n"
     "In a project it also says where the last scan saw it.\n",
     explain_options,
     {{"merlon explain model.pickle-exec", "one rule"},
      {"merlon explain model.pickle-exec --examples", "with an example of both sides"},
      {"merlon explain --all -o json", "all rules, for programs"}},
     0,
     1,
     WORDS_RULES,
     cmd_explain},
    {"rules",
     "",
     "list every rule with its severity, and how old rules and advisories are",
     "Newer ones come as one signed file: merlon rules update.\n",
     rules_options,
     {{"merlon rules", "a table"},
      {"merlon rules -q", "ids only"},
      {"merlon rules -o json", "for programs"},
      {"merlon rules update merlon-rules.bundle", "newer ones"}},
     0,
     0,
     WORDS_NONE,
     cmd_rules},
    {"rules update",
     "FILE",
     "install newer rules and advisories from a signed file",
     "FILE is a bundle that the release key signed, or the key that --public-key names, which is\n"
     "then remembered. It is kept in the cache ($XDG_CACHE_HOME/merlon) and checked again by each\n"
     "scan; without a sound one a scan goes by the rules of the program, and says so. No network.\n"
     "Exit: 0 installed, or there is nothing newer in it; 1 refused; 2 could not be read or "
     "written.\n",
     update_options,
     {{"merlon rules update merlon-rules.bundle", "from the project's release"},
      {"merlon rules update ours.bundle --public-key ours.pem", "signed by your own team"},
      {"curl -s URL | merlon rules update -", "from standard input"}},
     1,
     1,
     WORDS_FILES,
     cmd_rules_update},
    {"rules verify",
     "FILE",
     "check a bundle and say what is in it; install nothing",
     "Exit: 0 sound and of a trusted key, 1 refused, 2 could not be read.\n",
     verify_options,
     {{"merlon rules verify merlon-rules.bundle", "before it is installed"}},
     1,
     1,
     WORDS_FILES,
     cmd_rules_verify},
    {"ignore add",
     "RULE",
     "accept a finding, with a reason and an end date",
     "Writes an entry to .merlonignore.toml at the root of the project. RULE is an id or ends\n"
     "with a star (model.pickle-*). Without --path and --fingerprint it holds everywhere.\n",
     ignore_add_options,
     {{"merlon ignore add model.pickle-unknown-import --path 'old/**' \\\n"
       "      --reason \"own class, reviewed\" --until 2027-03-31",
       "for one folder, for a time"}},
     1,
     1,
     WORDS_RULES,
     cmd_ignore_add},
    {"ignore list",
     "",
     "list what is accepted: who, why, until when",
     "",
     list_options,
     {{"merlon ignore list", "all entries and their state"}},
     0,
     0,
     WORDS_NONE,
     cmd_ignore_list},
    {"ignore remove",
     "[RULE]",
     "take entries back",
     "Removes the entries that match all that is given.\n",
     ignore_remove_options,
     {{"merlon ignore remove model.pickle-exec --path 'old/**'", "this entry"}},
     0,
     1,
     WORDS_RULES,
     cmd_ignore_remove},
    {"ignore prune",
     "",
     "remove entries whose date has passed",
     "",
     no_options,
     {{"merlon ignore prune", "the lapsed ones"}},
     0,
     0,
     WORDS_NONE,
     cmd_ignore_prune},
    {"init",
     "",
     "write a commented merlon.toml; never overwrites",
     "With --log a log begins in .merlon/log, and nothing else is written: from then on scan, "
     "sign\n"
     "and verify leave a signed record each. See merlon audit verify.\n",
     init_options,
     {{"merlon init", "at the root of the project"}, {"merlon init --log", "keep a log, too"}},
     0,
     0,
     WORDS_NONE,
     cmd_init},
    {"config show",
     "[KEY]",
     "the settings in effect",
     "Options win over MERLON_* variables, then the project's merlon.toml (or [tool.merlon] of\n"
     "pyproject.toml), then $XDG_CONFIG_HOME/merlon/merlon.toml, then /etc/merlon/merlon.toml.\n",
     show_options,
     {{"merlon config show --origin", "and where each comes from"},
      {"merlon config show fail_on", "one value"}},
     0,
     1,
     WORDS_NONE,
     cmd_config_show},
    {"config check",
     "",
     "check the configuration files and variables",
     "Names file, line, column and the fix. Exit: 0 sound, 2 not.\n",
     check_options,
     {{"merlon config check", "the files in effect"},
      {"merlon config check --config ci.toml", "this file"}},
     0,
     0,
     WORDS_NONE,
     cmd_config_check},
    {"hook install",
     "",
     "scan what is staged before each git commit",
     "Writes .git/hooks/pre-commit; a hook of somebody else is never overwritten.\n",
     no_options,
     {{"merlon hook install", "in a git repository"}},
     0,
     0,
     WORDS_NONE,
     cmd_hook_install},
    {"hook uninstall",
     "",
     "remove the hook",
     "",
     no_options,
     {{"merlon hook uninstall", "only Merlon's own"}},
     0,
     0,
     WORDS_NONE,
     cmd_hook_uninstall},
    {"tour",
     "",
     "five minutes, from nothing to a gated pipeline",
     "Runs real commands on a small project with honest and booby-trapped files. The payloads\n"
     "only print a line, and nothing here loads them. Writes only to a temporary folder.\n",
     tour_options,
     {{"merlon tour", "step by step"}, {"merlon tour --yes", "all at once"}},
     0,
     0,
     WORDS_NONE,
     cmd_tour},
    {"completion",
     "SHELL",
     "completion for bash, zsh or fish",
     "",
     no_options,
     {{"source <(merlon completion bash)", "in ~/.bashrc"},
      {"merlon completion zsh > ~/.zfunc/_merlon", "in a folder of $fpath"},
      {"merlon completion fish > ~/.config/fish/completions/merlon.fish", "for good"}},
     1,
     1,
     WORDS_NONE,
     cmd_completion},
    {"version",
     "",
     "version, rules; with -v the build, libraries and sandbox",
     "",
     version_options,
     {{"merlon version -v", "for a bug report"}},
     0,
     0,
     WORDS_NONE,
     cmd_version},
    {"help",
     "[COMMAND...]",
     "this overview, or help for one command",
     "",
     help_options,
     {{"merlon help scan", "same as merlon scan --help"},
      {"merlon help --man scan | man -l -", "as a manual page"}},
     0,
     2,
     WORDS_NONE,
     cmd_help},
};

size_t command_count(void)
{
    return COUNT_OF(commands);
}

const struct command *command_at(size_t i)
{
    return i < COUNT_OF(commands) ? &commands[i] : NULL;
}

/* "config" of "config show"; the second word is empty for plain commands. */
static struct slice split_name(const struct command *c, struct slice *ret_second)
{
    struct slice rest = slice_str(c->name), first;
    (void)slice_split(&rest, ' ', &first);
    *ret_second = rest.p ? rest : S("");
    return first;
}

/* Two words win over one: "rules update" is not "rules" with an argument. */
const struct command *command_find(struct slice first, struct slice second, size_t *ret_used)
{
    const struct command *found = NULL;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        struct slice b, a = split_name(&commands[i], &b);
        if (!slice_eq(a, first) || (b.n && !slice_eq(b, second)) || (found && !b.n)) continue;
        *ret_used = b.n ? 2 : 1;
        found = &commands[i];
    }
    return found;
}

bool command_is_group(struct slice word)
{
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        struct slice b, a = split_name(&commands[i], &b);
        if (b.n && slice_eq(a, word)) return true;
    }
    return false;
}

const char *command_nearest(struct slice group, struct slice word)
{
    struct near near = near_to(word);
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        struct slice b, a = split_name(&commands[i], &b);
        if (group.n && !slice_eq(a, group)) continue;
        if (!group.n && !b.n) near_try(&near, commands[i].name);
        if (group.n && b.n) near_try(&near, (const char *)b.p);
    }
    if (near.best || group.n) return near.best;
    static const char *const groups[] = {"data", "audit", "ignore", "config", "hook"};
    for (size_t i = 0; i < COUNT_OF(groups); i++) near_try(&near, groups[i]);
    return near.best;
}
