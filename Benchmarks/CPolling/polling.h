// Calls of Linux that Swift's view of glibc does not show.
#pragma once
#include <sys/epoll.h>

int accept4(int listener, void *address, unsigned *size, int flags);

// `struct msghdr` and `struct mmsghdr` as the kernel lays them out, by names of ours: their headers belong
// to Swift's view of glibc.
struct datagram {
    void *name;
    unsigned name_size;
    void *pieces;
    unsigned long piece_count;
    void *control;
    unsigned long control_size;
    int flags;
};

struct batched_datagram {
    struct datagram header;
    unsigned count;
};

int recvmmsg(int socket, struct batched_datagram *batch, unsigned count, int flags, void *patience);
int sendmmsg(int socket, struct batched_datagram *batch, unsigned count, int flags);
