#include "clinux_datagram.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "endpoint.h"

#define CAPACITY clinux_batch_capacity
// A datagram has at most 65,535 bytes. The odd lines beyond that keep the first lines of all buffers
// from falling into the same set of the processor's caches.
#define STRIDE (65536 + 5 * 64)
#define MOST_PARTS (4 * CAPACITY)
// The kernel takes 64 at a time (UDP_MAX_SEGMENTS), and no more than fits in one packet of IP.
#define MOST_JOINED 64
#define MOST_JOINED_BYTES 65000
// What fits in an Ethernet frame over either family: larger ones would have to be in fragments, which
// the kernel does not make of joined datagrams.
#define LONGEST_JOINED 1452

struct message {
    struct iovec *parts;
    int count;
    int has_head;
    uint32_t segment;
    int joined;
    int is_closed;
    size_t bytes;
};

struct clinux_batch {
    struct clinux_datagram datagrams[CAPACITY];
    struct mmsghdr incoming[CAPACITY];
    struct iovec incoming_parts[CAPACITY];
    struct sockaddr_storage incoming_names[CAPACITY];
    _Alignas(struct cmsghdr) char incoming_control[CAPACITY][128];

    struct mmsghdr outgoing[CAPACITY];
    struct message messages[CAPACITY];
    struct iovec outgoing_parts[MOST_PARTS];
    struct sockaddr_storage outgoing_names[CAPACITY];
    _Alignas(struct cmsghdr) char outgoing_control[CAPACITY][128];
    int count;
    int part_count;
    int is_named;

    uint8_t bytes[CAPACITY][STRIDE];
};

static int option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static int failed(int fd, int error) {
    close(fd);
    return error;
}

static void enlarge(int fd, int name, int forced, int bytes) {
    // Beyond the machine's limit only with privilege.
    if (option(fd, SOL_SOCKET, forced, bytes) < 0) option(fd, SOL_SOCKET, name, bytes);
}

int clinux_bind_datagram(const struct clinux_endpoint *place, int is_v6, const char *device,
                         int shared) {
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (shared) option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (is_v6) option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)) < 0)
        return failed(fd, -errno);
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(place, is_v6, &address);
    if (bind(fd, (struct sockaddr *)&address, size) < 0) return failed(fd, -errno);
    int is_anywhere = place->high == 0 && (uint32_t)place->low == 0;
    if (is_anywhere && is_v6) option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    if (is_anywhere && !is_v6) option(fd, IPPROTO_IP, IP_PKTINFO, 1);
    clinux_datagram_enlarge(fd);
    return fd;
}

void clinux_datagram_enlarge(int fd) {
    enlarge(fd, SO_RCVBUF, SO_RCVBUFFORCE, 4 << 20);
    enlarge(fd, SO_SNDBUF, SO_SNDBUFFORCE, 1 << 20);
    option(fd, IPPROTO_UDP, UDP_GRO, 1);
}

