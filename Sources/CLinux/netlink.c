#include "clinux.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

int clinux_netlink_open(int protocol) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0) return -errno;
    struct sockaddr_nl self = {.nl_family = AF_NETLINK};
    if (bind(fd, (struct sockaddr *)&self, sizeof self) < 0) {
        int failure = -errno;
        close(fd);
        return failure;
    }
    return fd;
}

int clinux_netlink_port(int fd, uint32_t *port) {
    struct sockaddr_nl self;
    socklen_t size = sizeof self;
    if (getsockname(fd, (struct sockaddr *)&self, &size) < 0) return -errno;
    *port = self.nl_pid;
    return 0;
}

int clinux_netlink_join(int fd, int group) {
    return option(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, group);
}

int clinux_netlink_option(int fd, int name, int value) {
    return option(fd, SOL_NETLINK, name, value);
}

static int buffer(int fd, int forced, int plain, int bytes) {
    if (option(fd, SOL_SOCKET, forced, bytes) < 0) option(fd, SOL_SOCKET, plain, bytes);
    int size = 0;
    socklen_t length = sizeof size;
    if (getsockopt(fd, SOL_SOCKET, plain, &size, &length) < 0) return -errno;
    return size / 2;  // the kernel reports double
}

int clinux_send_buffer(int fd, int bytes) {
    return buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, bytes);
}

int clinux_receive_buffer(int fd, int bytes) {
    return buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, bytes);
}

long clinux_netlink_send(int fd, const void *bytes, size_t count) {
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t sent;
    do sent = sendto(fd, bytes, count, 0, (struct sockaddr *)&kernel, sizeof kernel);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
}

long clinux_netlink_receive(int fd, void *bytes, size_t capacity, int wait) {
    ssize_t received;
    do received = recv(fd, bytes, capacity, MSG_TRUNC | (wait ? 0 : MSG_DONTWAIT));
    while (received < 0 && errno == EINTR);
    return received < 0 ? -errno : received;
}
