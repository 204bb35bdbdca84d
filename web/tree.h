/* What hangs on what, as indexes into the view's nodes: every node once, whatever the parents say. */
#ifndef HAYLOFT_WEB_TREE_H
#define HAYLOFT_WEB_TREE_H

#include "poller/document/snapshot.h"

#define TREE_DEPTH_MAX 24 /* deeper ones are shown at this depth */

struct tree_row {
    size_t node;  /* for snapshot_node_at */
    size_t depth; /* 0: at the top */
};

/* Rows in order, children behind their parent. malloc'd; NULL without memory. */
struct tree_row *tree_rows(const struct snapshot *view, size_t *count);

#endif
