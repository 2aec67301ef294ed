// Calls of Linux that Swift's view of glibc does not show.
#pragma once
#include <sys/epoll.h>

int accept4(int listener, void *address, unsigned *size, int flags);
