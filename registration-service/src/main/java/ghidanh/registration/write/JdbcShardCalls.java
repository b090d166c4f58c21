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
            select outcome, reg_id, created_at, synced_at
              from register_students(:stnos, :secNos, :traceparents)
             order by ord
            """;

    private static final String WITHDRAW = """
            -- JdbcShardCalls
            select outcome
              from withdraw_registrations(:regIds, :traceparents)
             order by ord
            """;

    // What is there and cannot be locked as the calls above would lock it is held by somebody else. Waits for nobody.
    private static final String HELD_REGISTRATIONS = """
            -- JdbcShardCalls
            with asked as materialized (
                select a.ord::integer - 1 as place, a.stno, a.sec_no
                  from unnest(:stnos, :secNos) with ordinality as a (stno, sec_no, ord)
            ), sections_free as materialized (
                select s.sec_no from sections s where s.sec_no = any (:secNos) for no key update skip locked
            ), students_free as materialized (
                select st.stno from students st where st.stno = any (:stnos) for key share skip locked
            ), registrations_free as materialized (
                select r.reg_id
                  from registrations r
                 where (r.stno, r.sec_no) in (select a.stno, a.sec_no from asked a)
                   and r.status = 'withdrawn'
                   for no key update of r skip locked
            )
            select a.place
              from asked a
              left join sections s using (sec_no)
              left join students st using (stno)
              left join registrations r on r.stno = a.stno and r.sec_no = a.sec_no and r.status = 'withdrawn'
             where (s.sec_no is not null and s.sec_no not in (select sec_no from sections_free))
                or (st.stno is not null and st.stno not in (select stno from students_free))
                or (r.reg_id is not null and r.reg_id not in (select reg_id from registrations_free))
            """;

    private static final String HELD_WITHDRAWALS = """
            -- JdbcShardCalls
            with asked as materialized (
                select a.ord::integer - 1 as place, r.reg_id, r.sec_no
                  from unnest(:regIds) with ordinality as a (reg_id, ord)
                  join registrations r using (reg_id)
            ), sections_free as materialized (
                select s.sec_no
                  from sections s
                 where s.sec_no in (select a.sec_no from asked a)
                   for no key update of s skip locked
            ), registrations_free as materialized (
                select r.reg_id from registrations r where r.reg_id = any (:regIds) for no key update skip locked
            )
            select a.place
              from asked a
             where a.sec_no not in (select sec_no from sections_free)
                or a.reg_id not in (select reg_id from registrations_free)
            """;

    private final ShardDatabase shard;

    JdbcShardCalls(ShardDatabase shard) {
        this.shard = shard;
    }

    @Override
    public List<RegistrationOutcome> register(int[] stnos, int[] secNos, @Nullable String[] traceparents) {
        return shard.write(client -> client.sql(REGISTER)
                .param("stnos", stnos)
                .param("secNos", secNos)
                .param("traceparents", traceparents)
                .query((row, number) -> outcome(row))
                .list());
    }

    @Override
    public List<WithdrawalOutcome> withdraw(long[] regIds, @Nullable String[] traceparents) {
        return shard.write(client -> client.sql(WITHDRAW)
                .param("regIds", regIds)
                .param("traceparents", traceparents)
                .query((row, number) -> WithdrawalOutcome.valueOf(name(row)))
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
            default -> new Refused(Refusal.valueOf(outcome));
        };
    }

    private static String name(ResultSet row) throws SQLException {
        return row.getString("outcome").toUpperCase(Locale.ROOT);
    }
}
