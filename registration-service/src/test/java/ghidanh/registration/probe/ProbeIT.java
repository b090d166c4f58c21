package ghidanh.registration.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.servers.TestServers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ProbeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TRIALS = """
            select count(*) || ' ' || max(r.status) || ' ' || max(s.enrolled)
              from registrations r join sections s using (sec_no) where r.stno = ?
            """;

    private final int stno = Databases.student("5433");
    private final int secNo = Databases.section("5433", 1);

    @Test
    void a_trial_is_measured_when_the_master_shows_it_and_the_next_one_takes_the_same_row_again() {
        try (ServiceUnderTest service = start("60s")) {
            for (int trials = 1; trials <= 2; trials++) {
                int measured = trials;
                await().atMost(PATIENCE).until(() -> {
                    // As the consumer would: the trial's state now, also that it was withdrawn.
                    bring();
                    return seen(service) >= measured;
                });
            }
            assertThat(lost(service)).isZero();
        }
        assertThat(Databases.count(Databases.shard("5433"), "select count(*) from registrations where stno = ?", stno))
                .isEqualTo(1);
    }

    private void bring() {
        long regId = Databases.count(
                Databases.shard("5433"), "select coalesce(max(reg_id), 0) from registrations where stno = ?", stno);
        if (regId > 0) {
            Databases.bring("5433", regId);
        }
    }

    @Test
    void a_trial_that_the_master_does_not_show_is_lost_and_gives_its_seat_back() {
        try (ServiceUnderTest service = start("200ms")) {
            await().atMost(PATIENCE).until(() -> lost(service) >= 2);
            assertThat(seen(service)).isZero();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Databases.text(Databases.shard("5433"), TRIALS, stno))
                        .isEqualTo("1 withdrawn 0"));
    }

    @Test
    void a_trial_that_a_stop_cuts_off_gives_its_seat_back_when_it_gets_it_after_all() throws SQLException {
        CompletableFuture<Void> stopped;
        try (Connection other = Databases.shard("5433").connect(TestServers.DATABASE);
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from sections where sec_no = " + secNo + " for update");
            ServiceUnderTest service = start("60s");
            await().atMost(PATIENCE).until(() -> Databases.writersThatWaitForALock("5433") == 1);
            stopped = service.closeLater();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> !service.bean(Probes.class).isRunning());
        }
        stopped.join();

        assertThat(Databases.text(Databases.shard("5433"), TRIALS, stno)).isEqualTo("1 withdrawn 0");
    }

    @Test
    void a_registration_that_is_no_trial_of_ours_is_left_alone() {
        assertThat(ServiceUnderTest.shared().register("5433", stno, secNo).status())
                .isEqualTo(201);
        try (ServiceUnderTest service = start("200ms")) {
            await().atMost(PATIENCE)
                    .until(() -> meters(service)
                                    .get("registration.writer.batch")
                                    .tag("shard", "5433")
                                    .summary()
                                    .count()
                            >= 3);
            assertThat(seen(service) + lost(service)).isZero();
        }
        assertThat(Databases.text(Databases.shard("5433"), "select status from registrations where stno = ?", stno))
                .isEqualTo("registered");
    }

    @Test
    void an_error_does_not_end_the_trials() {
        var deadly = new AtomicBoolean(true);
        var meters = new SimpleMeterRegistry() {
            @Override
            protected Counter newCounter(Meter.Id id) {
                return new CumulativeCounter(id) {
                    @Override
                    public void increment(double amount) {
                        if (id.getName().equals("registration.sync.probe.lost") && deadly.getAndSet(false)) {
                            throw new OutOfMemoryError("test");
                        }
                        super.increment(amount);
                    }
                };
            }
        };
        try (ServiceUnderTest service = ServiceUnderTest.start(
                context -> context.registerBean("deadly", MeterRegistry.class, () -> meters), settings("1s"))) {
            await().atMost(PATIENCE)
                    .until(() -> service.get("/actuator/health/loops")
                            .http()
                            .body()
                            .contains("java.lang.OutOfMemoryError: test"));
            assertThat(service.get("/actuator/health/readiness").status()).isEqualTo(200);

            await().atMost(PATIENCE).until(() -> lost(service) >= 1);
            await().until(() -> service.get("/actuator/health/loops").status() == 200);
        }
    }

    @Test
    void a_shard_that_is_not_in_the_catalogue_ends_the_start() {
        assertThatThrownBy(() -> ServiceUnderTest.start(
                        "--ghidanh.registration.probe.seats.5999.stno=1",
                        "--ghidanh.registration.probe.seats.5999.sec-no=1"))
                .hasStackTraceContaining("ghidanh.registration.probe.seats names shard 5999");
    }

    private ServiceUnderTest start(String patience) {
        return ServiceUnderTest.start(settings(patience));
    }

    private String[] settings(String patience) {
        return new String[] {
            "--ghidanh.registration.probe.interval=100ms",
            "--ghidanh.registration.probe.patience=" + patience,
            // Whoever holds the section here gives it back.
            "--ghidanh.registration.database.lock-timeout=2m",
            "--ghidanh.registration.probe.seats.5433.stno=" + stno,
            "--ghidanh.registration.probe.seats.5433.sec-no=" + secNo
        };
    }

    private static MeterRegistry meters(ServiceUnderTest service) {
        return service.bean(MeterRegistry.class);
    }

    private static long seen(ServiceUnderTest service) {
        return meters(service)
                .get("registration.sync.probe")
                .tag("shard", "5433")
                .timer()
                .count();
    }

    private static double lost(ServiceUnderTest service) {
        return meters(service)
                .get("registration.sync.probe.lost")
                .tag("shard", "5433")
                .counter()
                .count();
    }
}
