#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "clinux_relay.h"
#include "endpoint.h"

#define MOST 250

/// Room for descriptors beside a message.
union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * MOST)];
};

static int send_with(int socket, struct msghdr *message, const int *descriptors, int count) {
    union control control;
    if (count > MOST) return -E2BIG;
    if (count > 0) {
        size_t bytes = sizeof(int) * (size_t)count;
        memset(&control, 0, sizeof control);
        message->msg_control = control.bytes;
        message->msg_controllen = CMSG_SPACE(bytes);
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(bytes);
        memcpy(CMSG_DATA(&control.header), descriptors, bytes);
    }
    ssize_t sent;
    do sent = sendmsg(socket, message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : 0;
}

int clinux_send_descriptors(int socket, const int *descriptors, int count, uint8_t mark) {
    struct iovec payload = {.iov_base = &mark, .iov_len = 1};
    struct msghdr message = {.msg_iov = &payload, .msg_iovlen = 1};
    return send_with(socket, &message, descriptors, count);
}

// Sends one datagram to the service manager, with descriptors or without.
static int notify(const char *path, const char *text, const int *descriptors, int count) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = 0;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    struct iovec payload = {.iov_base = (void *)text, .iov_len = strlen(text)};
    struct msghdr message = {
        .msg_name = &address,
        .msg_namelen = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length),
        .msg_iov = &payload,
        .msg_iovlen = 1};
    int error = send_with(fd, &message, descriptors, count);
    close(fd);
    return error;
}

int clinux_store_descriptors(const char *path, const int *descriptors, int count) {
    return notify(path, "FDSTORE=1\nFDNAME=relay", descriptors, count);
}

int clinux_forget_descriptors(const char *path) {
    return notify(path, "FDSTOREREMOVE=1\nFDNAME=relay", NULL, 0);
}

static int wait_for(int fd, int milliseconds) {
    struct pollfd waiting = {.fd = fd, .events = POLLIN};
    int ready;
    do ready = poll(&waiting, 1, milliseconds);
    while (ready < 0 && errno == EINTR);
    return ready < 0 ? -errno : ready == 0 ? -EAGAIN : 0;
}

int clinux_receive_descriptors(int socket, int *descriptors, int capacity, uint8_t *mark,
                               int milliseconds) {
    union control control;
    int ready = wait_for(socket, milliseconds);
    if (ready < 0) return ready;
    struct iovec payload = {.iov_base = mark, .iov_len = 1};
    struct msghdr message = {.msg_iov = &payload,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t received;
    do received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    if (received == 0) return -EPIPE;
    int count = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        size_t bytes = part->cmsg_len - CMSG_LEN(0);
        for (size_t place = 0; place < bytes / sizeof(int); place++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(part) + place * sizeof(int), sizeof(int));
            if (count < capacity)
                descriptors[count++] = descriptor;
            else
                close(descriptor);
        }
    }
    // The process may not have as many as came.
    if (message.msg_flags & MSG_CTRUNC) {
        while (count > 0) close(descriptors[--count]);
        return -EMFILE;
    }
    return count;
}

static int unix_address(const char *path, struct sockaddr_un *address) {
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address->sun_path) return -ENAMETOOLONG;
    memcpy(address->sun_path, path, length + 1);
    return 0;
}

int clinux_listen_unix(const char *path) {
    struct sockaddr_un address;
    int error = unix_address(path, &address);
    if (error) return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    unlink(path);
    // Listening comes behind the permissions: before, nobody can connect.
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(path, 0600) < 0 ||
        listen(fd, 1) < 0) {
        error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

int clinux_accept_own(int fd, int milliseconds) {
    int ready = wait_for(fd, milliseconds);
    if (ready < 0) return ready;
    int accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
    if (accepted < 0) return -errno;
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(accepted, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
        (peer.uid == geteuid() || peer.uid == 0))
        return accepted;
    close(accepted);
    return -EAGAIN;
}

int clinux_reach_unix(const char *path) {
    struct sockaddr_un address;
    int error = unix_address(path, &address);
    if (error) return error;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
    error = -errno;
    close(fd);
    return error;
}

int clinux_bound_as(int fd, int *protocol, struct clinux_endpoint *place, char *device) {
    socklen_t size = sizeof *protocol;
    if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, protocol, &size) < 0) return -errno;
    if (*protocol != 6 && *protocol != 17) return -EINVAL;
    size = IFNAMSIZ;
    device[0] = 0;
    if (getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, &size) < 0) device[0] = 0;
    return clinux_own_end(fd, place);
}
