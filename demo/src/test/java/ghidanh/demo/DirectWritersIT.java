package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that write into a shard themselves and sync by hand, as the seed's page did, beside both services and for the same
 * seats.
 */
@SuppressWarnings("NullAway.Init") // started before the first test
class DirectWritersIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ARRIVED = """
            select count(*)
              from registrations r
              join students_map sm on sm.master_stno = r.stno and sm.shard_name = r.shard_name
              join sections_map cm on cm.master_sec_no = r.sec_no and cm.shard_name = r.shard_name
             where r.shard_name = ?
               and sm.shard_stno = ?
               and cm.shard_sec_no = ?
            """;

    private static final int CLIENTS = 32;
    private static final int REST_CLIENTS = 8;
    private static final int STUDENTS = 24;
    private static final int SECTIONS = 5;
    private static final int SMALL = 2;
    private static final int SEATS = 10;

    private static TestServers stack;
    private static Service registration;
    private static Service sync;

    @BeforeAll
    static void start() {
        stack = TestServers.start("5433", "5434");
        sync = Service.sync(stack);
        registration = Service.registration(stack);
        makeSections("5433", 1);
        makeSections("5434", 11);
    }

    @AfterAll
    static void stop() {
        registration.close();
        sync.close();
        stack.close();
    }

    /** Students and sections are numbered from 1; the sections are the same on both shards, the first ones small. */
    private static void makeSections(String shard, int university) {
        Servers.sql(stack.shard(shard))
                .sql("""
                insert into universities (u_id, name, sector) values (:university, 'Bách khoa', 'public');
                insert into courses (c_no, c_name, credits) select n, 'Giải tích', 3 from generate_series(1, :sections) as n;
                insert into students (u_id, lname, fname)
                select :university, 'Lê', 'An' from generate_series(1, :students);
                insert into sections (year, semester, time, hall, c_no, capacity)
                select 2026, 1, 'Mon 7:00', 'A' || n, n, case when n <= :small then :seats else 100 end
                  from generate_series(1, :sections) as n
                """)
                .param("university", university)
                .param("students", STUDENTS)
                .param("small", SMALL)
                .param("seats", SEATS)
                .param("sections", SECTIONS)
                .update();
    }

    @Test
    void direct_writers_and_the_service_share_the_seats_and_nothing_is_lost_doubled_or_oversold() throws Exception {
        CyclicBarrier allReady = new CyclicBarrier(CLIENTS + REST_CLIENTS);
        List<Callable<List<String>>> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String shard = i % 2 == 0 ? "5433" : "5434";
            int stno = i / 2 + 1;
            clients.add(() -> writeDirectly(shard, stno, allReady));
        }
        for (int i = 0; i < REST_CLIENTS; i++) {
            String shard = i % 2 == 0 ? "5433" : "5434";
            int first = i / 2;
            clients.add(() -> register(shard, first, allReady));
        }

        List<String> answers = answers(clients);

        assertThat(answers).containsOnly("saved", "full", "twice").contains("full", "twice");
        long saved = answers.stream().filter("saved"::equals).count();
        assertThat(rows(stack.shard("5433")) + rows(stack.shard("5434"))).isEqualTo(saved);
        for (String shard : stack.shards().keySet()) {
            Awaitility.await()
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(differences(shard)).isEmpty());
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() ->
                            number(stack.shard(shard), "select count(*) from registrations where synced_at is null")
                                    == 0);
            assertThat(number(stack.shard(shard), """
                    select count(*)
                      from sections s
                     where s.enrolled > s.capacity
                        or s.enrolled <> (select count(*) from registrations r
                                           where r.sec_no = s.sec_no and r.status = 'registered')
                    """))
                    .as("sections with wrong seats on " + shard)
                    .isZero();
            assertThat(number(
                            stack.shard(shard),
                            "select count(*) from sections where enrolled < capacity and sec_no <= " + SMALL))
                    .as("small sections with seats left on " + shard)
                    .isZero();
            assertThat(sync.get("api/dead-letters?shard=" + shard).path("deadLetters"))
                    .isEmpty();
        }
        assertThat(rows(stack.master())).isEqualTo(saved);
        assertThat(number(stack.master(), "select count(*) from sections")).isEqualTo(SECTIONS);
        assertThat(number(stack.master(), "select count(*) from sections where capacity = " + 2 * SEATS))
                .isEqualTo(SMALL);
    }

    /** What each client was answered; a fault of the test's own ends it. */
    private static List<String> answers(List<Callable<List<String>>> clients) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients.size());
        try {
            List<Future<List<String>>> asked =
                    clients.stream().map(threads::submit).toList();
            List<String> answers = new ArrayList<>();
            for (Future<List<String>> client : asked) {
                answers.addAll(client.get());
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    /** One student for all sections, each insert followed by the seed's sync. */
    private static List<String> writeDirectly(String shard, int stno, CyclicBarrier allReady) throws Exception {
        List<String> answers = new ArrayList<>();
        try (Connection onShard = stack.shard(shard).connect(TestServers.DATABASE);
                Connection onMaster = stack.master().connect(TestServers.DATABASE);
                PreparedStatement insert = onShard.prepareStatement(
                        "INSERT INTO registrations (stno, sec_no) VALUES (?, ?) RETURNING created_at");
                PreparedStatement remap = onMaster.prepareStatement("SELECT sync_registrations_remapped()");
                PreparedStatement arrived = onMaster.prepareStatement(ARRIVED)) {
            allReady.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            for (int secNo : sectionsFrom(stno)) {
                String answer = insert(insert, stno, secNo);
                answers.add(answer);
                try {
                    number(remap);
                    if (answer.equals("saved") && number(arrived, shard, stno, secNo) != 1) {
                        answers.add("not on the master after the sync");
                    }
                } catch (SQLException e) {
                    answers.add("sync: " + e.getMessage());
                }
            }
        }
        return answers;
    }

    private static String insert(PreparedStatement insert, int stno, int secNo) throws SQLException {
        insert.setInt(1, stno);
        insert.setInt(2, secNo);
        try (ResultSet created = insert.executeQuery()) {
            created.next();
            return "saved";
        } catch (SQLException e) {
            return switch (e.getSQLState()) {
                case "23514" -> "full";
                case "23505" -> "twice";
                default -> "insert: " + e.getMessage();
            };
        }
    }

    /** Students that the direct writers have as well, and others, for all sections. */
    private static List<String> register(String shard, int first, CyclicBarrier allReady) throws Exception {
        List<String> answers = new ArrayList<>();
        allReady.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        for (int stno = STUDENTS - first; stno > 0; stno -= REST_CLIENTS / 2) {
            for (int secNo : sectionsFrom(stno)) {
                Service.Answer answer = registration.register(
                        "{\"shard\":\"" + shard + "\",\"stno\":" + stno + ",\"secNo\":" + secNo + "}");
                answers.add(
                        switch (answer.status() + " "
                                + answer.body().path("code").asString("")) {
                            case "201 " -> "saved";
                            case "200 " -> "twice";
                            case "409 SECTION_FULL" -> "full";
                            default -> answer.toString();
                        });
            }
        }
        return answers;
    }

    /** All sections, each student in another order. */
    private static List<Integer> sectionsFrom(int stno) {
        List<Integer> sections =
                new ArrayList<>(IntStream.rangeClosed(1, SECTIONS).boxed().toList());
        Collections.rotate(sections, stno);
        return sections;
    }

    /** Registrations that master and shard do not show alike, read through the maps. */
    private static List<String> differences(String shard) {
        return Servers.sql(stack.master())
                .sql("""
                select coalesce(f.reg_id, r.shard_reg_id) || ' is ' || concat_ws(' ', f.stno, f.sec_no, f.status, f.version)
                           || ', the master has ' || concat_ws(' ', r.shard_stno, r.shard_sec_no, r.status, r.version)
                  from registrations_%s f
                  full join (select r.shard_reg_id, sm.shard_stno, cm.shard_sec_no, r.status, r.version
                               from registrations r
                               join students_map sm on sm.master_stno = r.stno and sm.shard_name = r.shard_name
                               join sections_map cm on cm.master_sec_no = r.sec_no and cm.shard_name = r.shard_name
                              where r.shard_name = '%s') r
                    on r.shard_reg_id = f.reg_id
                 where (f.stno, f.sec_no, f.status, f.version)
                       is distinct from (r.shard_stno, r.shard_sec_no, r.status, r.version)
                """.formatted(shard, shard))
                .query(String.class)
                .list();
    }

    private static long number(PreparedStatement query, Object... parameters) throws SQLException {
        for (int i = 0; i < parameters.length; i++) {
            query.setObject(i + 1, parameters[i]);
        }
        try (ResultSet row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static long rows(PostgresServer cluster) {
        return number(cluster, "select count(*) from registrations");
    }

    private static long number(PostgresServer cluster, String query) {
        return Servers.sql(cluster).sql(query).query(Long.class).single();
    }
}
