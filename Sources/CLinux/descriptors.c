#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

int clinux_close(int fd) {
    if (close(fd) == 0 || errno == EINTR || errno == EIO) return 0;
    abort();  // EBADF: a descriptor was closed twice, which can only be our own bug
}

int clinux_eventfd(void) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int clinux_eventfd_ring(int fd) {
    uint64_t one = 1;
    return write(fd, &one, sizeof one) < 0 && errno != EAGAIN ? -errno : 0;
}

int clinux_eventfd_silence(int fd) {
    uint64_t rings;
    return read(fd, &rings, sizeof rings) < 0 && errno != EAGAIN ? -errno : 0;
}

int clinux_wait_readable(int first, int second, int milliseconds) {
    struct pollfd waiting[2] = {
        {.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
    int ready;
    do ready = poll(waiting, 2, milliseconds);
    while (ready < 0 && errno == EINTR);
    if (ready < 0) return -errno;
    return (waiting[0].revents ? 1 : 0) | (waiting[1].revents ? 2 : 0);
}

int clinux_wait_any(const int *fds, int count, int milliseconds) {
    struct pollfd waiting[8];
    if (count < 0 || count > 8) return -EINVAL;
    for (int place = 0; place < count; place++)
        waiting[place] = (struct pollfd){.fd = fds[place], .events = POLLIN};
    int ready;
    do ready = poll(waiting, (nfds_t)count, milliseconds);
    while (ready < 0 && errno == EINTR);
    if (ready < 0) return -errno;
    int bits = 0;
    for (int place = 0; place < count; place++)
        if (waiting[place].revents) bits |= 1 << place;
    return bits;
}

int clinux_open_namespace(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int clinux_enter_network_namespace(int fd) {
    return setns(fd, CLONE_NEWNET) < 0 ? -errno : 0;
}

void clinux_keep_little_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    mallopt(M_TRIM_THRESHOLD, 128 * 1024);
    mallopt(M_ARENA_MAX, 1);
}

void clinux_trim_memory(void) {
    malloc_trim(0);
}
