/* Small files of a test. What goes wrong fails it. */
#ifndef HAYLOFT_TESTS_SUPPORT_TEXT_FILE_H
#define HAYLOFT_TESTS_SUPPORT_TEXT_FILE_H

void text_file_write(const char *path, const char *text);
void text_file_assert(const char *path, const char *want); /* holds just that; at most 255 bytes */

#endif
