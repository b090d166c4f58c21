package ghidanh.registration.registration;

import java.util.List;

/** The calls of the writer to its shard, one transaction each. The tests have a shard of their own. */
interface ShardCalls {

    /** Registers {@code stnos[i]} for {@code secNos[i]}; returns an outcome for each, in order. */
    List<RegistrationOutcome> register(int[] stnos, int[] secNos);

    /** Returns an outcome for each id, in order. */
    List<WithdrawalOutcome> withdraw(long[] regIds);
}
