#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

int clinux_tun_open(unsigned *index) {
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return -errno;
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strncpy(request.ifr_name, "pctrace%d", IFNAMSIZ - 1);
    if (ioctl(fd, TUNSETIFF, &request) < 0 || !(*index = if_nametoindex(request.ifr_name))) {
        int failure = -errno;
        close(fd);
        return failure;
    }
    return fd;
}

long clinux_write(int fd, const void *bytes, size_t count) {
    ssize_t written;
    do written = write(fd, bytes, count);
    while (written < 0 && errno == EINTR);
    return written < 0 ? -errno : written;
}
