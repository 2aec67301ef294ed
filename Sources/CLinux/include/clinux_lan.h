// Sockets towards one network inside. As in clinux.h: EINTR is retried, a failure is -errno.
#pragma once
#include "clinux_relay.h"

/// A stream socket at an own address of an interface, which does not listen yet.
int clinux_lan_stream(const struct clinux_endpoint *place, const char *device);
/// A datagram socket at an own address of an interface; `shared` next to other programs' at the same port.
/// What it sends to a group leaves by the interface, goes `hops` routers far, and is not heard by itself.
int clinux_lan_datagram(const struct clinux_endpoint *place, const char *device, int hops,
                        int shared);
/// A datagram socket that hears what is sent to a group on an interface, as others do.
int clinux_lan_group(const struct clinux_endpoint *group, const char *device);
/// A stream socket on its way from an own address to a peer; it does not wait for the peer.
int clinux_lan_connect(const struct clinux_endpoint *own, const struct clinux_endpoint *peer,
                       const char *device);
