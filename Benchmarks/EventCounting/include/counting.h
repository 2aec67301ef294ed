// Counts what the threads of a relay allocate and how often they count references.
//
// To be loaded in front of a program (LD_PRELOAD). The counts are in a file that both sides map, whose
// path is in the environment variable EVENT_COUNTS: allocations, references taken, references given back.
#pragma once
#include <stdint.h>

struct event_counts {
    uint64_t allocations;
    uint64_t retains;
    uint64_t releases;
};
