/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/signals.h"
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t progress_shown;

static void on_end(int number)
{
    static const char wipe[] = "\r\x1b[K";
    if (progress_shown && write(STDERR_FILENO, wipe, sizeof wipe - 1) < 0) _exit(128 + number);
    _exit(128 + number);
}

void signals_init(void)
{
    struct sigaction end = {.sa_handler = on_end}, ignore = {.sa_handler = SIG_IGN}, old;
    static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        /* nohup and shells that put us into the background have SIGHUP or SIGINT ignored: keep that
         */
        if (sigaction(ends[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN) continue;
        (void)sigaction(ends[i], &end, NULL);
    }
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

void signals_progress(bool shown)
{
    progress_shown = shown;
}

void signals_hold(bool hold)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    (void)sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}
