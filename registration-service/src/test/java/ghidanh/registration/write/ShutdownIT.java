package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.TestServers;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShutdownIT {

    @Test
    void what_was_accepted_is_written_before_the_service_ends() throws Exception {
        // The writer waits for the test here, however long its requests take to arrive.
        var stopping = ServiceUnderTest.start(
                "--ghidanh.registration.database.write-timeout=5m", "--ghidanh.registration.database.lock-timeout=2m");
        int students = 20;
        int first = Databases.students("5433", students);
        int section = Databases.section("5433", students);
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        CompletableFuture<Void> stopped;
        try (Connection other = Databases.shard("5433").connect(TestServers.DATABASE);
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from sections where sec_no = " + section + " for update");
            answers.add(stopping.registerLater("5433", first, section));
            await().until(() -> Databases.writersThatWaitForALock("5433") == 1);
            IntStream.range(first + 1, first + students)
                    .forEach(stno -> answers.add(stopping.registerLater("5433", stno, section)));
            await().until(() -> waiting(stopping) == students - 1);
            stopped = stopping.closeLater();
            other.commit();
        }
        stopped.join();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(201));
        assertThat(Databases.count(Databases.shard("5433"), "select enrolled from sections where sec_no = ?", section))
                .isEqualTo(students);
    }

    /** Requests in the queue of the shard's writer. */
    private static double waiting(ServiceUnderTest service) {
        return service.bean(MeterRegistry.class)
                .get("registration.writer.queue")
                .tag("shard", "5433")
                .gauge()
                .value();
    }
}
