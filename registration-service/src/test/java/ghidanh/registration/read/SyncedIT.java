package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import org.junit.jupiter.api.Test;

/** What is called synced is what the master shows, whatever a mark says: shards and master can go back in time. */
class SyncedIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();
    private final int student = Databases.student("5433");
    private final int section = Databases.section("5433", 10);

    @Test
    void another_registration_under_the_number_and_version_of_a_lost_one_is_not_synced() {
        Answer lost = register(student);
        long regId = lost.regId();
        Databases.sync("5433", regId);
        int other = Databases.student("5433");
        Databases.execute(Databases.shard("5433"), """
                do $$
                begin
                    set local session_replication_role = replica;
                    update registrations set stno = %d, created_at = clock_timestamp() where reg_id = %d;
                end
                $$
                """.formatted(other, regId));

        Answer answer = get(lost);

        assertThat(answer.body().path("stno").intValue()).isEqualTo(other);
        assertThat(answer.text("syncStatus")).isEqualTo("PENDING");
        assertThat(answer.body().path("masterRegId").isNull()).isTrue();
        assertThat(answer.body().path("latencyMs").isNull()).isTrue();
        assertThat(register(other).text("syncStatus")).isEqualTo("PENDING");
        awaitNoMark(regId);
    }

    @Test
    void a_registration_that_the_master_has_lost_is_pending_and_its_mark_is_taken_back() {
        Answer created = register(student);
        Databases.sync("5433", created.regId());
        assertThat(get(created).text("syncStatus")).isEqualTo("SYNCED");

        Databases.execute(
                Databases.master(),
                "delete from registrations where shard_name = '5433' and shard_reg_id = " + created.regId());

        assertThat(get(created).text("syncStatus")).isEqualTo("PENDING");
        awaitNoMark(created.regId());
        Databases.sync("5433", created.regId());
        assertThat(get(created).text("syncStatus")).isEqualTo("SYNCED");
    }

    @Test
    void an_older_state_than_the_one_that_the_master_shows_is_not_synced() {
        Answer created = register(student);
        Databases.sync("5433", created.regId());
        Databases.execute(
                Databases.master(),
                "update registrations set status = 'withdrawn', version = version + 1 where shard_name = '5433'"
                        + " and shard_reg_id = " + created.regId());

        assertThat(get(created).text("syncStatus")).isEqualTo("PENDING");
    }

    private Answer register(int stno) {
        return service.post(
                "/api/registrations", "{\"shard\": \"5433\", \"stno\": " + stno + ", \"secNo\": " + section + "}");
    }

    private Answer get(Answer registered) {
        return service.get("/api/registrations/5433-" + registered.regId());
    }

    private static void awaitNoMark(long regId) {
        await().until(() -> Databases.count(
                        Databases.shard("5433"),
                        "select count(*) from registrations where synced_at is null and reg_id = " + regId)
                == 1);
    }
}
