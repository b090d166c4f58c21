package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.embedded.PostgresCluster.StopMode;
import ghidanh.servers.PostgresServer;
import ghidanh.sql.Session.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The master dies after postgres_fdw has committed on the shard and before it commits itself.
 *
 * <p>Every time, not by luck: the transaction also does a notify, and a committing notify waits for a lock between the
 * two commits. Another session holds that lock, since its own commit waits for a standby that does not exist.
 */
class MarkOrderIT {

    private static final int TIMES = 3;
    private static final List<String> TOLD = new ArrayList<>();

    private final Enrollment enrollment = new Enrollment();

    private enum Death {
        KILL_9 {
            @Override
            void of(PostgresServer master, int pid) {
                master.killSession(pid);
            }
        },
        IMMEDIATE_STOP {
            @Override
            void of(PostgresServer master, int pid) {
                master.stop(StopMode.IMMEDIATE);
                master.start();
            }
        };

        abstract void of(PostgresServer master, int pid);
    }

    @AfterEach
    void close() {
        waitForStandby("alter system reset synchronous_standby_names", "");
        enrollment.close();
    }

    @AfterAll
    static void tell() {
        TOLD.forEach(System.out::println);
    }

    @ParameterizedTest
    @EnumSource
    void no_call_by_hand_leaves_a_row_marked_and_absent(Death death) {
        for (String call : List.of(
                "select sync_registrations_remapped()",
                "select sync_registrations_remapped('5433')",
                "select * from sync_all_remapped()")) {
            for (int i = 0; i < TIMES; i++) {
                long[] early = enrollment.registrations("5433", 5);
                enrollment.master().execute("select sync_registrations_remapped()");
                long[] late = enrollment.registrations("5433", 5);
                long[] lateToo = enrollment.registrations("5434", 5);

                dieBetweenCommits(death, call);

                assertThat(enrollment.differences("5433")).hasSize(5);
                assertThat(enrollment.markedButAbsent("5433")).isEmpty();
                assertThat(enrollment.markedButAbsent("5434")).isEmpty();
                // The shard has committed: this was the window.
                assertThat(marked("5433", early)).isEqualTo(5);
                assertThat(marked("5433", late)).isZero();
                assertThat(marked("5434", lateToo)).isZero();
                repairs();
            }
        }
        TOLD.add("MarkOrderIT: " + death + " between the commits of 3 calls by hand, " + TIMES
                + " times each: never marked and absent");
    }

    @ParameterizedTest
    @EnumSource
    void no_call_of_the_consumer_leaves_a_row_marked_and_absent(Death death) {
        for (int i = 0; i < TIMES; i++) {
            long[] regIds = enrollment.registrations("5433", 5);

            dieBetweenCommits(death, "select * from sync_registrations_remapped('5433', ?)", regIds);
            assertThat(onMaster(regIds)).isZero();
            assertThat(marked("5433", regIds)).isZero();

            enrollment.sync("5433", regIds);
            dieBetweenCommits(death, "select mark_synced('5433', ?)", regIds);
            assertThat(onMaster(regIds)).isEqualTo(5);
            assertThat(marked("5433", regIds)).isEqualTo(5);
            assertThat(enrollment.markedButAbsent("5433")).isEmpty();
            repairs();
        }
        TOLD.add("MarkOrderIT: " + death + " between the commits of (A) and then of (B), " + TIMES
                + " times each: never marked and absent");
    }

    /** Without this the others would prove nothing. */
    @Test
    void rows_and_their_marks_in_one_transaction_would_be_left_marked_and_absent() {
        long[] regIds = enrollment.registrations("5433", 5);

        dieBetweenCommits(Death.KILL_9, """
                select count(*), mark_registrations_5433(?, array(select version from registrations_5433),
                                                         array(select created_at from registrations_5433), now())
                  from sync_registrations_remapped('5433', ?)
                """, regIds, regIds);

        assertThat(enrollment.markedButAbsent("5433")).hasSize(5);
    }

    private void dieBetweenCommits(Death death, String call, Object... parameters) {
        PostgresServer master = Servers.master();
        waitForStandby("alter system set synchronous_standby_names = 'nobody'", "nobody");
        // Both end with the server.
        Session holder = Session.on(master, enrollment.database());
        Session victim = Session.on(master, enrollment.database());
        holder.begin().execute("select pg_logical_emit_message(true, 'ghidanh', 'something to wait for')");
        Future<String> held = Waiting.start(() -> endWithNotify(holder));
        Waiting.until(() -> waitEvent(holder).equals("SyncRep"));

        victim.execute("set synchronous_commit = local");
        victim.begin().rows(call, parameters);
        Future<String> dying = Waiting.start(() -> endWithNotify(victim));
        Waiting.untilBlocked(master, victim.pid());

        death.of(master, victim.pid());
        assertThat(Waiting.result(dying)).isEqualTo("lost");
        assertThat(Waiting.result(held)).isEqualTo("lost");
        Waiting.until(MarkOrderIT::answers);
        waitForStandby("alter system reset synchronous_standby_names", "");
        enrollment.reconnectMaster();
    }

    private static void waitForStandby(String setting, String expected) {
        try (Session session = Session.on(Servers.master(), "postgres")) {
            session.execute(setting);
            session.execute("select pg_reload_conf()");
            Waiting.until(() -> session.text("show synchronous_standby_names").equals(expected));
        }
    }

    private static String waitEvent(Session session) {
        try (Session observer = Session.on(Servers.master(), "postgres")) {
            return String.join(
                    "", observer.rows("select wait_event from pg_stat_activity where pid = ?", session.pid()));
        }
    }

    private static boolean answers() {
        try (Session session = Session.on(Servers.master(), "postgres")) {
            return session.number("select 1") == 1;
        }
    }

    private static String endWithNotify(Session session) {
        try {
            session.execute("notify anything");
            session.commit();
            return "committed";
        } catch (Refused e) {
            return "lost";
        }
    }

    private void repairs() {
        enrollment.master().execute("select sync_registrations_remapped()");
        enrollment.master().execute("select sync_registrations_remapped()");
        for (String shard : Servers.SHARDS) {
            assertThat(enrollment.differences(shard)).isEmpty();
            assertThat(enrollment.shard(shard).number("select count(*) from registrations where synced_at is null"))
                    .isZero();
        }
    }

    private long marked(String shard, long... regIds) {
        return enrollment
                .shard(shard)
                .number("select count(*) from registrations where reg_id = any (?) and synced_at is not null", regIds);
    }

    private long onMaster(long... regIds) {
        return enrollment
                .master()
                .number(
                        "select count(*) from registrations where shard_name = '5433' and shard_reg_id = any (?)",
                        regIds);
    }
}