static int bind_transparent(int fd, const struct clinux_endpoint *source, int is_v6) {
    int error = is_v6 ? option(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
                      : option(fd, IPPROTO_IP, IP_TRANSPARENT, 1);
    if (error) return error;
    // Flows of one client to several forwards have the same source.
    option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(source, is_v6, &address);
    return bind(fd, (struct sockaddr *)&address, size) < 0 ? -errno : 0;
}

int clinux_connect_datagram(const struct clinux_endpoint *target,
                            const struct clinux_endpoint *transparent) {
    int is_v6 = !endpoint_is_v4(target);
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    int error = transparent ? bind_transparent(fd, transparent, is_v6) : 0;
    if (error) return failed(fd, error);
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(target, is_v6, &address);
    if (connect(fd, (struct sockaddr *)&address, size) < 0) return failed(fd, -errno);
    // The socket had its port before it had its peer. What came in between is a stranger's.
    char nothing;
    while (recv(fd, &nothing, 0, MSG_DONTWAIT | MSG_TRUNC) >= 0 || errno == EINTR) {}
    return fd;
}

// The kernel writes into the description how much it used of names and control messages.
static void offer(struct clinux_batch *batch, int place) {
    struct msghdr *header = &batch->incoming[place].msg_hdr;
    header->msg_namelen = batch->is_named ? sizeof batch->incoming_names[place] : 0;
    header->msg_controllen = sizeof batch->incoming_control[place];
}

struct clinux_batch *clinux_batch_make(int named) {
    struct clinux_batch *batch = clinux_reserve(sizeof *batch);
    if (!batch) return NULL;
    batch->is_named = named;
    for (int place = 0; place < CAPACITY; place++) {
        batch->incoming_parts[place].iov_base = batch->bytes[place];
        batch->incoming_parts[place].iov_len = STRIDE;
        batch->incoming[place].msg_hdr.msg_iov = &batch->incoming_parts[place];
        batch->incoming[place].msg_hdr.msg_iovlen = 1;
        batch->incoming[place].msg_hdr.msg_control = batch->incoming_control[place];
        batch->incoming[place].msg_hdr.msg_name = named ? &batch->incoming_names[place] : NULL;
        offer(batch, place);
    }
    return batch;
}

void clinux_batch_free(struct clinux_batch *batch) { clinux_unreserve(batch, sizeof *batch); }

struct clinux_datagram *clinux_batch_datagrams(struct clinux_batch *batch) {
    return batch->datagrams;
}

uint8_t *clinux_batch_bytes(struct clinux_batch *batch, int place) { return batch->bytes[place]; }

static void read_control(struct msghdr *header, struct clinux_datagram *datagram) {
    for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item; item = CMSG_NXTHDR(header, item)) {
        if (item->cmsg_level == IPPROTO_UDP && item->cmsg_type == UDP_GRO) {
            int segment;
            memcpy(&segment, CMSG_DATA(item), sizeof segment);
            // One that came alone is one.
            if (segment > 0 && (uint32_t)segment < datagram->length)
                datagram->segment = (uint32_t)segment;
        } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(item), sizeof info);
            datagram->asked.high = 0;
            datagram->asked.low = MAPPED_PREFIX | ntohl(info.ipi_addr.s_addr);
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(item), sizeof info);
            uint64_t parts[2];
            memcpy(parts, &info.ipi6_addr, sizeof parts);
            datagram->asked.high = be64toh(parts[0]);
            datagram->asked.low = be64toh(parts[1]);
        }
    }
}

static void read_name(const struct sockaddr_storage *name, struct clinux_datagram *datagram) {
    address_to_endpoint(name, &datagram->peer);
    datagram->asked.high = datagram->asked.low = 0;
    datagram->scope =
        name->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)name)->sin6_scope_id : 0;
}

int clinux_batch_receive(struct clinux_batch *batch, int fd, int first, int count) {
    int received;
    do received = recvmmsg(fd, &batch->incoming[first], (unsigned)count, MSG_DONTWAIT, NULL);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (int place = first; place < first + received; place++) {
        struct clinux_datagram *datagram = &batch->datagrams[place];
        struct msghdr *header = &batch->incoming[place].msg_hdr;
        datagram->length = batch->incoming[place].msg_len;
        datagram->segment = 0;
        if (batch->is_named) read_name(&batch->incoming_names[place], datagram);
        if (header->msg_controllen > 0) read_control(header, datagram);
        offer(batch, place);
    }
    return received;
}

void clinux_batch_clear(struct clinux_batch *batch) { batch->count = batch->part_count = 0; }

int clinux_batch_count(const struct clinux_batch *batch) { return batch->count; }

int clinux_batch_is_full(const struct clinux_batch *batch) {
    return batch->count == CAPACITY || batch->part_count > MOST_PARTS - 2;
}

static void add_control(struct msghdr *header, int level, int type, const void *data, size_t size) {
    // SAFETY of the cast: the buffers are aligned for headers, and spaces are multiples of that.
    struct cmsghdr *item =
        (struct cmsghdr *)(void *)((char *)header->msg_control + header->msg_controllen);
    item->cmsg_level = level;
    item->cmsg_type = type;
    item->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(item), data, size);
    header->msg_controllen += CMSG_SPACE(size);
}

static void set_segment(struct clinux_batch *batch, int place, uint32_t segment) {
    batch->messages[place].segment = segment;
    uint16_t size = (uint16_t)segment;
    add_control(&batch->outgoing[place].msg_hdr, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof size);
}

static void add_part(struct clinux_batch *batch, struct message *message, const void *bytes,
                     size_t length) {
    struct iovec *part = &batch->outgoing_parts[batch->part_count++];
    part->iov_base = (void *)(uintptr_t)bytes;
    part->iov_len = length;
    message->count++;
}

void clinux_batch_add(struct clinux_batch *batch, const void *head, size_t head_length,
                      const void *bytes, size_t length, uint32_t segment) {
    int place = batch->count++;
    struct message *message = &batch->messages[place];
    *message = (struct message){.parts = &batch->outgoing_parts[batch->part_count],
                                .has_head = head != NULL,
                                .joined = 1,
                                .is_closed = segment > 0 || head || length == 0,
                                .bytes = length};
    if (head) add_part(batch, message, head, head_length);
    add_part(batch, message, bytes, length);
    struct msghdr *header = &batch->outgoing[place].msg_hdr;
    header->msg_name = NULL;
    header->msg_namelen = 0;
    header->msg_control = batch->outgoing_control[place];
    header->msg_controllen = 0;
    header->msg_iov = message->parts;
    header->msg_iovlen = (size_t)message->count;
    if (segment > 0) set_segment(batch, place, segment);
}

