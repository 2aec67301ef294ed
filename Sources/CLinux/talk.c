#include "clinux_datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint.h"

int clinux_udp_open(const struct clinux_endpoint *place, const char *device) {
    int is_v6 = !endpoint_is_v4(place), one = 1;
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (is_v6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(place, is_v6, &address);
    int failed =
        (device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) < 0) ||
        bind(fd, (struct sockaddr *)&address, size) < 0;
    if (!failed) return fd;
    int error = -errno;
    close(fd);
    return error;
}

void clinux_udp_room(int fd, int bytes) {
    // Beyond the machine's limit only with privilege.
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

long clinux_udp_send(int fd, const struct clinux_endpoint *to, const void *bytes, size_t count) {
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(to, !endpoint_is_v4(to), &address);
    ssize_t sent;
    do sent = sendto(fd, bytes, count, MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

long clinux_udp_receive(int fd, void *bytes, size_t capacity, struct clinux_endpoint *from) {
    struct sockaddr_storage address;
    memset(&address, 0, sizeof address);
    socklen_t size = sizeof address;
    ssize_t got;
    do got = recvfrom(fd, bytes, capacity, MSG_DONTWAIT, (struct sockaddr *)&address, &size);
    while (got < 0 && errno == EINTR);
    if (got < 0) return -errno;
    int error = address_to_endpoint(&address, from);
    return error ? error : got;
}
