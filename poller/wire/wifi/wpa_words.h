/* What IEEE 802.11 numbers mean, in words for people. Pure. */
#ifndef HAYLOFT_WIRE_WPA_WORDS_H
#define HAYLOFT_WIRE_WPA_WORDS_H

#include <stdint.h>

/* IEEE 802.11-2020 table 9-50 (status codes: why it does not let us in) and table 9-49 (reason codes: why it puts us
 * out). Each continues "the access point ". */
const char *wpa_status_words(int64_t code);
const char *wpa_reason_words(int64_t code);

/* Channels (annex E): 0 when it is none of a band we know. The band: "2.4 GHz". */
uint32_t wpa_channel(uint32_t freq_mhz);
const char *wpa_band(uint32_t freq_mhz);

#endif
