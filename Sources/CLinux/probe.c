#include "clinux.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

static socklen_t fill(struct sockaddr_storage *place, int family, const uint8_t *address,
                      uint16_t port) {
    memset(place, 0, sizeof *place);
    place->ss_family = family;
    if (family == AF_INET) {
        struct sockaddr_in *v4 = (struct sockaddr_in *)place;
        v4->sin_port = htons(port);
        memcpy(&v4->sin_addr, address, 4);
        return sizeof *v4;
    }
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)place;
    v6->sin6_port = htons(port);
    memcpy(&v6->sin6_addr, address, 16);
    return sizeof *v6;
}

static long now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int wait_connected(int fd, int milliseconds) {
    long end = now_ms() + milliseconds;
    for (;;) {
        struct pollfd waiting = {.fd = fd, .events = POLLOUT};
        long left = end - now_ms();
        int ready = poll(&waiting, 1, left > 0 ? (int)left : 0);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) return -errno;
        if (ready == 0) return -ETIMEDOUT;
        int failure = 0;
        socklen_t size = sizeof failure;
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
        return -failure;
    }
}

int clinux_tcp_probe(int family, const uint8_t *source, const uint8_t *target, uint16_t port,
                     int milliseconds) {
    struct sockaddr_storage place;
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    int result = 0;
    if (source) {
        socklen_t size = fill(&place, family, source, 0);
        if (bind(fd, (struct sockaddr *)&place, size) < 0) result = -errno;
    }
    if (result == 0) {
        socklen_t size = fill(&place, family, target, port);
        if (connect(fd, (struct sockaddr *)&place, size) < 0)
            result = errno == EINPROGRESS ? wait_connected(fd, milliseconds) : -errno;
    }
    // Nothing was said, and nothing is to linger: the target sees a reset instead of a short visit.
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
    return result;
}

static int say_again(int fd, const uint8_t *request, size_t count) {
    return send(fd, request, count, 0) < 0 && errno != ECONNREFUSED ? -errno : 0;
}

long clinux_udp_ask(int family, const char *device, const uint8_t *source, const uint8_t *target,
                    uint16_t port, const uint8_t *request, size_t count, uint8_t *answer,
                    size_t capacity, int interval, int sends) {
    struct sockaddr_storage place;
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    long result = 0;
    if (device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) < 0)
        result = -errno;
    if (result == 0 && source) {
        socklen_t size = fill(&place, family, source, 0);
        if (bind(fd, (struct sockaddr *)&place, size) < 0) result = -errno;
    }
    if (result == 0) {
        socklen_t size = fill(&place, family, target, port);
        if (connect(fd, (struct sockaddr *)&place, size) < 0) result = -errno;
    }
    for (int sent = 0; result == 0 && sent < sends; sent++) {
        result = say_again(fd, request, count);
        long end = now_ms() + interval;
        while (result == 0) {
            struct pollfd waiting = {.fd = fd, .events = POLLIN};
            long left = end - now_ms();
            if (left <= 0 || poll(&waiting, 1, (int)left) == 0) break;
            ssize_t got = recv(fd, answer, capacity, MSG_TRUNC);
            if (got > 0) result = got > (ssize_t)capacity ? (long)capacity : got;
            // A refusal by ICMP may be forged, or of a server that is just starting: asked again.
        }
    }
    close(fd);
    return result == 0 ? -ETIMEDOUT : result;
}

int clinux_clock_is_synchronised(void) {
    struct timex state;
    memset(&state, 0, sizeof state);
    if (adjtimex(&state) < 0) return -errno;
    return state.status & STA_UNSYNC ? 0 : 1;
}
