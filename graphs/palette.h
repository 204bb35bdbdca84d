/* Colours of the pictures, as a style sheet inside the SVG (it follows the reader's light or dark) and as
 * class names for what is drawn. Loss has four steps; each also differs in width, not in hue alone. */
#ifndef HAYLOFT_GRAPHS_PALETTE_H
#define HAYLOFT_GRAPHS_PALETTE_H

extern const char palette_style[];

#define PALETTE_LOSS_STEPS 4

/* The class of a loss (0-1): NULL for none, else "l1" to "l4". */
const char *palette_loss_class(double loss);

#endif
