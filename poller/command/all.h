/* The sub-commands, each in a file of its name. A new one is a file, a line here and a line in main.c. */
#ifndef HAYLOFT_COMMAND_ALL_H
#define HAYLOFT_COMMAND_ALL_H

struct invocation;

int status_run(struct invocation *v);
int nodes_run(struct invocation *v);
int node_run(struct invocation *v);
int incidents_run(struct invocation *v);
int ack_run(struct invocation *v);
int probe_run(struct invocation *v);
int graph_run(struct invocation *v);
int report_run(struct invocation *v);
int check_config_run(struct invocation *v);
int reload_run(struct invocation *v);
int doctor_run(struct invocation *v);
int backup_run(struct invocation *v);
int restore_run(struct invocation *v);
int discover_run(struct invocation *v);
int user_run(struct invocation *v);
int inspect_run(struct invocation *v);
int walk_run(struct invocation *v);
int bench_run(struct invocation *v);

#endif
