/* How often chance alone would cry wolf: the figure that stands beside each default of the judge. */
#ifndef HAYLOFT_MODEL_FALSE_ALARM_H
#define HAYLOFT_MODEL_FALSE_ALARM_H

/* Independent trials that each go wrong with probability p: the chance that at least k of n do. */
double chance_at_least(unsigned k, unsigned n, double p);

/* False alarms a year for so many nodes, each asked trials_per_year times, when an alarm needs a first
 * bad trial and then `more` further bad ones, all independent. */
double false_alarms_in_a_row(double nodes, double trials_per_year, double p, unsigned more);

/* The same when a round of n trials is bad with at least k wrong, and it takes `rounds` bad ones running. */
double false_alarms_windows(double nodes, double rounds_per_year, double p, unsigned k, unsigned n,
                            unsigned rounds);

#endif
