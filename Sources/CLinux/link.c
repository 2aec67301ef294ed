#include "clinux.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

int clinux_link_speed(const char *name) {
    struct ethtool_cmd settings = {.cmd = ETHTOOL_GSET};
    struct ifreq request;
    memset(&request, 0, sizeof request);
    strncpy(request.ifr_name, name, sizeof request.ifr_name - 1);
    request.ifr_data = (char *)&settings;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int result = ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
    close(fd);
    if (result < 0) return result;
    // -1 where the driver does not know it.
    int speed = (int)ethtool_cmd_speed(&settings);
    return speed > 0 ? speed : -ENODATA;
}
