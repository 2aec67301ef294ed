#include "clinux.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <grp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pwd.h>
#include <resolv.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int collect(ns_msg *reply, int type, size_t width, uint8_t *addresses, int capacity,
                   uint32_t *ttl) {
    int found = 0;
    for (int i = 0; i < ns_msg_count(*reply, ns_s_an); i++) {
        ns_rr record;
        if (ns_parserr(reply, ns_s_an, i, &record) < 0) break;
        if (ns_rr_ttl(record) < *ttl) *ttl = ns_rr_ttl(record);
        if ((int)ns_rr_type(record) != type || ns_rr_rdlen(record) != width) continue;
        if (found < capacity) memcpy(addresses + 16 * found++, ns_rr_rdata(record), width);
    }
    return found;
}

int clinux_resolve(const char *name, int family, uint8_t *addresses, int capacity,
                   uint32_t *ttl) {
    struct __res_state state;
    memset(&state, 0, sizeof state);
    if (res_ninit(&state) < 0) return -EIO;
    state.retrans = 2;  // seconds for the first try; a person waits for the answer
    state.retry = 2;
    int type = family == AF_INET ? ns_t_a : ns_t_aaaa;
    unsigned char answer[4096];
    int length = res_nquery(&state, name, ns_c_in, type, answer, sizeof answer);
    int failure = state.res_h_errno;
    res_nclose(&state);
    if (length < 0) return failure == HOST_NOT_FOUND || failure == NO_DATA ? 0 : -EAGAIN;
    if (length > (int)sizeof answer) length = sizeof answer;
    ns_msg reply;
    if (ns_initparse(answer, length, &reply) < 0) return -EIO;
    *ttl = UINT32_MAX;
    return collect(&reply, type, family == AF_INET ? 4 : 16, addresses, capacity, ttl);
}

int clinux_lookup(const char *name, int family, uint8_t *addresses, int capacity) {
    struct addrinfo hints = {.ai_family = family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int failure = getaddrinfo(name, NULL, &hints, &list);
    if (failure == EAI_NONAME || failure == EAI_NODATA) return 0;
    if (failure != 0) return -EAGAIN;
    int found = 0;
    for (struct addrinfo *entry = list; entry && found < capacity; entry = entry->ai_next) {
        const void *octets = family == AF_INET
            ? (void *)&((struct sockaddr_in *)entry->ai_addr)->sin_addr
            : (void *)&((struct sockaddr_in6 *)entry->ai_addr)->sin6_addr;
        memcpy(addresses + 16 * found++, octets, family == AF_INET ? 4 : 16);
    }
    freeaddrinfo(list);
    return found;
}

int clinux_user_name(unsigned uid, char *name, int capacity) {
    struct passwd entry, *found = NULL;
    char buffer[4096];
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) != 0 || !found) return -ENOENT;
    int length = (int)strlen(found->pw_name);
    if (length >= capacity) return -ERANGE;
    memcpy(name, found->pw_name, (size_t)length + 1);
    return length;
}

int clinux_group_id(const char *name, unsigned *gid) {
    struct group entry, *found = NULL;
    char buffer[16384];
    if (getgrnam_r(name, &entry, buffer, sizeof buffer, &found) != 0 || !found) return -ENOENT;
    *gid = found->gr_gid;
    return 0;
}

int clinux_give_to_group(const char *path, unsigned gid, unsigned mode) {
    if (chown(path, (uid_t)-1, gid) < 0) return -errno;
    return chmod(path, mode) < 0 ? -errno : 0;
}
