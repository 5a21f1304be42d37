// SPDX-License-Identifier: Apache-2.0
// The loop of the controllers with nothing in it: absolute deadlines on the grid of the steady
// clock, SCHED_FIFO, locked memory, active waiting from EARLY_NS before the deadline. What it
// reaches is what this machine allows any loop.
//
// usage: c_loop PERIOD_NS PHASE_NS EARLY_NS PRIORITY SECONDS
// Prints one line: cycles missed granted p50 p99 p99.9 max, wake lateness in ns.

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static const int64_t NS_PER_S = 1000000000;

static int64_t steady_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int64_t wait_until(int64_t deadline_ns, int64_t early_ns) {
    const int64_t wake_ns = deadline_ns - early_ns;
    const struct timespec wake = {wake_ns / NS_PER_S, wake_ns % NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake, NULL) != 0) {
    }
    int64_t now_ns = steady_ns();
    while (now_ns < deadline_ns) {
        now_ns = steady_ns();
    }
    return now_ns;
}

static int ascending(const void *left, const void *right) {
    const int64_t a = *(const int64_t *)left;
    const int64_t b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static int64_t percentile(const int64_t *sorted, int64_t count, double share) {
    const int64_t index = (int64_t)(share * count);
    return sorted[index < count ? index : count - 1];
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: c_loop PERIOD_NS PHASE_NS EARLY_NS PRIORITY SECONDS\n");
        return 2;
    }
    const int64_t period_ns = atoll(argv[1]);
    const int64_t phase_ns = atoll(argv[2]);
    const int64_t early_ns = atoll(argv[3]);
    const struct sched_param priority = {atoi(argv[4])};
    const int64_t wanted = (int64_t)(atof(argv[5]) * NS_PER_S / period_ns);
    if (period_ns <= 0 || wanted <= 0) {
        fprintf(stderr, "c_loop: expected a period and a time above 0\n");
        return 2;
    }
    int64_t *late_ns = calloc(wanted, sizeof *late_ns);
    if (late_ns == NULL) {
        fprintf(stderr, "c_loop: no memory for %" PRId64 " cycles\n", wanted);
        return 1;
    }
    mlockall(MCL_CURRENT | MCL_FUTURE);
    const int granted = sched_setscheduler(0, SCHED_FIFO, &priority) == 0;

    int64_t missed = 0;
    int64_t cycles = 0;
    int64_t deadline_ns = (steady_ns() - phase_ns) / period_ns * period_ns + period_ns + phase_ns;
    const int64_t end_ns = deadline_ns + wanted * period_ns;
    while (deadline_ns < end_ns) {
        const int64_t woken_ns = wait_until(deadline_ns, early_ns);
        late_ns[cycles++] = woken_ns - deadline_ns;
        deadline_ns += period_ns;
        if (woken_ns > deadline_ns) {
            const int64_t skipped = (woken_ns - deadline_ns + period_ns - 1) / period_ns;
            missed += skipped;
            deadline_ns += skipped * period_ns;
        }
    }
    qsort(late_ns, cycles, sizeof *late_ns, ascending);
    printf("%" PRId64 " %" PRId64 " %d %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 "\n", cycles,
           missed, granted, percentile(late_ns, cycles, 0.5), percentile(late_ns, cycles, 0.99),
           percentile(late_ns, cycles, 0.999), late_ns[cycles - 1]);
    free(late_ns);
    return 0;
}
