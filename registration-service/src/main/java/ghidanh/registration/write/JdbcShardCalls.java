package ghidanh.registration.write;

import ghidanh.registration.database.ShardDatabase;
import ghidanh.registration.database.Times;
import ghidanh.registration.write.RegistrationOutcome.AlreadyRegistered;
import ghidanh.registration.write.RegistrationOutcome.Refused;
import ghidanh.registration.write.RegistrationOutcome.Registered;
import ghidanh.registration.write.RegistrationOutcome.Waiting;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls the functions of a real shard. */
final class JdbcShardCalls implements ShardCalls {

    private static final String REGISTER = """
            -- JdbcShardCalls
            select outcome, reg_id, created_at, synced_at, details, (details ->> 'place')::integer as place
              from register_students(:stnos, :secNos, :traceparents, :actors, :waits)
             order by ord
            """;

    private static final String OVERRIDE = """
            -- JdbcShardCalls
            select outcome, reg_id, created_at, synced_at, details
              from override_registration(:stno, :secNo, :reason, :traceparent, :actor)
            """;

    private static final String WITHDRAW = """
            -- JdbcShardCalls
            select outcome, details
              from withdraw_registrations(:regIds, :traceparents, :actors)
             order by ord
            """;

    private static final String SWAP = """
            -- JdbcShardCalls
            select withdrawal, registration as outcome, stno, new_reg_id as reg_id, created_at, synced_at, details
              from swap_registration(:regId, :secNo, :traceparent, :actor)
            """;

    private static final String HELD_REGISTRATIONS = """
            -- JdbcShardCalls
            select place from held_registrations(:stnos, :secNos) as place
            """;

    private static final String HELD_WITHDRAWALS = """
            -- JdbcShardCalls
            select place from held_withdrawals(:regIds) as place
            """;

    private static final String HELD_SWAP = """
            -- JdbcShardCalls
            select exists (
                       select
                         from registrations r
                        cross join held_registrations(array[r.stno], array[:secNo])
                        where r.reg_id = :regId)
                or exists (select from held_withdrawals(array[:regId]))
            """;

    private final ShardDatabase shard;

    JdbcShardCalls(ShardDatabase shard) {
        this.shard = shard;
    }

    @Override
    public List<RegistrationOutcome> register(
            int[] stnos, int[] secNos, boolean @Nullable [] waits, List<Origin> origins) {
        return shard.write(client -> client.sql(REGISTER)
                .param("stnos", stnos)
                .param("secNos", secNos)
                .param("traceparents", traceparents(origins))
                .param("actors", actors(origins))
                .param("waits", waits)
                .query((row, number) -> outcome(row))
                .list());
    }

    @Override
    public RegistrationOutcome override(int stno, int secNo, String reason, Origin origin) {
        return shard.write(client -> client.sql(OVERRIDE)
                .param("stno", stno)
                .param("secNo", secNo)
                .param("reason", reason)
                .param("traceparent", origin.traceparent())
                .param("actor", origin.actor())
                .query((row, number) -> outcome(row))
                .single());
    }

    @Override
    public List<WithdrawalOutcome> withdraw(long[] regIds, List<Origin> origins) {
        return shard.write(client -> client.sql(WITHDRAW)
                .param("regIds", regIds)
                .param("traceparents", traceparents(origins))
                .param("actors", actors(origins))
                .query((row, number) -> new WithdrawalOutcome(
                        WithdrawalOutcome.Kind.of(row.getString("outcome")), row.getString("details")))
                .list());
    }

    @Override
    public SwapOutcome swap(long regId, int secNo, Origin origin) {
        return shard.write(client -> client.sql(SWAP)
                .param("regId", regId)
                .param("secNo", secNo)
                .param("traceparent", origin.traceparent())
                .param("actor", origin.actor())
                .query((row, number) -> swapped(row))
                .single());
    }

    @Override
    public Set<Integer> heldRegistrations(int[] stnos, int[] secNos) {
        return shard.write(client -> client.sql(HELD_REGISTRATIONS)
                .param("stnos", stnos)
                .param("secNos", secNos)
                .query(Integer.class)
                .set());
    }

    @Override
    public Set<Integer> heldWithdrawals(long[] regIds) {
        return shard.write(client -> client.sql(HELD_WITHDRAWALS)
                .param("regIds", regIds)
                .query(Integer.class)
                .set());
    }

    @Override
    public boolean heldSwap(long regId, int secNo) {
        return shard.write(client -> client.sql(HELD_SWAP)
                .param("regId", regId)
                .param("secNo", secNo)
                .query(Boolean.class)
                .single());
    }

    private static SwapOutcome swapped(ResultSet row) throws SQLException {
        String withdrawal = row.getString("withdrawal");
        String registration = row.getString("outcome");
        return new SwapOutcome(
                withdrawal == null
                        ? null
                        : new WithdrawalOutcome(WithdrawalOutcome.Kind.of(withdrawal), row.getString("details")),
                row.getInt("stno"),
                registration == null ? null : outcome(row));
    }

    private static RegistrationOutcome outcome(ResultSet row) throws SQLException {
        String outcome = row.getString("outcome");
        return switch (outcome) {
            case "registered" -> new Registered(row.getLong("reg_id"), Times.of(row, "created_at"));
            case "already_registered" ->
                new AlreadyRegistered(
                        row.getLong("reg_id"), Times.of(row, "created_at"), Times.ofNullable(row, "synced_at"));
            case "waiting", "already_waiting" ->
                new Waiting(
                        row.getLong("reg_id"),
                        Times.of(row, "created_at"),
                        Times.ofNullable(row, "synced_at"),
                        row.getInt("place"),
                        outcome.equals("already_waiting"));
            default -> new Refused(Refusal.of(outcome), row.getString("details"));
        };
    }

    private static @Nullable String[] traceparents(List<Origin> origins) {
        return origins.stream().map(Origin::traceparent).toArray(String[]::new);
    }

    private static String[] actors(List<Origin> origins) {
        return origins.stream().map(Origin::actor).toArray(String[]::new);
    }
}
