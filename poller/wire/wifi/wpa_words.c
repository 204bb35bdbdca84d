#include "poller/wire/wifi/wpa_words.h"

#include <stddef.h>

struct code_words {
    int64_t code;
    const char *words;
};

static const struct code_words statuses[] = {
    {1, "refuses this card and does not say why: a list of MAC addresses is often the reason"},
    {10, "asks for abilities this card does not have"},
    {12, "refuses this card by a rule of its own: a list of MAC addresses, or another access point shall take it"},
    {13, "proves stations another way than this card does"},
    {14, "lost the order of the proof: too much is lost on the way"},
    {15, "does not accept the proof: the password is wrong"},
    {16, "waited for the proof in vain: too much is lost on the way"},
    {17, "is full: it takes no further station"},
    {18, "asks for rates this card does not have"},
    {27, "takes only stations of a newer kind (HT)"},
    {30, "asks to come again later"},
    {31, "asks for protected management frames (PMF) in a way this card does not do"},
    {33, "has no airtime left"},
    {34, "finds the signal too poor"},
    {37, "declines"},
    {40, "does not understand this card's request"},
    {41, "asks for another cipher for groups"},
    {42, "asks for another cipher"},
    {43, "asks for another kind of keys (WPA2 or WPA3)"},
    {45, "asks for other security abilities"},
    {46, "refuses the cipher by its policy"},
    {53, "does not know the key of an earlier visit"},
    {77, "uses another group of WPA3"},
    {82, "finds the signal too poor"},
    {104, "takes only stations of a newer kind (VHT)"},
};

static const struct code_words reasons[] = {
    {1, "puts this card out and does not say why"},
    {2, "no longer knows this card: its password is wrong, or the access point started anew"},
    {3, "goes away"},
    {4, "heard nothing of this card"},
    {5, "is full"},
    {6, "does not know this card any more"},
    {7, "does not know this card any more"},
    {8, "ended the visit"},
    {9, "missed the proof"},
    {12, "sends this card to another access point"},
    {13, "does not understand this card's request"},
    {14, "found a frame whose check failed"},
    {15, "got no fitting answer in the handshake: the password is wrong, or too much is lost on the way"},
    {16, "got no answer when the group's key changed"},
    {17, "got other security abilities than were agreed"},
    {18, "asks for another cipher for groups"},
    {19, "asks for another cipher"},
    {20, "asks for another kind of keys (WPA2 or WPA3)"},
    {23, "did not get the answer of its login server"},
    {24, "refuses the cipher by its policy"},
    {34, "finds the signal too poor"},
};

static const char *find(const struct code_words *list, size_t count, int64_t code)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].code == code)
            return list[i].words;
    return NULL;
}

const char *wpa_status_words(int64_t code)
{
    const char *words = find(statuses, sizeof statuses / sizeof statuses[0], code);
    return words ? words : "refuses this card";
}

const char *wpa_reason_words(int64_t code)
{
    const char *words = find(reasons, sizeof reasons / sizeof reasons[0], code);
    return words ? words : "puts this card out";
}

static const struct {
    uint32_t first_mhz, last_mhz, channel_0_mhz;
    const char *name;
} bands[] = {
    {2412, 2472, 2407, "2.4 GHz"},
    {5150, 5895, 5000, "5 GHz"},
    {5955, 7115, 5950, "6 GHz"},
};
#define BANDS (sizeof bands / sizeof bands[0])
#define CHANNEL_14_MHZ 2484 /* of its own, in Japan */
#define CHANNEL_STEP_MHZ 5

uint32_t wpa_channel(uint32_t freq_mhz)
{
    if (freq_mhz == CHANNEL_14_MHZ)
        return 14;
    for (size_t i = 0; i < BANDS; i++)
        if (freq_mhz >= bands[i].first_mhz && freq_mhz <= bands[i].last_mhz)
            return (freq_mhz - bands[i].channel_0_mhz) / CHANNEL_STEP_MHZ;
    return 0;
}

const char *wpa_band(uint32_t freq_mhz)
{
    for (size_t i = 0; i < BANDS; i++)
        if (freq_mhz >= bands[i].first_mhz && freq_mhz <= bands[i].last_mhz)
            return bands[i].name;
    return freq_mhz == CHANNEL_14_MHZ ? bands[0].name : "an unknown band";
}
