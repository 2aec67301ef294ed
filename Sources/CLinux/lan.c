#include "clinux_lan.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "endpoint.h"

static int option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static int failed(int fd, int error) {
    close(fd);
    return error;
}

// A link-local address is bound by the device's number, which the kernel takes from the socket.
static int open_at(const struct clinux_endpoint *place, const char *device, int type, int shared) {
    int is_v6 = !endpoint_is_v4(place);
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    // Of datagrams it lets others have the same place, too.
    if (shared || type == SOCK_STREAM) option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (shared) option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (is_v6) option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) < 0)
        return failed(fd, -errno);
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(place, is_v6, &address);
    if (bind(fd, (struct sockaddr *)&address, size) < 0) return failed(fd, -errno);
    return fd;
}

int clinux_lan_stream(const struct clinux_endpoint *place, const char *device) {
    return open_at(place, device, SOCK_STREAM, 0);
}

int clinux_lan_datagram(const struct clinux_endpoint *place, const char *device, int hops,
                        int shared) {
    int fd = open_at(place, device, SOCK_DGRAM, shared);
    if (fd < 0) return fd;
    int is_v6 = !endpoint_is_v4(place), error;
    if (is_v6) {
        if ((error = option(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, hops)) < 0 ||
            (error = option(fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0)) < 0 ||
            (error = option(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, (int)if_nametoindex(device))) < 0)
            return failed(fd, error);
        return fd;
    }
    struct ip_mreqn way = {.imr_address.s_addr = htonl((uint32_t)place->low),
                           .imr_ifindex = (int)if_nametoindex(device)};
    if ((error = option(fd, IPPROTO_IP, IP_MULTICAST_TTL, hops)) < 0 ||
        (error = option(fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0)) < 0)
        return failed(fd, error);
    if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &way, sizeof way) < 0)
        return failed(fd, -errno);
    return fd;
}

int clinux_lan_group(const struct clinux_endpoint *group, const char *device) {
    int fd = open_at(group, device, SOCK_DGRAM, 1);
    if (fd < 0) return fd;
    unsigned index = if_nametoindex(device);
    struct sockaddr_storage address;
    int is_v6 = !endpoint_is_v4(group);
    endpoint_to_address(group, is_v6, &address);
    int result;
    if (is_v6) {
        struct ipv6_mreq wish = {.ipv6mr_interface = index};
        wish.ipv6mr_multiaddr = ((struct sockaddr_in6 *)&address)->sin6_addr;
        result = setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &wish, sizeof wish);
    } else {
        struct ip_mreqn wish = {.imr_ifindex = (int)index};
        wish.imr_multiaddr = ((struct sockaddr_in *)&address)->sin_addr;
        result = setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &wish, sizeof wish);
    }
    return result < 0 ? failed(fd, -errno) : fd;
}

int clinux_lan_connect(const struct clinux_endpoint *own, const struct clinux_endpoint *peer,
                       const char *device) {
    int fd = open_at(own, device, SOCK_STREAM, 0);
    if (fd < 0) return fd;
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(peer, !endpoint_is_v4(peer), &address);
    if (connect(fd, (struct sockaddr *)&address, size) < 0 && errno != EINPROGRESS)
        return failed(fd, -errno);
    return fd;
}
