package ghidanh.registration.read;

import ghidanh.registration.database.Times;
import ghidanh.registration.read.Registration.Status;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A state of a registration, from a change to the next.
 *
 * @param version the shard's number of this state; grows
 * @param changedAt by the shard's clock
 * @param changedBy who made it, as role:subject; a student as student:shard-number; database:role for who wrote by SQL
 * @param mark null without a grade
 * @param reason why, where a registrar set the rules aside or cancelled the section
 */
public record RegistrationChange(
        long version,
        Instant changedAt,
        String changedBy,
        int secNo,
        Status status,
        @Nullable BigDecimal mark,
        @Nullable String reason) {

    /** Of a registration that is tried again and again for years. */
    private static final int MOST = 200;

    // Of this student: a shard that went back may have given the number to another registration.
    private static final String NEWEST = """
            -- RegistrationChange
            select h.version, h.changed_at, h.changed_by, h.sec_no, h.status, h.mark, h.reason
              from registration_history h
             where h.reg_id = :regId
               and h.stno = :stno
             order by h.version desc
             limit :most
            """;

    /** The newest first, at most {@value #MOST}; none from before the shard kept them. */
    static List<RegistrationChange> newest(JdbcClient shard, long regId, int stno) {
        return shard.sql(NEWEST)
                .param("regId", regId)
                .param("stno", stno)
                .param("most", MOST)
                .query((row, number) -> change(row))
                .list();
    }

    private static RegistrationChange change(ResultSet row) throws SQLException {
        return new RegistrationChange(
                row.getLong("version"),
                Times.of(row, "changed_at"),
                row.getString("changed_by"),
                row.getInt("sec_no"),
                Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getBigDecimal("mark"),
                row.getString("reason"));
    }
}