void clinux_batch_address(struct clinux_batch *batch, const struct clinux_endpoint *to,
                          uint32_t scope, const struct clinux_endpoint *from) {
    int place = batch->count - 1, is_v6 = !endpoint_is_v4(to);
    struct msghdr *header = &batch->outgoing[place].msg_hdr;
    struct sockaddr_storage *name = &batch->outgoing_names[place];
    header->msg_name = name;
    header->msg_namelen = endpoint_to_address(to, is_v6, name);
    if (scope) ((struct sockaddr_in6 *)name)->sin6_scope_id = scope;
    if (!from) return;
    // The size of the segments stays last, for those who leave it out.
    uint32_t segment = batch->messages[place].segment;
    if (segment > 0) header->msg_controllen -= CMSG_SPACE(sizeof(uint16_t));
    if (is_v6) {
        struct in6_pktinfo info = {.ipi6_ifindex = scope};
        uint64_t parts[2] = {htobe64(from->high), htobe64(from->low)};
        memcpy(&info.ipi6_addr, parts, sizeof parts);
        add_control(header, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    } else {
        struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl((uint32_t)from->low)};
        add_control(header, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    }
    if (segment > 0) set_segment(batch, place, segment);
}

int clinux_batch_join(struct clinux_batch *batch, const void *bytes, size_t length) {
    if (batch->count == 0 || batch->part_count >= MOST_PARTS) return 0;
    int place = batch->count - 1;
    struct message *message = &batch->messages[place];
    size_t size = message->parts[0].iov_len;
    if (message->is_closed || size > LONGEST_JOINED || length == 0 || length > size ||
        message->joined == MOST_JOINED || message->bytes + length > MOST_JOINED_BYTES)
        return 0;
    if (message->segment == 0) set_segment(batch, place, (uint32_t)size);
    add_part(batch, message, bytes, length);
    batch->outgoing[place].msg_hdr.msg_iovlen = (size_t)message->count;
    message->joined++;
    message->bytes += length;
    // Only the last may be shorter.
    message->is_closed = length < size;
    return 1;
}

int clinux_batch_send(struct clinux_batch *batch, int fd, int first) {
    int left = batch->count - first;
    struct msghdr *header = &batch->outgoing[first].msg_hdr;
    while (1) {
        ssize_t sent;
        if (left > 1)
            sent = sendmmsg(fd, &batch->outgoing[first], (unsigned)left, MSG_DONTWAIT);
        else if (header->msg_iovlen == 1 && header->msg_controllen == 0)
            // The cheapest of the three: there is no description to be read.
            sent = sendto(fd, header->msg_iov->iov_base, header->msg_iov->iov_len, MSG_DONTWAIT,
                          header->msg_name, header->msg_namelen);
        else
            sent = sendmsg(fd, header, MSG_DONTWAIT);
        if (sent >= 0) return left > 1 ? (int)sent : 1;
        if (errno != EINTR) return -errno;
    }
}

static int send_part(const struct msghdr *whole, int fd, struct iovec part, size_t control) {
    struct msghdr header = *whole;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_controllen = control;
    ssize_t sent;
    do sent = sendmsg(fd, &header, MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

int clinux_batch_send_apart(struct clinux_batch *batch, int fd, int message) {
    struct message *whole = &batch->messages[message];
    struct msghdr *header = &batch->outgoing[message].msg_hdr;
    // The size of the segments is what was added last.
    size_t control = header->msg_controllen - CMSG_SPACE(sizeof(uint16_t));
    int sent = 0;
    for (int place = 0; place < whole->count; place++) {
        struct iovec part = whole->parts[place];
        for (size_t start = 0; start < part.iov_len; start += whole->segment) {
            size_t left = part.iov_len - start;
            struct iovec piece = {(char *)part.iov_base + start,
                                  left < whole->segment ? left : whole->segment};
            sent += send_part(header, fd, piece, control);
        }
    }
    return sent;
}

int clinux_batch_datagrams_of(const struct clinux_batch *batch, int message) {
    const struct message *whole = &batch->messages[message];
    if (whole->segment == 0) return 1;
    return (int)((whole->bytes + whole->segment - 1) / whole->segment);
}
