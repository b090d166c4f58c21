package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.registration.ServiceUnderTest.Answer;
import ghidanh.servers.TestServers;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShutdownIT {

    @Test
    void what_was_accepted_is_written_before_the_service_ends() throws Exception {
        var stopping = ServiceUnderTest.start();
        int students = 20;
        int first = Databases.students("5433", students);
        int section = Databases.section("5433", students);
        List<CompletableFuture<Answer>> answers;
        CompletableFuture<Void> stopped;
        try (Connection other = Databases.shard("5433").connect(TestServers.DATABASE);
                var statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("select from sections where sec_no = " + section + " for update");
            answers = IntStream.range(first, first + students)
                    .mapToObj(stno -> stopping.registerLater("5433", stno, section))
                    .toList();
            await().until(() -> stopping.get("/actuator/prometheus")
                    .http()
                    .body()
                    .lines()
                    .anyMatch(line -> line.startsWith("registration_writer_queue_requests{shard=\"5433\"")
                            && Double.parseDouble(line.substring(line.indexOf(' '))) > 0));
            stopped = CompletableFuture.runAsync(stopping::close);
            other.commit();
        }
        stopped.join();

        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().status()).isEqualTo(201));
        assertThat(Databases.count(Databases.shard("5433"), "select enrolled from sections where sec_no = ?", section))
                .isEqualTo(students);
    }
}
