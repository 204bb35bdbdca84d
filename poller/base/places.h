/* Where our own programs and data files stand: beside each other in a build folder, or in the
 * folders of an installation. Asked once; afterwards the answers need no disk, so a fenced role may
 * still ask. */
#ifndef HAYLOFT_BASE_PLACES_H
#define HAYLOFT_BASE_PLACES_H

#include <stdbool.h>

#define PLACES_PATH_MAX 4096

/* True when this program runs from the folders of an installation. */
bool places_installed(void);

/* The path of one of our programs, "hayloft-engine". Says nothing about whether it exists. False
 * when the path would be too long; out is "" then. */
bool places_program(const char *name, char out[static PLACES_PATH_MAX]);

/* The path of one of our data files, "texts/en.yaml": <datadir>/hayloft/... or <source>/etc/... */
bool places_data(const char *name, char out[static PLACES_PATH_MAX]);

#endif
