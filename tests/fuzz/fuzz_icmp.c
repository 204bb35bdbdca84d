/* Echo replies and quoted requests, as they come from anybody. The first byte says which and of which family. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "collectors/protocol/echo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct echoes *echoes;
    struct hash_key key = {1, 2};
    uint8_t message[ECHO_MESSAGE_MAX];
    struct echo_flight *flight = NULL;
    if (!size)
        return 0;
    if (!echoes) {
        echoes = echoes_create(&key);
        for (int i = 0; i < 100; i++)
            echoes_launch(echoes, AF_INET, message, 56);
    }
    uint8_t family = data[0] & 1 ? AF_INET6 : AF_INET;
    if (data[0] & 2) {
        flight = echoes_match_quote(echoes, family, data + 1, size - 1);
    } else {
        enum echo_match match = echoes_match(echoes, family, data + 1, size - 1, &flight);
        if ((match == ECHO_FORGED || match == ECHO_FOREIGN) && flight)
            abort(); /* a stranger's reply must not name a flight */
    }
    if (flight && flight->state == ECHO_FREE)
        abort();
    return 0;
}
