/* What the agents of version 3 and those who ask them agree on, for tests/bench/snmp. */
#ifndef HAYLOFT_TESTS_SNMP_BENCH_V3_H
#define HAYLOFT_TESTS_SNMP_BENCH_V3_H

#define SNMP_BENCH_FIRST 0x7f010001u /* 127.1.0.1 */
#define SNMP_BENCH_MOST 60000u       /* agents */
#define SNMP_BENCH_USER "bench"
#define SNMP_BENCH_AUTH "bench authentication"
#define SNMP_BENCH_PRIV "bench privacy"

#endif
