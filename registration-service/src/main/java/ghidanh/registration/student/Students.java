package ghidanh.registration.student;

import ghidanh.registration.database.Answers;
import ghidanh.registration.database.ShardDatabases;
import ghidanh.shard.UniversityRange;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds students on the shards. */
@Component
public final class Students {

    private static final String BY_NUMBER = """
            -- Students
            select s.stno,
                   full_name(s.lname, s.mname, s.fname) as name,
                   s.u_id,
                   u.name as university
              from students s
              join universities u using (u_id)
             where s.stno = :stno
            """;

    // Every word must occur, in any order; one of one or two letters only begins a name, for which the trigram index
    // has
    // an entry. The longest goes first, since the index cannot take "like all". Of thousands it is no matter which are
    // shown.
    private static final String BY_NAME = """
            -- Students
            with words as materialized (
                select w.word,
                       case when length(w.word) < 3 then '% ' else '%' end
                           || regexp_replace(w.word, '([%_\\\\])', '\\\\\\1', 'g') || '%' as pattern
                  from regexp_split_to_table(search_text(:words), '\\s+') as w (word)
                 where w.word <> ''
            )
            select s.stno,
                   full_name(s.lname, s.mname, s.fname) as name,
                   s.u_id,
                   u.name as university,
                   s.sort_key
              from (select f.*,
                           (right(f.search_name, length(search_text(f.fname))) || f.search_name) collate "C" as sort_key
                      from (select n.*
                              from students n
                             where n.search_name like (select w.pattern from words w order by length(w.word) desc limit 1)
                               and n.search_name like all (array(select w.pattern from words w))
                               and n.u_id <@ cast(:universities as int4multirange)
                             limit 5000) f
                     order by sort_key, f.stno
                     limit :limit) s
              join universities u using (u_id)
             order by s.sort_key, s.stno
            """;

    private static final String ANONYMISE = """
            -- Students
            select anonymise_student(:stno, :actor)
            """;

    private static final String HOLD = """
            -- Students
            select hold_student(:stno, :held, :reason, :actor)
            """;

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final ShardDatabases databases;

    Students(ShardDatabases databases) {
        this.databases = databases;
    }

    /** The student of this number on one shard. */
    public CompletableFuture<Optional<Student>> find(String shard, int stno) {
        return databases
                .get(shard)
                .ask(client -> byNumber(shard, client, stno).stream().findFirst());
    }

    /** The students of this number, one at most on each shard. */
    public CompletableFuture<Answers<Student>> withNumber(int stno) {
        return databases.askAll((shard, client) -> byNumber(shard, client, stno));
    }

    /**
     * The students of some universities with this number, or with all these words in their names, accents and case aside.
     *
     * @param limit most students in the answer
     */
    public CompletableFuture<Answers<Student>> search(String words, List<UniversityRange> universities, int limit) {
        String trimmed = words.strip();
        if (NUMBER.matcher(trimmed).matches()) {
            return databases.askAll((shard, client) -> byNumber(shard, client, trimmed).stream()
                    .filter(student -> universities.stream().anyMatch(range -> range.contains(student.uId())))
                    .toList());
        }
        return databases
                .askAll((shard, client) ->
                        byName(shard, client, trimmed, UniversityRange.multirange(universities), limit))
                .thenApply(all -> new Answers<>(firsts(all.rows(), limit), all.unavailableShards()));
    }

    /**
     * Forgets who a student is, for good; number, university and registrations stay, and the master follows.
     *
     * @param actor who asks, as role:subject
     * @return false if there is no such student
     */
    public CompletableFuture<Boolean> anonymise(String shard, int stno, String actor) {
        return databases
                .get(shard)
                .ask(client -> !client.sql(ANONYMISE)
                        .param("stno", stno)
                        .param("actor", actor)
                        .query(String.class)
                        .single()
                        .equals("unknown_student"));
    }

    /**
     * Keeps a student from registering, or lets them again.
     *
     * @param reason 1 to 200 characters; of a hold, the student is told
     * @param actor who asks, as role:subject
     * @return false if there is no such student
     */
    public CompletableFuture<Boolean> hold(String shard, int stno, boolean held, String reason, String actor) {
        return databases
                .get(shard)
                .ask(client -> client.sql(HOLD)
                        .param("stno", stno)
                        .param("held", held)
                        .param("reason", reason)
                        .param("actor", actor)
                        .query(Boolean.class)
                        .single());
    }

    private static List<Student> firsts(List<Ranked> students, int limit) {
        return students.stream()
                .sorted(Comparator.comparing(Ranked::sortKey))
                .limit(limit)
                .map(Ranked::student)
                .toList();
    }

    private static List<Student> byNumber(String shard, JdbcClient client, String digits) {
        try {
            return byNumber(shard, client, Integer.parseInt(digits));
        } catch (NumberFormatException beyondEveryStudent) {
            return List.of();
        }
    }

    private static List<Student> byNumber(String shard, JdbcClient client, int stno) {
        return client.sql(BY_NUMBER)
                .param("stno", stno)
                .query((row, number) -> student(shard, row))
                .list();
    }

    private static List<Ranked> byName(String shard, JdbcClient client, String words, String universities, int limit) {
        return client.sql(BY_NAME)
                .param("words", words)
                .param("universities", universities)
                .param("limit", limit)
                .query((row, number) -> new Ranked(student(shard, row), row.getString("sort_key")))
                .list();
    }

    private static Student student(String shard, ResultSet row) throws SQLException {
        return new Student(
                shard, row.getInt("stno"), row.getString("name"), row.getInt("u_id"), row.getString("university"));
    }

    /** A student with the text that the list is sorted by: given name first, as Vietnamese lists have it. */
    private record Ranked(Student student, String sortKey) {}
}
