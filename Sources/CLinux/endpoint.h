// Endpoints as the kernel writes them. Not part of what Swift sees.
#pragma once
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "clinux_relay.h"

#define MAPPED_PREFIX 0xffff00000000ULL

static inline int endpoint_is_v4(const struct clinux_endpoint *place) {
    return place->high == 0 && (place->low & ~0xffffffffULL) == MAPPED_PREFIX;
}

static inline socklen_t endpoint_to_address(const struct clinux_endpoint *place, int is_v6,
                                            struct sockaddr_storage *address) {
    if (!is_v6) {
        struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(place->port)};
        v4.sin_addr.s_addr = htonl((uint32_t)place->low);
        memcpy(address, &v4, sizeof v4);
        return sizeof v4;
    }
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(place->port)};
    uint64_t parts[2] = {htobe64(place->high), htobe64(place->low)};
    memcpy(&v6.sin6_addr, parts, sizeof parts);
    memcpy(address, &v6, sizeof v6);
    return sizeof v6;
}

static inline int address_to_endpoint(const struct sockaddr_storage *address,
                                      struct clinux_endpoint *place) {
    if (address->ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, address, sizeof v4);
        place->high = 0;
        place->low = MAPPED_PREFIX | ntohl(v4.sin_addr.s_addr);
        place->port = ntohs(v4.sin_port);
        return 0;
    }
    if (address->ss_family != AF_INET6) return -EAFNOSUPPORT;
    struct sockaddr_in6 v6;
    memcpy(&v6, address, sizeof v6);
    uint64_t parts[2];
    memcpy(parts, &v6.sin6_addr, sizeof parts);
    place->high = be64toh(parts[0]);
    place->low = be64toh(parts[1]);
    place->port = ntohs(v6.sin6_port);
    return 0;
}
