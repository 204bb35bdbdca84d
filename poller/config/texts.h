/* The sentences of a language, texts/LANGUAGE.yaml among our own data, for the engine. */
#ifndef HAYLOFT_CONFIG_TEXTS_H
#define HAYLOFT_CONFIG_TEXTS_H

#include "poller/config/complaint.h"
#include "poller/config/config.h"

/* Fills out->texts with "cause.key" and text. A language there is no file for is an error. */
void texts_read(struct arena *arena, struct complaints *c, struct config *out);

#endif
