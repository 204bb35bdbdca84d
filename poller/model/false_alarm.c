#include "poller/model/false_alarm.h"

#include <math.h>

double chance_at_least(unsigned k, unsigned n, double p)
{
    double sum = 0, choose = 1;
    for (unsigned i = 0; i <= n; i++) {
        if (i >= k)
            sum += choose * pow(p, i) * pow(1 - p, n - i);
        choose = choose * (n - i) / (i + 1);
    }
    return sum;
}

double false_alarms_in_a_row(double nodes, double trials_per_year, double p, unsigned more)
{
    return nodes * trials_per_year * p * pow(p, more);
}

double false_alarms_windows(double nodes, double rounds_per_year, double p, unsigned k, unsigned n,
                            unsigned rounds)
{
    return nodes * rounds_per_year * pow(chance_at_least(k, n, p), rounds);
}
