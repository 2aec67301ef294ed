#include "clinux_relay.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"

#define RETRY(call)                                                                                \
    ({                                                                                             \
        __typeof__(call) result;                                                                   \
        do result = (call);                                                                        \
        while (result < 0 && errno == EINTR);                                                      \
        result < 0 ? (__typeof__(call))-errno : result;                                            \
    })

int clinux_epoll_create(void) { return RETRY(epoll_create1(EPOLL_CLOEXEC)); }

static int control(int poller, int operation, int fd, uint32_t events, uint64_t data) {
    struct epoll_event event = {.events = events, .data.u64 = data};
    return RETRY(epoll_ctl(poller, operation, fd, &event));
}

int clinux_epoll_add(int poller, int fd, uint32_t events, uint64_t data) {
    return control(poller, EPOLL_CTL_ADD, fd, events, data);
}

int clinux_epoll_change(int poller, int fd, uint32_t events, uint64_t data) {
    return control(poller, EPOLL_CTL_MOD, fd, events, data);
}

int clinux_epoll_remove(int poller, int fd) { return control(poller, EPOLL_CTL_DEL, fd, 0, 0); }

int clinux_epoll_wait(int poller, struct clinux_event *events, int capacity, int milliseconds) {
    // The kernel's structure is packed on some machines and not on others.
    struct epoll_event raw[256];
    if (capacity > 256) capacity = 256;
    int count = epoll_wait(poller, raw, capacity, milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int place = 0; place < count; place++) {
        events[place].data = raw[place].data.u64;
        events[place].events = raw[place].events;
    }
    return count;
}

static int option(int fd, int level, int name, int value) {
    return setsockopt(fd, level, name, &value, sizeof value) < 0 ? -errno : 0;
}

static int failed(int fd, int error) {
    close(fd);
    return error;
}

int clinux_bind_stream(const struct clinux_endpoint *place, int is_v6, const char *device,
                       int shared) {
    int family = is_v6 ? AF_INET6 : AF_INET;
    int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    // Connections of an earlier run that linger do not keep the port.
    option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (shared) option(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    if (is_v6) option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    if (device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device)) < 0)
        return failed(fd, -errno);
    struct sockaddr_storage address;
    socklen_t size = endpoint_to_address(place, is_v6, &address);
    if (bind(fd, (struct sockaddr *)&address, size) < 0) return failed(fd, -errno);
    return fd;
}

int clinux_share_port(int fd) { return option(fd, SOL_SOCKET, SO_REUSEPORT, 1); }

int clinux_keep_alive(int fd, int keep_idle, int keep_interval, int keep_count,
                      int user_timeout_ms) {
    int error = option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    if (error) return error;
    option(fd, IPPROTO_TCP, TCP_KEEPIDLE, keep_idle);
    option(fd, IPPROTO_TCP, TCP_KEEPINTVL, keep_interval);
    option(fd, IPPROTO_TCP, TCP_KEEPCNT, keep_count);
    return option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, user_timeout_ms);
}

int clinux_listen(int fd, int backlog) {
    option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    return listen(fd, backlog) < 0 ? -errno : 0;
}

