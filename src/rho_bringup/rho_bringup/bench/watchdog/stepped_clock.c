/* SPDX-License-Identifier: Apache-2.0
 *
 * The system clock of some processes, stepped without touching the machine's: loaded before libc
 * (LD_PRELOAD), it adds the nanoseconds that a shared file holds to every reading of the wall
 * clock. RHO_CLOCK_OFFSET names the file: one int64.
 *
 * A step of the real clock moves the kernel's idea of a point in time too, so waits until a point
 * of the wall clock are moved back to the real one before they reach the kernel. The steady clocks
 * stay as they are, as in a real step.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000LL
/* Points in time after this are the wall clock's, earlier ones a steady clock's [s]. */
#define EPOCH_S 1000000000LL

static volatile const int64_t *shared_ns;

static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_cond_timedwait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
static int (*real_cond_clockwait)(pthread_cond_t *, pthread_mutex_t *, clockid_t,
                                  const struct timespec *);
static int (*real_mutex_timedlock)(pthread_mutex_t *, const struct timespec *);
static int (*real_sem_timedwait)(sem_t *, const struct timespec *);

__attribute__((constructor)) static void open_shared(void)
{
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    real_cond_timedwait = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    real_cond_clockwait = dlsym(RTLD_NEXT, "pthread_cond_clockwait");
    real_mutex_timedlock = dlsym(RTLD_NEXT, "pthread_mutex_timedlock");
    real_sem_timedwait = dlsym(RTLD_NEXT, "sem_timedwait");
    const char *path = getenv("RHO_CLOCK_OFFSET");
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    void *map = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (map != MAP_FAILED)
        shared_ns = map;
}

static int64_t offset_ns(void)
{
    return shared_ns == NULL ? 0 : *shared_ns;
}

static void move(struct timespec *time, int64_t by_ns)
{
    int64_t ns = (int64_t)time->tv_sec * NS_PER_S + time->tv_nsec + by_ns;
    time->tv_sec = ns / NS_PER_S;
    time->tv_nsec = ns % NS_PER_S;
}

/* The point of the real clock that a process means by a point of its own. */
static const struct timespec *real_point(const struct timespec *meant, struct timespec *room)
{
    if (meant == NULL || meant->tv_sec < EPOCH_S)
        return meant;
    *room = *meant;
    move(room, -offset_ns());
    return room;
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
    if (real_clock_gettime == NULL)
        real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real_clock_gettime(clock, time);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        move(time, offset_ns());
    return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &now) == 0) {
        time->tv_sec = now.tv_sec;
        time->tv_usec = now.tv_nsec / 1000;
    }
    return 0;
}

time_t time(time_t *where)
{
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (where != NULL)
        *where = now.tv_sec;
    return now.tv_sec;
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until)
{
    struct timespec room;
    return real_cond_timedwait(condition, mutex, real_point(until, &room));
}

int pthread_cond_clockwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           clockid_t clock, const struct timespec *restrict until)
{
    struct timespec room;
    return real_cond_clockwait(condition, mutex, clock, real_point(until, &room));
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
    struct timespec room;
    return real_mutex_timedlock(mutex, real_point(until, &room));
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until)
{
    struct timespec room;
    return real_sem_timedwait(semaphore, real_point(until, &room));
}
