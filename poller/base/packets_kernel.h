/* The kernel twin of packets.h: real sockets in a libuv loop.
 *
 * Sockets that need a right are handed over by the parent; UDP and TCP ones are opened here. Echoes are
 * sent one call each with a stamp of their own (one stamp per batch would falsify round-trip times by
 * the batch's length); everything is received in batches with the kernel's stamp, put on the monotonic
 * clock by an offset read once per batch.
 *
 * HAYLOFT_UDP_SEGMENT=off in the environment: as if no kernel could segment, everywhere. */
#ifndef HAYLOFT_BASE_PACKETS_KERNEL_H
#define HAYLOFT_BASE_PACKETS_KERNEL_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "poller/base/packets.h"

struct packets_kernel;

struct packets_counts {
    uint64_t sent, received;
    uint64_t send_failures;    /* packets given back with an error */
    uint64_t send_retries;     /* ENOBUFS or EAGAIN, tried again */
    uint64_t overflows;        /* packets our receive queues had no room for (SO_RXQ_OVFL) */
    uint64_t errors_received;  /* from the error queues */
    uint64_t streams_refused;  /* over the ceiling of open connections */
};

struct packets_kernel *packets_kernel_create(uv_loop_t *loop); /* NULL: no memory */
void packets_kernel_destroy(struct packets_kernel *k);         /* NULL is fine; closes all sockets */

/* Takes over fd for an ICMP door (datagram or raw, seen from the socket) or the ARP door (AF_PACKET,
 * SOCK_DGRAM). A datagram ICMP socket is kept rather than a raw one: the kernel then sorts for us.
 * False: fd is of no use and was closed. */
bool packets_kernel_adopt(struct packets_kernel *k, enum packets_door door, int fd);
/* Has the ICMP or ARP door a socket? */
bool packets_kernel_has(const struct packets_kernel *k, enum packets_door door);
/* Opens the socket of an ICMP door ourselves, for programs without a parent. False with errno. */
bool packets_kernel_open(struct packets_kernel *k, enum packets_door door);

const struct packets *packets_kernel_door(struct packets_kernel *k);
struct packets_counts packets_kernel_counts(const struct packets_kernel *k);
/* Receives what has already come, without waiting for the loop. */
void packets_kernel_drain(struct packets_kernel *k, enum packets_door door);

#endif
