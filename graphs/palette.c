#include "graphs/palette.h"

#include <stddef.h>

const char palette_style[] =
    ":root{color-scheme:light dark}"
    "svg{font:11px system-ui,-apple-system,\"Segoe UI\",Roboto,sans-serif}"
    "text{fill:#49535f}.t{fill:#1b232c;font-weight:600}.g{stroke:#1b232c;stroke-opacity:.1;fill:none}"
    ".a{stroke:#1b232c;stroke-opacity:.45;fill:none}.p{fill:none;stroke-linejoin:round;stroke-width:14}"
    ".s1{fill:#2f6fb0;fill-opacity:.16}.s2{fill:#2f6fb0;fill-opacity:.34}.m{stroke:#1d5c9c}"
    ".k0{fill:#1d5c9c}.in{fill:#1f8a66;fill-opacity:.4;stroke:#17735a}"
    ".out{fill:#3d6fc8;fill-opacity:.35;stroke:#2b57a8}.x1{fill:#17735a}.x2{fill:#2b57a8}"
    ".l1{stroke:#a98600;stroke-width:20}.l2{stroke:#c56200;stroke-width:26}"
    ".l3{stroke:#c4261d;stroke-width:32}.l4{fill:#c4261d;fill-opacity:.75;stroke:none}"
    ".b1,.k1{fill:#1f8a66}.b2,.k2{fill:#c56200}.b3,.k3{fill:#c4261d}"
    ".k4{fill:#c4261d}.mk{fill:#c4261d;fill-opacity:.09}"
    "@media(prefers-color-scheme:dark){text{fill:#aab4bf}.t{fill:#e8edf2}.g{stroke:#fff}.a{stroke:#fff}"
    ".s1{fill:#6fb0f0}.s2{fill:#6fb0f0}.m{stroke:#9ccbff}.k0{fill:#9ccbff}"
    ".in{fill:#3fbf95;stroke:#6fd9b4}.out{fill:#6a9bf0;stroke:#93b8fa}.x1{fill:#6fd9b4}.x2{fill:#93b8fa}"
    ".b1,.k1{fill:#5fd097}.b2,.k2{fill:#ff9d45}.b3,.k3{fill:#ff6f66}"
    ".l1{stroke:#e3c04a}.l2{stroke:#ff9d45}.l3{stroke:#ff6f66}.l4{fill:#ff6f66}.k4{fill:#ff6f66}"
    ".mk{fill:#ff6f66;fill-opacity:.16}}";

const char *palette_loss_class(double loss)
{
    static const struct {
        double above;
        const char *name;
    } steps[PALETTE_LOSS_STEPS] = {{0.9999, "l4"}, {0.2, "l3"}, {0.05, "l2"}, {0, "l1"}};
    for (int i = 0; i < PALETTE_LOSS_STEPS; i++)
        if (loss > steps[i].above)
            return steps[i].name;
    return NULL;
}
