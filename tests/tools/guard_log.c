/* SPDX-License-Identifier: Apache-2.0 */
/* guard_log.c DIR: a log with exchanges as the gateway records them, one of each sort, for the
 * journeys of those who read it. */
#include "../unit/guard/records.h"
#include "log/place.h"

static void tell(struct recorder *r)
{
    struct guard_record passed = sample_passed(1), blocked = sample_blocked();
    struct guard_record cleaned = sample_passed(2), worst = sample_worst();
    const struct part part = {.role = PART_ASSISTANT, .channel = PART_TOOL_CALL};
    const struct guard_match m = {.rule = rule_find(S("pii.iban")), .severity = SEV_MEDIUM};
    cleaned.enforced = cleaned.cut = true;
    cleaned.side[RECORD_ANSWER].action = ACT_ANONYMISE;
    cleaned.side[RECORD_ANSWER].because = m.rule;
    record_text(cleaned.caller, sizeof cleaned.caller, S("key:ffffffffffff"));
    record_match(&cleaned, RECORD_ANSWER, &part, &m, ACT_ANONYMISE, S("choices[0].tool_calls[0]"),
                 S(""));
    sample_id(worst.id, 0xbad);
    recorder_tell(r, &passed);
    recorder_tell(r, &blocked);
    recorder_tell(r, &cleaned);
    recorder_tell(r, &worst);
}

int main(int argc, char **argv)
{
    struct buf why;
    bool made;
    buf_init(&why, 4096);
    if (argc != 2 || mkdir(argv[1], 0700) ||
        place_key(argv[1], NULL, &test_key, &made, &why) != ST_OK)
        return 2;
    buf_done(&why);
    struct writer *w = open_log(argv[1], (struct writer_options){.full = WRITER_BLOCK});
    if (!w) return 2;
    struct recorder *r =
        open_recorder((struct recorder_options){.writer = w, .key = &test_key, .lines = -1});
    tell(r);
    recorder_free(r);
    return writer_close(w, NULL) == ST_OK ? 0 : 2;
}
