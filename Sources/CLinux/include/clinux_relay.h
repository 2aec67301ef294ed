// The system calls of a relay. As in clinux.h: EINTR is retried, a failure is -errno.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// An address and a port, in host order. IPv4 addresses are IPv4-mapped IPv6 ones.
struct clinux_endpoint {
    uint64_t high;
    uint64_t low;
    uint16_t port;
};

// Polling.
struct clinux_event {
    uint64_t data;
    uint32_t events;
};
int clinux_epoll_create(void);
int clinux_epoll_add(int poller, int fd, uint32_t events, uint64_t data);
int clinux_epoll_change(int poller, int fd, uint32_t events, uint64_t data);
int clinux_epoll_remove(int poller, int fd);
/// At most 256 events.
int clinux_epoll_wait(int poller, struct clinux_event *events, int capacity, int milliseconds);

// Sockets that wait. `device` may be null; `shared` lets further sockets of ours be bound to the
// same place (SO_REUSEPORT).
int clinux_bind_stream(const struct clinux_endpoint *place, int is_v6, const char *device,
                       int shared);
int clinux_share_port(int fd);
/// Makes a bound socket wait; accepted ones send small writes at once, as it does.
int clinux_listen(int fd, int backlog);
int clinux_accept(int fd, struct clinux_endpoint *client);

// Sockets that connect. Each returns the descriptor while the connection is under way.
int clinux_connect_stream(const struct clinux_endpoint *target,
                          const struct clinux_endpoint *transparent);
int clinux_connect_unix(const char *path);
/// Small writes go out at once from now on (TCP_NODELAY).
int clinux_send_promptly(int fd);
int clinux_keep_alive(int fd, int keep_idle, int keep_interval, int keep_count,
                      int user_timeout_ms);
/// The error that a socket has pending: 0, or -errno.
int clinux_socket_error(int fd);
/// 1 when a connection stands, 0 while it is under way, -errno when it has failed.
int clinux_connection(int fd);
/// Waits until one of the sockets can be written, or the bell read.
int clinux_wait_writable(int bell, const int *sockets, int count, int milliseconds);
int clinux_own_end(int fd, struct clinux_endpoint *place);
int clinux_peer_end(int fd, struct clinux_endpoint *place);

// Streams; none of them waits.
long clinux_receive(int fd, void *bytes, size_t count);
long clinux_peek(int fd, void *bytes, size_t count);
long clinux_send(int fd, const void *bytes, size_t count);
long clinux_splice(int from, int to, size_t count);
int clinux_shutdown_write(int fd);
/// Whether both directions are over (POLLHUP), without waiting: 1 or 0.
int clinux_is_hung_up(int fd);
int clinux_duplicate(int fd);
/// Closes so that the peer sees a reset, whatever is still to be sent.
int clinux_reset(int fd);
/// Bytes that the peer has not acknowledged.
long clinux_unacknowledged(int fd);
/// Makes a pipe of about `size` bytes; returns the size that it has.
long clinux_pipe_ends(int *output, int *input, int size);

// Descriptors from one process to another, over a Unix socket.
/// Sends up to 250 of them with at least one byte; returns 0.
int clinux_send_descriptors(int socket, const int *descriptors, int count, uint8_t mark);
/// Receives what one call has sent, waiting up to `milliseconds`; returns how many descriptors came, and
/// puts the byte into `mark`. -EPIPE at the end of the stream.
int clinux_receive_descriptors(int socket, int *descriptors, int capacity, uint8_t *mark,
                               int milliseconds);
/// Has the service manager at a path keep descriptors (`FDSTORE=1`); a path that begins with `@` is one
/// of the abstract namespace.
int clinux_store_descriptors(const char *path, const int *descriptors, int count);
/// Has it close the copies that it has of those (`FDSTOREREMOVE=1`).
int clinux_forget_descriptors(const char *path);
/// A socket at a path that waits for one process at a time, and that only its owner may open.
int clinux_listen_unix(const char *path);
/// The next process that connects, if it belongs to this user or to root; -EAGAIN when none came.
int clinux_accept_own(int fd, int milliseconds);
/// Connects and waits; -ECONNREFUSED or -ENOENT when nobody is there.
int clinux_reach_unix(const char *path);
/// What a bound socket is: its protocol (6 or 17), its place, and the device that it is bound to,
/// whose name is written to `device` (16 bytes). -EINVAL for anything else.
int clinux_bound_as(int fd, int *protocol, struct clinux_endpoint *place, char *device);

// Memory and time.
/// Memory that costs nothing until it is touched; null on failure.
void *clinux_reserve(size_t bytes);
void clinux_unreserve(void *bytes, size_t count);
/// Milliseconds of the coarse monotonic clock (4 ms steps or finer).
uint64_t clinux_milliseconds(void);
/// Seconds since 1970.
int64_t clinux_epoch_seconds(void);
/// Raises the limit of descriptors to what is allowed; returns it.
long clinux_raise_descriptor_limit(void);
/// Grows the table of descriptors to `count` in one step.
void clinux_make_room_for_descriptors(int count);
/// Keeps SIGPIPE from the calling thread: splice(2) has no flag that would, as send(2) does.
void clinux_block_broken_pipes(void);
/// Gives the calling thread a name of up to 15 bytes.
void clinux_name_thread(const char *name);
int clinux_available_processors(void);
