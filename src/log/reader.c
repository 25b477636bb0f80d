/* SPDX-License-Identifier: Apache-2.0 */
#include "log/reader.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* False: there is no such file, or errno. */
static bool enter(struct reader *r, uint64_t segment, uint64_t at)
{
    char name[SEGMENT_NAME];
    folder_name(segment, "log", name);
    int fd = log_file_open(r->folder.io, r->folder.fd, name, O_RDONLY);
    if (fd < 0) return false;
    if (r->fd >= 0) close(r->fd);
    r->fd = fd;
    r->segment = segment;
    lines_start(&r->lines, r->folder.io, fd, at);
    return true;
}

/* The oldest segment with records behind this one; 0: none. */
static uint64_t next_with_records(const struct folder *f, uint64_t segment)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->segments[i].log && f->segments[i].number > segment) return f->segments[i].number;
    return 0;
}

bool reader_open(struct reader *r, const char *path, const struct log_io *io)
{
    *r = (struct reader){.fd = -1};
    return folder_open(&r->folder, path, io);
}

void reader_done(struct reader *r)
{
    if (r->fd >= 0) close(r->fd);
    lines_done(&r->lines);
    folder_done(&r->folder);
    r->fd = -1;
}

static enum reader_end give(struct reader *r, struct slice text, uint64_t at, struct record *ret)
{
    struct line line = {0};
    bool sound = line_read(text, &line) == LINE_OK;
    *ret = (struct record){r->segment, at, line.n, text};
    return sound ? READER_OK : READER_BAD;
}

/* The writer makes a segment only when the one before it is complete: what that one still gives,
 * once the next is known to be there, is all that it has. */
static bool look_ahead(struct reader *r)
{
    if (!folder_list(&r->folder)) return false;
    r->next = next_with_records(&r->folder, r->segment);
    errno = 0;
    return r->next != 0;
}

static enum reader_end go_on(struct reader *r)
{
    uint64_t to = r->next;
    r->next = 0;
    if (enter(r, to, 0) || errno == ENOENT) return READER_OK; /* retention was faster */
    return READER_IO;
}

enum reader_end reader_next(struct reader *r, struct record *ret)
{
    for (;;) {
        struct slice text = S("");
        uint64_t at = r->lines.at, segment = r->segment;
        enum lines_end end = segment ? lines_next(&r->lines, &text) : LINES_END;
        if (end == LINES_OK || end == LINES_LONG) return give(r, text, at, ret);
        if (end == LINES_IO || end == LINES_NOMEM) return READER_IO;
        if (!r->next && !look_ahead(r)) return errno ? READER_IO : READER_END;
        if (segment && !r->looked) {
            r->looked = true;
            continue;
        }
        r->looked = false;
        if (go_on(r) == READER_IO) return READER_IO;
        if (end != LINES_TORN) continue;
        *ret = (struct record){segment, at, 0, S("")};
        return READER_BAD;
    }
}

/* The number of a segment's first sound record; UINT64_MAX: it has none. */
static uint64_t first_of(struct reader *r, uint64_t segment)
{
    struct slice text;
    struct line line;
    enum lines_end end;
    if (!enter(r, segment, 0)) return UINT64_MAX;
    while ((end = lines_next(&r->lines, &text)) == LINES_OK || end == LINES_LONG)
        if (end == LINES_OK && line_read(text, &line) == LINE_OK) return line.n;
    return UINT64_MAX;
}

/* The newest segment that begins at or before n. */
static bool enter_for(struct reader *r, uint64_t n)
{
    uint64_t oldest = 0;
    for (size_t i = r->folder.count; i-- > 0;) {
        const struct segment *s = &r->folder.segments[i];
        if (!s->log) continue;
        oldest = s->number;
        if (first_of(r, s->number) <= n) return enter(r, s->number, 0);
    }
    return oldest ? enter(r, oldest, 0) : true;
}

bool reader_seek(struct reader *r, uint64_t n)
{
    struct record record;
    enum reader_end end;
    if (!folder_list(&r->folder) || !enter_for(r, n)) return false;
    for (uint64_t at = 0; r->segment; at = r->lines.at) {
        uint64_t segment = r->segment;
        end = reader_next(r, &record);
        if (end == READER_IO) return false;
        if (end == READER_END) return true;
        if (end == READER_OK && record.n >= n)
            return enter(r, record.segment, segment == record.segment ? at : 0);
    }
    return true;
}

bool reader_last(struct reader *r, uint64_t *ret)
{
    bool found = false;
    if (!folder_list(&r->folder)) return false;
    for (size_t i = r->folder.count; i-- > 0 && !found;) {
        struct slice text;
        struct line line;
        enum lines_end end;
        if (!r->folder.segments[i].log || !enter(r, r->folder.segments[i].number, 0)) continue;
        while ((end = lines_next(&r->lines, &text)) == LINES_OK || end == LINES_LONG)
            if (end == LINES_OK && line_read(text, &line) == LINE_OK) {
                *ret = line.n;
                found = true;
            }
    }
    return found;
}
