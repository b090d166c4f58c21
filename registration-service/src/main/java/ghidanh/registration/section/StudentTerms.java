package ghidanh.registration.section;

import ghidanh.registration.database.ShardDatabases;
import ghidanh.registration.read.Registration.Status;
import ghidanh.registration.read.RegistrationId;
import ghidanh.registration.section.StudentTerm.Offer;
import ghidanh.registration.write.Refusal;
import ghidanh.registration.write.RegistrationOutcome.Refused;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/** Shows students their current term: what they have, what they can still ask for, and what they would be told. */
@Component
public final class StudentTerms {

    private static final String OPEN = """
            -- StudentTerms
            select s.sec_no,
                   s.c_no,
                   c.c_name,
                   c.credits,
                   s.time,
                   s.hall,
                   i.name as instructor,
                   s.capacity + s.extra_seats as capacity,
                   s.capacity + s.extra_seats - s.enrolled as seats_left,
                   (select count(*) from registrations w where w.sec_no = s.sec_no and w.status = 'waiting') as waiting,
                   j.refusal,
                   j.details
              from sections s
              join courses c using (c_no)
              left join instructors i using (ins_id)
             cross join lateral judge_wish(:stno, s.sec_no, '{}', now()) j
             where s.year = :year
               and s.semester = :semester
               and (s.enrolled < s.capacity + s.extra_seats or :full)
               and not s.cancelled
               and not exists (
                       select
                         from registrations r
                        where r.stno = :stno
                          and r.sec_no = s.sec_no
                          and r.status = 'registered')
             order by c.c_name, s.sec_no
            """;

    private static final String OWN = """
            -- StudentTerms
            select d.reg_id, d.sec_no, d.c_name, c.credits, d.time, d.hall, d.place
              from registration_details d
              join sections s on s.sec_no = d.sec_no
              join courses c on c.c_no = s.c_no
             where d.stno = :stno
               and (d.status = 'registered' or d.place is not null)
               and s.year = :year
               and s.semester = :semester
               and not s.cancelled
             order by d.c_name, d.sec_no
            """;

    private static final String CREDIT_LIMIT = """
            -- StudentTerms
            select coalesce(
                       st.credit_limit,
                       (select t.credit_limit from term_limits t where t.year = :year and t.semester = :semester),
                       (select u.credit_limit from rules u where u.one))
              from students st
             where st.stno = :stno
            """;

    private final ShardDatabases databases;
    private final Terms terms;

    StudentTerms(ShardDatabases databases, Terms terms) {
        this.databases = databases;
        this.terms = terms;
    }

    /**
     * A student's current term on their shard.
     *
     * @param full whether the offers have also those without a seat left, which one may wait for
     */
    public CompletableFuture<StudentTerm> of(String shard, int stno, boolean full) {
        return databases
                .get(shard)
                .ask(client -> terms.current(client)
                        .map(term -> new StudentTerm(
                                creditLimit(client, term, stno),
                                own(client, shard, term, stno),
                                offers(client, term, stno, full)))
                        .orElse(StudentTerm.NONE));
    }

    private static @Nullable Integer creditLimit(JdbcClient shard, Term term, int stno) {
        return about(shard, CREDIT_LIMIT, term, stno)
                .query(Integer.class)
                .optional()
                .orElse(null);
    }

    private static List<OwnSection> own(JdbcClient client, String shard, Term term, int stno) {
        return about(client, OWN, term, stno)
                .query((row, number) -> ownSection(shard, row))
                .list();
    }

    private static List<Offer> offers(JdbcClient shard, Term term, int stno, boolean full) {
        return about(shard, OPEN, term, stno)
                .param("full", full)
                .query((row, number) -> offer(row))
                .list();
    }

    private static StatementSpec about(JdbcClient shard, String sql, Term term, int stno) {
        return shard.sql(sql)
                .param("year", term.year())
                .param("semester", term.semester())
                .param("stno", stno);
    }

    private static OwnSection ownSection(String shard, ResultSet row) throws SQLException {
        Integer place = row.getObject("place", Integer.class);
        return new OwnSection(
                new RegistrationId(shard, row.getLong("reg_id")).toString(),
                row.getInt("sec_no"),
                row.getString("c_name"),
                row.getInt("credits"),
                row.getString("time"),
                row.getString("hall"),
                place == null ? Status.REGISTERED : Status.WAITING,
                place);
    }

    private static Offer offer(ResultSet row) throws SQLException {
        String refusal = row.getString("refusal");
        return new Offer(
                new OpenSection(
                        row.getInt("sec_no"),
                        row.getInt("c_no"),
                        row.getString("c_name"),
                        row.getInt("credits"),
                        row.getString("time"),
                        row.getString("hall"),
                        row.getString("instructor"),
                        row.getInt("capacity"),
                        row.getInt("seats_left"),
                        row.getInt("waiting")),
                refusal == null ? null : new Refused(Refusal.of(refusal), row.getString("details")));
    }
}
