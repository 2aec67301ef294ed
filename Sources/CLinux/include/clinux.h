// The system calls that Swift's view of glibc does not show, or shows in a way that lets errno get
// lost: each function retries EINTR and returns -errno on failure.
#pragma once
#include <stddef.h>
#include <stdint.h>

// Sockets of netlink.
int clinux_netlink_open(int protocol);
int clinux_netlink_port(int fd, uint32_t *port);
int clinux_netlink_join(int fd, int group);
int clinux_netlink_option(int fd, int option, int value);
/// Sets a buffer size, beyond the machine's limit where that is allowed; returns the size in force.
int clinux_send_buffer(int fd, int bytes);
int clinux_receive_buffer(int fd, int bytes);
long clinux_netlink_send(int fd, const void *bytes, size_t count);
/// Returns the length of the datagram, which is larger than `capacity` when it was cut.
/// `wait` is 0 to return -EAGAIN when there is none.
long clinux_netlink_receive(int fd, void *bytes, size_t capacity, int wait);

// Descriptors.
int clinux_close(int fd);
int clinux_eventfd(void);
int clinux_eventfd_ring(int fd);
int clinux_eventfd_silence(int fd);
/// Waits until one of two descriptors can be read, or `milliseconds` have passed (-1: for ever).
/// Bit 0: the first, bit 1: the second.
int clinux_wait_readable(int first, int second, int milliseconds);

/// The same for up to 8 descriptors; bit n for descriptor n.
int clinux_wait_any(const int *fds, int count, int milliseconds);

// Interfaces.
/// The speed of a link in Mbit/s, or a negative number where it has none.
int clinux_link_speed(const char *name);

// Namespaces.
int clinux_open_namespace(const char *path);
int clinux_enter_network_namespace(int fd);

// Names. Fills in up to `capacity` addresses of 16 bytes (IPv4 ones in the first four), and the
// least time to live. Returns how many, 0 when the name has none, -EAI_AGAIN-like negative numbers
// when nobody could be asked.
int clinux_resolve(const char *name, int family, uint8_t *addresses, int capacity, uint32_t *ttl);
/// The same by the machine's own means (hosts file and what else is configured), without times.
int clinux_lookup(const char *name, int family, uint8_t *addresses, int capacity);

// Probes.
/// Opens a TCP connection and drops it; `source` may be null. Returns 0 when somebody answered,
/// -ECONNREFUSED, -EHOSTUNREACH, -ETIMEDOUT and so on otherwise.
int clinux_tcp_probe(int family, const uint8_t *source, const uint8_t *target, uint16_t port,
                     int milliseconds);

// Tables of iptables' own module.
/// A socket to ask them by: 4 or 6.
int clinux_datagram_socket(int version);
/// Answers a question of a socket: `bytes` holds the question and takes the answer, both `count` long.
/// Returns the answer's length.
long clinux_socket_question(int fd, int level, int option, void *bytes, size_t count);

// Tunnels. Makes an interface whose packets come from and go to a descriptor, without any header
// in front of them, and writes its number into `index`. It ends with the descriptor.
int clinux_tun_open(unsigned *index);
long clinux_write(int fd, const void *bytes, size_t count);

/// Sends a datagram up to `sends` times, `interval` milliseconds apart, until an answer comes from
/// the place that was asked; `device` and `source` may be null. Returns the answer's length, or
/// -ETIMEDOUT.
long clinux_udp_ask(int family, const char *device, const uint8_t *source, const uint8_t *target,
                    uint16_t port, const uint8_t *request, size_t count, uint8_t *answer,
                    size_t capacity, int interval, int sends);
/// Asks by ARP who has addresses. `pairs`: 4 bytes of who asks (0.0.0.0 for a probe), 4 of what is
/// asked for. Fills in up to `capacity` answers of 10 bytes, address and hardware address; the same
/// answer may come `sends` times. Returns how many.
int clinux_arp_ask(unsigned index, const uint8_t *mac, const uint8_t *pairs, int count,
                   uint8_t *holders, int capacity, int interval, int sends);
/// 1 when the kernel's clock follows a time server, 0 when it does not.
int clinux_clock_is_synchronised(void);

// Users.
/// Writes the name of a user into `name`; returns its length, or a negative number.
int clinux_user_name(unsigned uid, char *name, int capacity);
int clinux_group_id(const char *name, unsigned *gid);
int clinux_give_to_group(const char *path, unsigned gid, unsigned mode);

/// Makes glibc hand freed memory back to the kernel, where it would keep it by default. One arena,
/// since a second is made with the first thread, before any setting.
void clinux_keep_little_memory(void);

/// Hands back what lies free between blocks in use.
void clinux_trim_memory(void);
