#include "poller/config/json_out.h"

void json_out_text(struct buf *out, const char *text)
{
    if (!text) {
        buf_text(out, "null");
        return;
    }
    buf_char(out, '"');
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p == '"' || *p == '\\')
            buf_printf(out, "\\u%04x", *p);
        else
            buf_char(out, (char)*p);
    }
    buf_char(out, '"');
}

void json_out_complaints(struct buf *out, const char *name, const struct complaints *c,
                                bool warnings)
{
    struct complaint_view v;
    const char *gap = "";
    buf_printf(out, "  \"%s\": [", name);
    for (size_t i = 0; c && complaints_at(c, i, &v); i++) {
        if (v.warning != warnings)
            continue;
        buf_printf(out, "%s\n    {\"file\": ", gap);
        json_out_text(out, v.file);
        buf_printf(out, ", \"line\": %zu, \"column\": %zu, \"text\": ", v.line, v.column);
        json_out_text(out, v.text);
        buf_char(out, '}');
        gap = ",";
    }
    buf_text(out, "],\n");
}
