package ghidanh.sync.diagnosis;

import ghidanh.sync.observe.Observation;

/**
 * What is measured of a shard, and for how long it has been so. Seconds that are not known, or of what never happened, are NaN.
 *
 * @param unmeasuredSeconds since what is unsynced was last known
 * @param standstillSeconds that events wait and none is taken, at least; 0 while that may be one measurement's chance
 * @param lettersSeconds since events were last given up on
 * @param lossSeconds since registrations were last named as lost
 * @param driftRows that differed at the last check
 * @param checkedSeconds since that check
 */
record Facts(
        Observation seen,
        double unmeasuredSeconds,
        double standstillSeconds,
        double lettersSeconds,
        double lossSeconds,
        long driftRows,
        double checkedSeconds) {}
