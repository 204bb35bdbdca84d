/* How a talk with a device's own interface ended, beside the readings it brought. */
#ifndef HAYLOFT_MODEL_CONSULTATION_H
#define HAYLOFT_MODEL_CONSULTATION_H

enum consultation_end {
    CONSULTATION_READ,    /* as the profile says */
    CONSULTATION_SILENT,  /* nothing, or not all, came back */
    CONSULTATION_WRONG,   /* it answered otherwise than the profile says, or its certificate is not trusted */
    CONSULTATION_REFUSED, /* it takes user and password for wrong: asking again may lock us out */
    CONSULTATION_LOCKED,  /* it lets nobody in for now */
    CONSULTATION_OURS     /* it was not asked: our own fault */
};
extern const char *const consultation_end_words[]; /* read silent wrong refused locked ours */

#endif
