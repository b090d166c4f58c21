package ghidanh.registration.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.DeadlySockets;
import ghidanh.servers.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WaitIT {

    private final ServiceUnderTest service = ServiceUnderTest.shared();

    @Test
    void the_answer_is_held_until_the_master_has_the_registration() {
        Answer created = create();
        var held = later(created, "wait=20");
        await().until(() -> service.bean(SyncWaits.class).waiting() == 1);
        Databases.bring("5433", created.regId());

        Answer answer = held.join();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("syncStatus")).isEqualTo("SYNCED");
        assertThat(answer.header("Preference-Applied")).isEqualTo("wait=20");
    }

    @Test
    void the_answer_comes_when_the_time_is_over() {
        Answer created = create();

        long begin = System.nanoTime();
        Answer answer = later(created, "wait=1").orTimeout(15, TimeUnit.SECONDS).join();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("syncStatus")).isEqualTo("PENDING");
    }

    @Test
    void a_wait_is_cut_to_the_longest_that_is_granted() {
        Answer created = create();
        Databases.bring("5433", created.regId());

        assertThat(later(created, "wait=600").join().header("Preference-Applied"))
                .isEqualTo("wait=30");
    }

    @Test
    void more_clients_wait_than_there_are_request_threads() {
        try (var small = ServiceUnderTest.start("--server.tomcat.threads.max=4")) {
            Answer created = create();
            List<CompletableFuture<Answer>> held = IntStream.range(0, 40)
                    .mapToObj(i -> small.getLater(created.header("Location"), "Prefer", "wait=20"))
                    .toList();

            await().until(() -> small.bean(SyncWaits.class).waiting() == held.size());
            assertThat(small.get("/api/terms/current").status()).isEqualTo(200);
            Databases.bring("5433", created.regId());
            assertThat(held)
                    .allSatisfy(answer ->
                            assertThat(answer.join().text("syncStatus")).isEqualTo("SYNCED"));
        }
    }

    @Test
    void an_error_does_not_end_the_looks_at_the_master() {
        try (var mortal = ServiceUnderTest.start(
                "--ghidanh.registration.wait.interval=2s",
                "--ghidanh.master.url=" + DeadlySockets.url(Databases.master().jdbcUrl(TestServers.DATABASE)))) {
            Answer created = create();
            var held = mortal.getLater(created.header("Location"), "Prefer", "wait=30");
            await().until(() -> mortal.bean(SyncWaits.class).waiting() == 1);

            DeadlySockets.kill("read-master");

            await().until(() ->
                    mortal.get("/actuator/health/loops").http().body().contains(DeadlySockets.MESSAGE));
            Databases.bring("5433", created.regId());
            assertThat(held.join().text("syncStatus")).isEqualTo("SYNCED");
            await().until(() -> mortal.get("/actuator/health/loops").status() == 200);
        }
    }

    @Test
    void a_held_answer_does_not_hold_the_end_of_the_service() {
        var stopping = ServiceUnderTest.start();
        var held = stopping.getLater(create().header("Location"), "Prefer", "wait=30");
        await().until(() -> stopping.bean(SyncWaits.class).waiting() == 1);

        long begin = System.nanoTime();
        stopping.close();

        assertThat(held.join().text("syncStatus")).isEqualTo("PENDING");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(15));
    }

    private Answer create() {
        return service.register("5433", Databases.student("5433"), Databases.section("5433", 1));
    }

    private CompletableFuture<Answer> later(Answer created, String prefer) {
        return service.getLater(created.header("Location"), "Prefer", prefer);
    }
}
