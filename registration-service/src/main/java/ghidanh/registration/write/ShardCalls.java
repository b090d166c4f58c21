package ghidanh.registration.write;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of the writer to its shard, one transaction each. An origin goes with its own element's row. The tests have a shard of their own.
 */
interface ShardCalls {

    /**
     * Registers {@code stnos[i]} for {@code secNos[i]}; returns an outcome for each, in order.
     *
     * @param waits who would rather wait than be refused for want of a seat; null if nobody
     */
    List<RegistrationOutcome> register(int[] stnos, int[] secNos, boolean @Nullable [] waits, List<Origin> origins);

    /** Registers a student past every rule but the room, for a reason of 1 to 200 characters. */
    RegistrationOutcome override(int stno, int secNo, String reason, Origin origin);

    /** Returns an outcome for each id, in order. */
    List<WithdrawalOutcome> withdraw(long[] regIds, List<Origin> origins);

    /** Gives up a registration and takes the other section for its student, or changes nothing. */
    SwapOutcome swap(long regId, int secNo, Origin origin);

    /** Places, from 0, of the registrations that others hold up now by locks on section, student or registration. */
    Set<Integer> heldRegistrations(int[] stnos, int[] secNos);

    /** Places, from 0, of the withdrawals that others hold up now by locks on section or registration. */
    Set<Integer> heldWithdrawals(long[] regIds);

    /** Whether others hold up a swap now by a lock on either section, on student or registration. */
    boolean heldSwap(long regId, int secNo);
}
