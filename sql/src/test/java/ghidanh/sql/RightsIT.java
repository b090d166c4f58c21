package ghidanh.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ghidanh.servers.PostgresServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signs in as each role and does what it is for, and tries what is not. */
class RightsIT {

    private static final String SHARD = "5433";
    private static final String NOT_ALLOWED = "42501";

    private final Enrollment enrollment = new Enrollment();
    private int stno;
    private int secNo;
    private long regId;

    @BeforeEach
    void one_registration_and_a_student_more() {
        regId = enrollment.registration(SHARD);
        stno = enrollment.student(SHARD);
        secNo = enrollment.section(SHARD, 10);
    }

    @AfterEach
    void close() {
        enrollment.close();
    }

    @Test
    void the_web_registers_and_withdraws_by_the_functions_alone() {
        try (Session web = shard("ghidanh_web")) {
            assertThat(web.text("select outcome from register_students(array[" + stno + "], array[" + secNo + "])"))
                    .isEqualTo("registered");
            assertThat(web.text("select outcome from withdraw_registrations(array[" + regId + "::bigint])"))
                    .isEqualTo("withdrawn");
            assertThat(web.text("select registration from swap_registration(" + regId + ", " + secNo + ")"))
                    .isEqualTo("registered");
            assertThat(web.rows("select * from registration_details")).hasSize(3);
            assertThat(web.rows("select refusal from judge_wish(" + stno + ", " + secNo + ", '{}', now())"))
                    .hasSize(1);
            assertThat(web.text("select hold_student(" + stno + ", true, 'x')")).isEqualTo("t");
            assertThat(web.text("select outcome from override_registration(" + stno + ", " + secNo + ", 'x')"))
                    .isEqualTo("already_registered");
            assertThat(web.text("select withdrawn from cancel_section(" + secNo + ", 'x')"))
                    .isEqualTo("2");
        }
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            ghidanh_web;      insert into registrations (stno, sec_no) values (1, 1)
            ghidanh_web;      update registrations set mark = 10
            ghidanh_web;      update registrations set synced_at = now()
            ghidanh_web;      update sections set capacity = 1000
            ghidanh_web;      select * from outbox
            ghidanh_web;      delete from outbox
            ghidanh_web;      update students set hold_reason = 'x'
            ghidanh_web;      insert into registrar_log (actor, action, reason) values ('x', 'hold', 'x')
            ghidanh_web;      select begin_incarnation('x')
            ghidanh_web;      alter table registrations disable trigger user
            ghidanh_web;      select pg_advisory_lock(29106724466159208)
            ghidanh_web;      select pg_try_advisory_lock_shared(29106724466159208)
            ghidanh_relay;    select * from students
            ghidanh_relay;    select * from registrations
            ghidanh_relay;    insert into outbox (entity, entity_id) values ('registration', 1)
            ghidanh_relay;    select * from register_students(array[1], array[1])
            ghidanh_relay;    select anonymise_student(1)
            ghidanh_observer; select * from students
            ghidanh_observer; select anonymise_student(1)
            ghidanh_observer; delete from outbox
            ghidanh_observer; update registrations set synced_at = now()
            ghidanh_observer; select * from withdraw_registrations(array[1::bigint])
            ghidanh_observer; select * from override_registration(1, 1, 'x')
            ghidanh_observer; select * from cancel_section(1, 'x')
            ghidanh_observer; select hold_student(1, true, 'x')
            ghidanh_observer; select * from swap_registration(1, 1)
            ghidanh_observer; select pg_try_advisory_lock(29106724466159208)
            ghidanh_fdw;      update registrations set status = 'withdrawn'
            ghidanh_fdw;      update sections set capacity = 1000
            ghidanh_fdw;      select * from outbox
            ghidanh_fdw;      select anonymise_student(1)
            ghidanh_web;      update students set fname = 'x'
            ghidanh_fdw;      delete from registrations
            ghidanh_fdw;      select * from register_students(array[1], array[1])
            ghidanh_fdw;      select pg_advisory_xact_lock(29106724466159208)
            """)
    void a_role_of_the_shard_does_nothing_else(String role, String statement) {
        try (Session session = shard(role)) {
            refused(session, statement);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ghidanh_web, 5433",
        "ghidanh_relay, 5433",
        "ghidanh_observer, 5433",
        "ghidanh_fdw, 5433",
        "ghidanh_app, master",
        "ghidanh_sync, master"
    })
    void nobody_but_the_owner_creates_anything(String role, String where) {
        try (Session session = where.equals("master") ? master(role) : shard(role)) {
            refused(session, "create table mine (id integer)");
            refused(session, "create function mine() returns integer language sql as 'select 1'");
            refused(session, "create schema mine");
            refused(session, "drop table registrations");
            refused(session, "update schema_release set release = 0");
        }
    }

    @Test
    void the_relay_leads_reads_and_deletes() {
        try (Session relay = shard("ghidanh_relay")) {
            assertThat(relay.text("select pg_try_advisory_lock(29106724466159208)"))
                    .isEqualTo("t");
            assertThat(relay.number("select count(*) from outbox")).isPositive();
            relay.execute("delete from outbox");
        }
        assertThat(enrollment.shard(SHARD).number("select count(*) from outbox"))
                .isZero();
    }

    @Test
    void the_observer_counts_and_begins_an_incarnation() {
        try (Session observer = shard("ghidanh_observer")) {
            assertThat(observer.number("select count(*) from registrations where synced_at is null"))
                    .isEqualTo(1);
            assertThat(observer.text("select database_place()")).isNotEmpty();
            assertThat(observer.number("select begin_incarnation('the test says so')"))
                    .isPositive();
        }
    }

    @Test
    void somebody_who_may_only_insert_registrations_leaves_an_event_and_takes_a_seat() {
        Session owner = enrollment.shard(SHARD);
        owner.execute("""
                do $$
                begin
                    if not exists (select from pg_roles where rolname = 'old_client') then
                        create role old_client;
                    end if;
                end
                $$""");
        owner.execute("grant insert (stno, sec_no) on registrations to old_client");
        owner.execute("grant usage on sequence row_version to old_client");
        owner.execute("delete from outbox");
        try (Session client = shard("old_client")) {
            client.execute("insert into registrations (stno, sec_no) values (?, ?)", stno, secNo);
        }
        assertThat(owner.rows("select entity from outbox")).containsExactly("registration");
        assertThat(enrollment.wrongSeats(SHARD)).isEmpty();
    }

    @Test
    void the_sync_brings_marks_and_compares_what_the_master_s_role_on_the_shard_lets_it_see() {
        attachAsFdw();
        try (Session sync = master("ghidanh_sync")) {
            assertThat(Enrollment.sync(sync, SHARD, regId)).containsEntry(regId, "inserted");
            assertThat(sync.number("select mark_synced(?, ?)", SHARD, new long[] {regId}))
                    .isEqualTo(1);
            assertThat(sync.rows("select * from drift_buckets('5433', 'registration') where not same"))
                    .isEmpty();
            enrollment
                    .shard(SHARD)
                    .execute("set session_replication_role = replica; update sections set enrolled = 0; "
                            + "reset session_replication_role");
            assertThat(sync.number("select repair_seats('5433')")).isEqualTo(1);
            assertThat(sync.number("select sync_registrations_remapped()")).isZero();
            refused(sync, "select attach_shard('5499', 'localhost', 1)");
            refused(sync, "select detach_shard('5433')");
            refused(sync, "update registrations_5433 set status = 'withdrawn'");
            refused(sync, "insert into registrations_5433 (stno, sec_no) values (1, 1)");
        }
        assertThat(enrollment.markedButAbsent(SHARD)).isEmpty();
    }

    @Test
    void the_pages_read_the_master_and_change_nothing() {
        attachAsFdw();
        try (Session app = master("ghidanh_app")) {
            assertThat(app.rows("select * from registration_details")).isEmpty();
            refused(app, "select * from students_5433");
            refused(app, "select sync_registrations_remapped()");
            refused(app, "insert into registrations select * from registrations");
            refused(app, "select * from jobs");
        }
    }

    /** As the services attach shards: with a role that may do little there. */
    private void attachAsFdw() {
        for (String name : Servers.SHARDS) {
            PostgresServer shard = Servers.shard(name);
            Session.as("ghidanh_fdw", shard, enrollment.database()).close();
            enrollment
                    .master()
                    .text(
                            "select attach_shard(?, ?, ?, 'ghidanh_fdw', ?, ?, 'ghidanh_sync')",
                            name,
                            shard.fdwHost(),
                            shard.fdwPort(),
                            Session.PASSWORD,
                            enrollment.database());
        }
    }

    private static void refused(Session session, String statement) {
        assertThatExceptionOfType(Session.Refused.class)
                .as(statement)
                .isThrownBy(() -> session.execute(statement))
                .withMessageStartingWith(NOT_ALLOWED);
    }

    private Session shard(String role) {
        return Session.as(role, Servers.shard(SHARD), enrollment.database());
    }

    private Session master(String role) {
        return Session.as(role, Servers.master(), enrollment.database());
    }
}
