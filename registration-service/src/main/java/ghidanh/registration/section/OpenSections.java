package ghidanh.registration.section;

import ghidanh.registration.database.ShardDatabases;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds the sections that a student can still register or wait for. */
@Component
public final class OpenSections {

    private static final String OPEN = """
            -- OpenSections
            select s.sec_no,
                   s.c_no,
                   c.c_name,
                   c.credits,
                   s.time,
                   s.hall,
                   i.name as instructor,
                   s.capacity,
                   s.capacity - s.enrolled as seats_left
              from sections s
              join courses c using (c_no)
              left join instructors i using (ins_id)
             where s.year = :year
               and s.semester = :semester
               and (s.enrolled < s.capacity or :full)
               and not s.cancelled
               and not exists (
                       select
                         from registrations r
                        where r.stno = :stno
                          and r.sec_no = s.sec_no
                          and r.status = 'registered')
             order by c.c_name, s.sec_no
            """;

    private final ShardDatabases databases;
    private final Terms terms;

    OpenSections(ShardDatabases databases, Terms terms) {
        this.databases = databases;
        this.terms = terms;
    }

    /**
     * Sections of the shard's current term that this student does not have yet, by course name.
     *
     * @param full whether also those without a seat left, which one may wait for
     */
    public CompletableFuture<List<OpenSection>> openTo(String shard, int stno, boolean full) {
        return databases
                .get(shard)
                .ask(client -> terms.current(client)
                        .map(term -> open(client, term, stno, full))
                        .orElse(List.of()));
    }

    private static List<OpenSection> open(JdbcClient shard, Term term, int stno, boolean full) {
        return shard.sql(OPEN)
                .param("year", term.year())
                .param("semester", term.semester())
                .param("stno", stno)
                .param("full", full)
                .query((row, number) -> section(row))
                .list();
    }

    private static OpenSection section(ResultSet row) throws SQLException {
        return new OpenSection(
                row.getInt("sec_no"),
                row.getInt("c_no"),
                row.getString("c_name"),
                row.getInt("credits"),
                row.getString("time"),
                row.getString("hall"),
                row.getString("instructor"),
                row.getInt("capacity"),
                row.getInt("seats_left"));
    }
}
