package ghidanh.registration.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.registration.Databases;
import ghidanh.registration.ServiceUnderTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that say they will send a body, and then take their time. */
@Timeout(120)
class SlowBodiesIT {

    private static final String SHARD = "5433";
    private static final String POST =
            "POST /api/registrations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Duration PROMPT = Duration.ofSeconds(2);

    @SuppressWarnings("NullAway.Init")
    private static ServiceUnderTest service;

    @BeforeAll
    static void start() {
        service = ServiceUnderTest.start("--ghidanh.web.body.memory=1MB", "--ghidanh.registration.admission.limit=10");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 200, 1000})
    void slow_bodies_hold_up_nobody_and_are_refused_in_the_end(int count) throws IOException {
        int student = Databases.student(SHARD);
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                slow.add(sending(
                        i % 2 == 0
                                ? POST + "Content-Length: 100\r\n\r\n{\"shard\""
                                : POST + "Transfer-Encoding: chunked\r\n\r\n8\r\n{\"shard\"\r\n"));
            }
            assertPrompt(() -> assertThat(service.register(SHARD, student, Databases.section(SHARD, 1))
                            .status())
                    .isEqualTo(201));
            assertPrompt(
                    () -> assertThat(service.get("/api/students?q=" + student).status())
                            .isEqualTo(200));
            assertPrompt(
                    () -> assertThat(service.get("/actuator/health/liveness").status())
                            .isEqualTo(200));
            assertThat(service.bean(MeterRegistry.class)
                            .get("registration.in.work")
                            .gauge()
                            .value())
                    .as("permits that slow bodies hold")
                    .isZero();
            for (Socket socket : slow) {
                assertThat(answer(socket)).startsWith("HTTP/1.1 408").contains("/problems/body-too-slow");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void a_body_that_comes_a_byte_at_a_time_is_taken() throws IOException {
        String body = "{\"shard\":\"5433\",\"stno\":" + Databases.student(SHARD) + ",\"secNo\":"
                + Databases.section(SHARD, 1) + "}";
        try (Socket client = sending(POST + "Connection: close\r\nContent-Length: " + body.length() + "\r\n\r\n")) {
            for (byte letter : body.getBytes(US_ASCII)) {
                client.getOutputStream().write(letter);
                // Its answer says that the service has come to the byte before.
                service.get("/api/registrations/5433-1");
            }
            assertThat(answer(client)).startsWith("HTTP/1.1 201").contains("\"syncStatus\":\"PENDING\"");
        }
    }

    @Test
    void when_memory_for_unfinished_bodies_is_short_the_oldest_are_given_up() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                slow.add(sending(POST + "Content-Length: 1000000\r\n\r\n" + " ".repeat(100_000)));
            }
            assertThat(answer(slow.get(0))).startsWith("HTTP/1.1 408");
            int student = Databases.student(SHARD);
            assertThat(service.register(SHARD, student, Databases.section(SHARD, 1))
                            .status())
                    .isEqualTo(201);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void a_body_beyond_the_limit_is_refused_before_it_is_sent() throws IOException {
        try (Socket told = sending(POST + "Content-Length: 3000000\r\n\r\n")) {
            assertThat(answer(told)).startsWith("HTTP/1.1 413").contains("/problems/body-too-large");
        }
        try (Socket untold = sending(POST + "Transfer-Encoding: chunked\r\n\r\n" + "100000\r\n" + " ".repeat(1 << 20)
                + "\r\n100000\r\n" + " ".repeat(1 << 20) + "\r\n80000\r\n" + " ".repeat(1 << 19) + "\r\n")) {
            assertThat(answer(untold)).startsWith("HTTP/1.1 413").contains("/problems/body-too-large");
        }
    }

    /** By the server itself, before the service sees the request. */
    @Test
    void who_is_refused_without_a_look_at_the_body_is_told_so_and_holds_up_nobody() throws IOException {
        String refused = "DELETE /api/registrations/%5C HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                clients.add(sending(i % 2 == 0 ? refused : refused + " ".repeat(50_000)));
            }
            int student = Databases.student(SHARD);
            assertPrompt(() -> assertThat(service.register(SHARD, student, Databases.section(SHARD, 1))
                            .status())
                    .isEqualTo(201));
            for (Socket client : clients) {
                assertThat(answer(client)).startsWith("HTTP/1.1 400").contains("/problems/");
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    /** Each would hold a thread for the 20 s that the server lets a write take. */
    @Test
    void who_reads_no_answer_holds_up_nobody() throws IOException {
        String wishes = "{\"registrations\":["
                + String.join(",", Collections.nCopies(15, "{\"shard\":\"x\",\"stno\":1,\"secNo\":1}")) + "]}";
        String batch = "POST /api/registrations:batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + wishes.length() + "\r\n\r\n" + wishes;
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 40; i++) {
                var client = new Socket();
                clients.add(client);
                client.setReceiveBufferSize(4096);
                client.connect(new InetSocketAddress("127.0.0.1", service.port()));
                client.getOutputStream().write(batch.repeat(50).getBytes(US_ASCII));
            }
            // Not a registration: the batches that are still answered have the ten permits of this test.
            assertWithin(
                    DEADLINE,
                    () -> assertThat(service.get("/api/students?q=1").status()).isEqualTo(200));
            assertWithin(
                    DEADLINE,
                    () -> assertThat(service.get("/actuator/health/liveness").status())
                            .isEqualTo(200));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void a_client_that_breaks_off_leaves_nothing_behind() throws IOException {
        for (int i = 0; i < 50; i++) {
            try (Socket client = sending(POST + "Content-Length: 1000\r\n\r\n{")) {
                client.setSoLinger(true, 0);
            }
        }
        int student = Databases.student(SHARD);
        assertThat(service.register(SHARD, student, Databases.section(SHARD, 1)).status())
                .isEqualTo(201);
    }

    private static Socket sending(String request) throws IOException {
        var client = new Socket("127.0.0.1", service.port());
        client.setSoTimeout((int) DEADLINE.multipliedBy(3).toMillis());
        client.getOutputStream().write(request.getBytes(US_ASCII));
        return client;
    }

    private static String answer(Socket client) throws IOException {
        var answer = new ByteArrayOutputStream();
        try {
            client.getInputStream().transferTo(answer);
        } catch (SocketException e) {
            // Closed by the service while we were sending. A SocketTimeoutException is none.
            assertThat(answer.size()).isPositive();
        }
        return answer.toString(US_ASCII);
    }

    private static void assertPrompt(Runnable request) {
        assertWithin(PROMPT, request);
    }

    private static void assertWithin(Duration limit, Runnable request) {
        long begin = System.nanoTime();
        request.run();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(limit);
    }
}
