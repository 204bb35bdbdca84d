#include "web/sentence.h"

#include <stddef.h>
#include <string.h>

const char *sentence_cut(const char *sentence, char head[static SENTENCE_HEAD_MAX])
{
    size_t len = 0;
    sentence = sentence ? sentence : "";
    while (sentence[len] && !((sentence[len] == '.' || sentence[len] == ':') && sentence[len + 1] == ' '))
        len++;
    if (len >= SENTENCE_HEAD_MAX) { /* no place to cut */
        head[0] = '\0';
        return sentence;
    }
    memcpy(head, sentence, len);
    head[len] = '\0';
    return sentence[len] ? sentence + len + 2 : sentence + len;
}
