#include "clinux.h"

#include <errno.h>
#include <sys/socket.h>

int clinux_datagram_socket(int version) {
    int fd = socket(version == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd < 0 ? -errno : fd;
}

long clinux_socket_question(int fd, int level, int option, void *bytes, size_t count) {
    socklen_t length = (socklen_t)count;
    return getsockopt(fd, level, option, bytes, &length) < 0 ? -errno : (long)length;
}
