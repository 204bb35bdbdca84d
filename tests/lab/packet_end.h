/* One end of a cable as a packet socket: whole frames in as they were on the wire. The kernel takes a VLAN tag out
 * of a frame before a packet socket sees it, and tells it beside (packet(7), PACKET_AUXDATA); here it is put back. */
#ifndef HAYLOFT_TESTS_LAB_PACKET_END_H
#define HAYLOFT_TESTS_LAB_PACKET_END_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PACKET_END_TAG_BYTES 4
#define PACKET_END_MAX (PACKET_END_TAG_BYTES + 9216)

/* Non-blocking, promiscuous, deaf to what leaves by it. Ends the program with a word when it cannot. */
int packet_end_open(const char *interface);
/* The frame stands in buffer from *frame on. Its length, or -1: see errno. */
ssize_t packet_end_receive(int fd, uint8_t buffer[static PACKET_END_MAX], uint8_t **frame);

#endif
