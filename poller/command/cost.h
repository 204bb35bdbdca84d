/* What this program has used of the machine so far. */
#ifndef HAYLOFT_COMMAND_COST_H
#define HAYLOFT_COMMAND_COST_H

double cost_cpu_s(void);   /* user and system */
long cost_peak_kib(void);  /* the most memory it held itself; 0: not known */
unsigned cost_sockets(void); /* open now */

#endif