int clinux_accept(int fd, struct clinux_endpoint *client) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int accepted =
        RETRY(accept4(fd, (struct sockaddr *)&address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (accepted >= 0) address_to_endpoint(&address, client);
    return accepted;
}

int clinux_connect_stream(const struct clinux_endpoint *target,
                          const struct clinux_endpoint *transparent) {
    int is_v6 = !endpoint_is_v4(target);
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    struct sockaddr_storage address;
    if (transparent) {
        int error = is_v6 ? option(fd, IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
                          : option(fd, IPPROTO_IP, IP_TRANSPARENT, 1);
        if (error) return failed(fd, error);
        option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        socklen_t size = endpoint_to_address(transparent, is_v6, &address);
        if (bind(fd, (struct sockaddr *)&address, size) < 0) return failed(fd, -errno);
    }
    socklen_t size = endpoint_to_address(target, is_v6, &address);
    if (connect(fd, (struct sockaddr *)&address, size) < 0 && errno != EINPROGRESS)
        return failed(fd, -errno);
    return fd;
}

int clinux_send_promptly(int fd) { return option(fd, IPPROTO_TCP, TCP_NODELAY, 1); }

int clinux_connect_unix(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length >= sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, length + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    // EAGAIN: the other's queue is full, which no event would announce the end of.
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
        return failed(fd, errno == EAGAIN ? -ECONNREFUSED : -errno);
    return fd;
}

int clinux_socket_error(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -errno;
    return -error;
}

int clinux_connection(int fd) {
    struct pollfd waiting = {.fd = fd, .events = POLLOUT};
    if (poll(&waiting, 1, 0) <= 0) return 0;
    int error = clinux_socket_error(fd);
    return error ? error : waiting.revents & (POLLERR | POLLHUP) ? -ECONNREFUSED : 1;
}

int clinux_wait_writable(int bell, const int *sockets, int count, int milliseconds) {
    // More targets than this are looked at when the next is due.
    struct pollfd waiting[1024] = {{.fd = bell, .events = POLLIN}};
    if (count > 1023) count = 1023;
    for (int place = 0; place < count; place++)
        waiting[place + 1] = (struct pollfd){.fd = sockets[place], .events = POLLOUT};
    int ready = poll(waiting, (nfds_t)count + 1, milliseconds);
    return ready < 0 ? -errno : ready;
}

int clinux_own_end(int fd, struct clinux_endpoint *place) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &size) < 0) return -errno;
    return address_to_endpoint(&address, place);
}

int clinux_peer_end(int fd, struct clinux_endpoint *place) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &size) < 0) return -errno;
    return address_to_endpoint(&address, place);
}

long clinux_receive(int fd, void *bytes, size_t count) {
    return RETRY(recv(fd, bytes, count, MSG_DONTWAIT));
}

long clinux_peek(int fd, void *bytes, size_t count) {
    return RETRY(recv(fd, bytes, count, MSG_DONTWAIT | MSG_PEEK));
}

long clinux_send(int fd, const void *bytes, size_t count) {
    return RETRY(send(fd, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL));
}

long clinux_splice(int from, int to, size_t count) {
    return RETRY(splice(from, NULL, to, NULL, count, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
}

int clinux_shutdown_write(int fd) { return shutdown(fd, SHUT_WR) < 0 ? -errno : 0; }

int clinux_is_hung_up(int fd) {
    struct pollfd one = {.fd = fd, .events = 0};
    int count = RETRY(poll(&one, 1, 0));
    return count < 0 ? count : (one.revents & POLLHUP) != 0;
}

int clinux_duplicate(int fd) { return RETRY(fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

int clinux_reset(int fd) {
    struct linger linger = {.l_onoff = 1, .l_linger = 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return close(fd) < 0 ? -errno : 0;
}

long clinux_unacknowledged(int fd) {
    int count = 0;
    return ioctl(fd, SIOCOUTQ, &count) < 0 ? -errno : count;
}

long clinux_pipe_ends(int *output, int *input, int size) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0) return -errno;
    // Without privilege the sum of all pipes is limited; the pipe keeps the size that it has then.
    fcntl(ends[1], F_SETPIPE_SZ, size);
    long capacity = fcntl(ends[1], F_GETPIPE_SZ);
    *output = ends[0];
    *input = ends[1];
    if (capacity > 0) return capacity;
    int error = -errno;
    close(ends[0]);
    return failed(ends[1], error);
}

void *clinux_reserve(size_t bytes) {
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

void clinux_unreserve(void *bytes, size_t count) { munmap(bytes, count); }

uint64_t clinux_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int64_t clinux_epoch_seconds(void) { return (int64_t)time(NULL); }

long clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    return (long)limit.rlim_cur;
}

void clinux_make_room_for_descriptors(int count) {
    int any = epoll_create1(EPOLL_CLOEXEC);
    if (any < 0) return;
    int last = fcntl(any, F_DUPFD_CLOEXEC, count);
    if (last >= 0) close(last);
    close(any);
}

void clinux_block_broken_pipes(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

int clinux_available_processors(void) {
    cpu_set_t set;
    return sched_getaffinity(0, sizeof set, &set) < 0 ? 1 : CPU_COUNT(&set);
}
