/* A scratch folder for one test, in the working directory. */
#ifndef HAYLOFT_TESTS_SUPPORT_FOLDER_H
#define HAYLOFT_TESTS_SUPPORT_FOLDER_H

void folder_make(char *template); /* ends in XXXXXX, becomes the name */
void folder_remove(const char *name); /* with all that is in it */

#endif
