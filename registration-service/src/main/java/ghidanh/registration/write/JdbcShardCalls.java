package ghidanh.registration.write;

import ghidanh.registration.database.ShardDatabase;
import ghidanh.registration.database.Times;
import ghidanh.registration.write.RegistrationOutcome.AlreadyRegistered;
import ghidanh.registration.write.RegistrationOutcome.Refused;
import ghidanh.registration.write.RegistrationOutcome.Registered;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Calls the functions of a real shard. */
final class JdbcShardCalls implements ShardCalls {

    private static final String REGISTER = """
            -- JdbcShardCalls
            select outcome, reg_id, created_at, synced_at, details
              from register_students(:stnos, :secNos, :traceparents, :actors)
             order by ord
            """;

    private static final String WITHDRAW = """
            -- JdbcShardCalls
            select outcome, details
              from withdraw_registrations(:regIds, :traceparents, :actors)
             order by ord
            """;

    private static final String HELD_REGISTRATIONS = """
            -- JdbcShardCalls
            select place from held_registrations(:stnos, :secNos) as place
            """;

    private static final String HELD_WITHDRAWALS = """
            -- JdbcShardCalls
            select place from held_withdrawals(:regIds) as place
            """;

    private final ShardDatabase shard;

    JdbcShardCalls(ShardDatabase shard) {
        this.shard = shard;
    }

    @Override
    public List<RegistrationOutcome> register(int[] stnos, int[] secNos, List<Origin> origins) {
        return shard.write(client -> client.sql(REGISTER)
                .param("stnos", stnos)
                .param("secNos", secNos)
                .param("traceparents", traceparents(origins))
                .param("actors", actors(origins))
                .query((row, number) -> outcome(row))
                .list());
    }

    @Override
    public List<WithdrawalOutcome> withdraw(long[] regIds, List<Origin> origins) {
        return shard.write(client -> client.sql(WITHDRAW)
                .param("regIds", regIds)
                .param("traceparents", traceparents(origins))
                .param("actors", actors(origins))
                .query((row, number) ->
                        new WithdrawalOutcome(WithdrawalOutcome.Kind.valueOf(name(row)), row.getString("details")))
                .list());
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

    private static RegistrationOutcome outcome(ResultSet row) throws SQLException {
        String outcome = name(row);
        return switch (outcome) {
            case "REGISTERED" -> new Registered(row.getLong("reg_id"), Times.of(row, "created_at"));
            case "ALREADY_REGISTERED" ->
                new AlreadyRegistered(
                        row.getLong("reg_id"), Times.of(row, "created_at"), Times.ofNullable(row, "synced_at"));
            default -> new Refused(Refusal.valueOf(outcome), row.getString("details"));
        };
    }

    private static @Nullable String[] traceparents(List<Origin> origins) {
        return origins.stream()
                .map(Origin::trace)
                .map(trace -> trace == null ? null : trace.text())
                .toArray(String[]::new);
    }

    private static String[] actors(List<Origin> origins) {
        return origins.stream().map(Origin::actor).toArray(String[]::new);
    }

    private static String name(ResultSet row) throws SQLException {
        return row.getString("outcome").toUpperCase(Locale.ROOT);
    }
}
