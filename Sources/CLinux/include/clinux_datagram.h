// The datagram sockets of a relay, many datagrams to a call. As in clinux.h: EINTR is retried, a
// failure is -errno.
#pragma once
#include "clinux_relay.h"

/// A socket at a place that is asked; `shared` as for streams. It tells which address was asked
/// where that is not clear from the place.
int clinux_bind_datagram(const struct clinux_endpoint *place, int is_v6, const char *device,
                         int shared);
/// A socket that hears of `target` alone, whatever was sent to its port before.
int clinux_connect_datagram(const struct clinux_endpoint *target,
                            const struct clinux_endpoint *transparent);
/// Prepares a socket for much at a time.
void clinux_datagram_enlarge(int fd);

// A socket that speaks with many, a datagram to a call.
/// Binds to one own address; `device` may be null.
int clinux_udp_open(const struct clinux_endpoint *place, const char *device);
/// How much may wait in it to be received, as far as the machine allows.
void clinux_udp_room(int fd, int bytes);
long clinux_udp_send(int fd, const struct clinux_endpoint *to, const void *bytes, size_t count);
/// Never waits. Longer datagrams are cut.
long clinux_udp_receive(int fd, void *bytes, size_t capacity, struct clinux_endpoint *from);

/// What came: a datagram, or several of one sender that the kernel has put together.
struct clinux_datagram {
    struct clinux_endpoint peer;
    /// The address that was asked, where the socket tells; all zero where it does not. No port.
    struct clinux_endpoint asked;
    /// The interface of a link-local peer.
    uint32_t scope;
    uint32_t length;
    /// Bytes of each of several datagrams, the last of which may be shorter; 0 for a single one.
    uint32_t segment;
};

/// Room for a batch of datagrams that came, and for putting together what is sent.
struct clinux_batch;
enum { clinux_batch_capacity = 64 };

/// Null when there is no memory. One that is `named` tells who sent what it receives.
struct clinux_batch *clinux_batch_make(int named);
void clinux_batch_free(struct clinux_batch *batch);
/// What came, `clinux_batch_capacity` places.
struct clinux_datagram *clinux_batch_datagrams(struct clinux_batch *batch);
uint8_t *clinux_batch_bytes(struct clinux_batch *batch, int place);

/// Receives into the places from `first` on; returns how many were filled, and never waits.
int clinux_batch_receive(struct clinux_batch *batch, int fd, int first, int count);

// Putting together. The bytes must stay where they are until they are sent.
void clinux_batch_clear(struct clinux_batch *batch);
/// Messages put together so far.
int clinux_batch_count(const struct clinux_batch *batch);
int clinux_batch_is_full(const struct clinux_batch *batch);
/// Adds a message: a datagram, or with `segment` several of so many bytes each. `head` may be null.
void clinux_batch_add(struct clinux_batch *batch, const void *head, size_t head_length,
                      const void *bytes, size_t length, uint32_t segment);
/// Says where the last message goes, and from which address (null: the socket's own).
void clinux_batch_address(struct clinux_batch *batch, const struct clinux_endpoint *to,
                          uint32_t scope, const struct clinux_endpoint *from);
/// Adds a datagram to the last message, for the kernel to cut apart; 0 when that cannot be.
int clinux_batch_join(struct clinux_batch *batch, const void *bytes, size_t length);
/// Sends from message `first` on; returns how many were taken.
int clinux_batch_send(struct clinux_batch *batch, int fd, int first);
/// Sends the datagrams of one message one by one; returns how many were taken.
int clinux_batch_send_apart(struct clinux_batch *batch, int fd, int message);
/// How many datagrams a message is.
int clinux_batch_datagrams_of(const struct clinux_batch *batch, int message);
