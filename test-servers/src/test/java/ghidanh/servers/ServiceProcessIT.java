package ghidanh.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ghidanh.embedded.StartFailedException;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class ServiceProcessIT {

    private final Path directory;

    ServiceProcessIT(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void a_service_is_ready_after_each_start_on_one_port() throws Exception {
        try (var service = new ServiceProcess(settings("works"))) {
            int port = service.start().port();
            assertThat(status(service)).isEqualTo(200);
            service.stop();
            assertThat(service.isRunning()).isFalse();

            assertThat(service.start().port()).isEqualTo(port);
            assertThat(status(service)).isEqualTo(200);
        }
    }

    @Test
    void a_stopped_service_ends_in_order_and_a_killed_one_does_not() throws Exception {
        try (var service = new ServiceProcess(settings("works"))) {
            service.start().kill();
            assertThat(service.isRunning()).isFalse();
            assertThat(service.log()).content().doesNotContain("stopped");

            service.start().stop();
            assertThat(service.log()).content().contains("stopped");
        }
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends signals with kill")
    void a_frozen_service_does_not_answer_until_it_is_thawed() throws Exception {
        try (var service = new ServiceProcess(settings("works"))) {
            service.start().freeze();
            assertThatIOException().isThrownBy(() -> status(service)).isInstanceOf(HttpTimeoutException.class);

            service.thaw();
            assertThat(status(service)).isEqualTo(200);
        }
    }

    @Test
    void a_service_that_ends_at_its_start_is_shown_with_its_log() {
        var service = new ServiceProcess(settings("fails"));
        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(service::start)
                .withMessageContaining("SmallService at http://127.0.0.1:" + service.port() + " has ended")
                .withMessageContaining("no such \"shard\"");
    }

    @Test
    void a_service_ends_with_a_killed_parent() throws Exception {
        ProcessHandle service;
        try (var parent = ParentProgram.start(HoldService.class, directory)) {
            service = ProcessHandle.of(Long.parseLong(parent.answer())).orElseThrow();
        }
        service.onExit().get(30, TimeUnit.SECONDS);
        assertThat(Files.readString(directory.resolve("service.log"))).contains("stopped");
    }

    private ServiceSettings settings(String argument) {
        return ServiceSettings.of(SmallService.class, directory).withArguments(argument);
    }

    private static int status(ServiceProcess service) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(service.address().resolve("/actuator/health/readiness"))
                .timeout(Duration.ofSeconds(2))
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.discarding())
                .statusCode();
    }
}
