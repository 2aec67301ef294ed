#include "clinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// A request or an answer about IPv4 on Ethernet (RFC 826).
struct arp {
    uint16_t hardware, protocol;
    uint8_t hardware_size, protocol_size;
    uint16_t operation;
    uint8_t sender_mac[6], sender[4], target_mac[6], target[4];
} __attribute__((packed));

static long now_ms(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static int ask(int fd, unsigned index, const uint8_t *mac, const uint8_t *pair) {
    struct arp request = {.hardware = htons(1), .protocol = htons(ETH_P_IP), .hardware_size = 6,
                          .protocol_size = 4, .operation = htons(1)};
    memcpy(request.sender_mac, mac, 6);
    memcpy(request.sender, pair, 4);
    memcpy(request.target, pair + 4, 4);
    struct sockaddr_ll everybody = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP),
                                    .sll_ifindex = (int)index, .sll_halen = 6};
    memset(everybody.sll_addr, 0xff, 6);
    ssize_t sent = sendto(fd, &request, sizeof request, 0, (struct sockaddr *)&everybody,
                          sizeof everybody);
    return sent < 0 ? -errno : 0;
}

static int is_asked_for(const struct arp *seen, const uint8_t *pairs, int count) {
    if (seen->hardware != htons(1) || seen->protocol != htons(ETH_P_IP)) return 0;
    for (int i = 0; i < count; i++)
        if (memcmp(seen->sender, pairs + 8 * i + 4, 4) == 0) return 1;
    return 0;
}

int clinux_arp_ask(unsigned index, const uint8_t *mac, const uint8_t *pairs, int count,
                   uint8_t *holders, int capacity, int interval, int sends) {
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ARP));
    if (fd < 0) return -errno;
    struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ARP),
                               .sll_ifindex = (int)index};
    int found = 0, failure = 0;
    if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) failure = -errno;
    for (int sent = 0; failure == 0 && sent < sends; sent++) {
        for (int i = 0; failure == 0 && i < count; i++) failure = ask(fd, index, mac, pairs + 8 * i);
        long end = now_ms() + interval;
        while (failure == 0 && found < capacity) {
            struct pollfd waiting = {.fd = fd, .events = POLLIN};
            long left = end - now_ms();
            if (left <= 0 || poll(&waiting, 1, (int)left) == 0) break;
            struct arp seen;
            ssize_t got = recv(fd, &seen, sizeof seen, 0);
            if (got < (ssize_t)sizeof seen || !is_asked_for(&seen, pairs, count)) continue;
            memcpy(holders + 10 * found, seen.sender, 4);
            memcpy(holders + 10 * found++ + 4, seen.sender_mac, 6);
        }
    }
    close(fd);
    return failure < 0 ? failure : found;
}
