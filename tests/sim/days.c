/* Many days at the packet seam, each with its own fortune: quiet ones, in which nothing may be
 * said, and ones in which all of day.c befalls the farm and each of it must be found, and nothing
 * else. Output is TAP. usage: days [COUNT [SEED]] */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tests/sim/day.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static unsigned play(uint64_t seed, bool befallen)
{
    struct network *n = network_create(seed);
    day_farm_of_packets(n);
    if (befallen)
        day_befall_packets(n);
    network_begin(n);
    network_run(n, DAY_S);
    unsigned wrong = day_compare(network_keeper(n), day_faults, befallen ? day_fault_count : 0);
    wrong += keeper_events(network_keeper(n), "node-rebooted") != befallen;
    network_destroy(n);
    return wrong;
}

int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10, number = 0, failed = 0;
    uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + count; seed++)
        for (int befallen = 0; befallen < 2; befallen++) {
            double began_s = seconds();
            unsigned wrong = play(seed, befallen);
            failed += wrong > 0;
            printf("%s %u - a %s day of packets with seed %llu, in %.1f s\n",
                   wrong ? "not ok" : "ok", ++number, befallen ? "befallen" : "quiet",
                   (unsigned long long)seed, seconds() - began_s);
            fflush(stdout);
        }
    printf("1..%u\n", number);
    return failed > 0;
}
