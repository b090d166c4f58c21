package ghidanh.registration.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.registration.Databases;
import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.registration.ServiceUnderTest;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.ServiceProcess;
import ghidanh.servers.ServiceSettings;
import ghidanh.servers.TestServers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients were told and what the shard has, when many want the same few seats. */
@Timeout(240)
class RushIT {

    private static final String SHARD = "5433";
    private static final int CLIENTS = 32;
    private static final int STUDENTS = 400;
    private static final int SEATS = 150;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    private final int firstStudent = Databases.students(SHARD, STUDENTS);
    private final List<Integer> sections = List.of(
            Databases.section(SHARD, SEATS), Databases.section(SHARD, SEATS), Databases.section(SHARD, STUDENTS * 2));

    private record Wish(int stno, int secNo) {}

    private record Told(Wish wish, int status, String location, Instant at) {}

    private final Queue<Wish> wishes = new ConcurrentLinkedQueue<>();
    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Queue<Wish> unanswered = new ConcurrentLinkedQueue<>();

    @AfterEach
    void stop() {
        clients.shutdownNow();
    }

    @Test
    void two_instances_on_one_shard_give_each_seat_once_and_say_so_once() throws Exception {
        everyStudentWantsEverySectionTwice();
        try (var one = ServiceUnderTest.start();
                var other = ServiceUnderTest.start()) {
            join(rush(address(one.port()), address(other.port())));
        }

        assertThat(unanswered).isEmpty();
        assertThat(told).extracting(Told::status).containsOnly(201, 200, 409);
        theShardHasWhatTheClientsWereTold();
        assertThat(Databases.count(shard(), "select sum(enrolled) from sections where sec_no = any(?)", sections()))
                .isEqualTo(SEATS + SEATS + STUDENTS)
                .isEqualTo(told(201).size());
    }

    @Test
    void what_a_killed_service_accepted_is_on_the_shard(@TempDir Path directory) throws Exception {
        everyStudentWantsEverySectionTwice();
        var settings = ServiceSettings.of(RegistrationServiceApplication.class, directory)
                .withArguments(ServiceUnderTest.arguments());
        try (var service = new ServiceProcess(settings).start()) {
            var running = rush(service.address());
            await().atMost(60, TimeUnit.SECONDS).until(() -> told(201).size() > SEATS);
            service.kill();
            join(running);
        }

        assertThat(wishes).as("killed in the middle").isNotEmpty();
        assertThat(unanswered).as("killed in the middle").isNotEmpty();
        theShardHasWhatTheClientsWereTold();
        assertThat(Databases.count(shard(), "select sum(enrolled) from sections where sec_no = any(?)", sections()))
                .isBetween((long) told(201).size(), (long) told(201).size() + unanswered.size());

        try (var next = ServiceUnderTest.start()) {
            unanswered.forEach(wish -> wishes.add(wish));
            join(rush(address(next.port())));
        }
        assertThat(told).extracting(Told::status).containsOnly(201, 200, 409);
        theShardHasWhatTheClientsWereTold();
    }

    private void everyStudentWantsEverySectionTwice() {
        for (int stno = firstStudent; stno < firstStudent + STUDENTS; stno++) {
            for (int secNo : sections) {
                wishes.add(new Wish(stno, secNo));
                wishes.add(new Wish(stno, secNo));
            }
        }
    }

    /** Starts the clients; each goes on until there is no wish left or its service is gone. */
    private List<Future<?>> rush(URI... services) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            URI service = services[i % services.length];
            running.add(clients.submit(() -> {
                for (Wish wish = wishes.poll(); wish != null; wish = wishes.poll()) {
                    try {
                        told.add(ask(service, wish));
                    } catch (IOException e) {
                        unanswered.add(wish);
                        return null;
                    }
                }
                return null;
            }));
        }
        return running;
    }

    private static void join(List<Future<?>> running) throws Exception {
        for (Future<?> client : running) {
            client.get(120, TimeUnit.SECONDS);
        }
    }

    private Told ask(URI service, Wish wish) throws IOException, InterruptedException {
        String body = "{\"shard\":\"%s\",\"stno\":%d,\"secNo\":%d}".formatted(SHARD, wish.stno(), wish.secNo());
        var request = HttpRequest.newBuilder(service.resolve("/api/registrations"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        return new Told(
                wish,
                answer.statusCode(),
                answer.headers().firstValue("Location").orElse(""),
                Instant.now());
    }

    private void theShardHasWhatTheClientsWereTold() throws SQLException {
        Map<Wish, String> registrations = new HashMap<>();
        Map<Integer, Instant> lastSeatTaken = new HashMap<>();
        try (Connection connection = shard().connect(TestServers.DATABASE);
                var query = connection.prepareStatement(
                        "select stno, sec_no, reg_id, created_at from registrations where sec_no = any(?)")) {
            query.setObject(1, sections());
            try (var rows = query.executeQuery()) {
                while (rows.next()) {
                    registrations.put(
                            new Wish(rows.getInt(1), rows.getInt(2)),
                            "/api/registrations/" + SHARD + "-" + rows.getLong(3));
                    lastSeatTaken.merge(
                            rows.getInt(2), rows.getTimestamp(4).toInstant(), (a, b) -> a.isAfter(b) ? a : b);
                }
            }
        }

        assertThat(told(201)).extracting(Told::wish).doesNotHaveDuplicates();
        assertThat(told(201))
                .allSatisfy(accepted -> assertThat(registrations).containsEntry(accepted.wish(), accepted.location()));
        assertThat(told(200))
                .allSatisfy(repeated -> assertThat(registrations).containsEntry(repeated.wish(), repeated.location()));
        assertThat(Databases.count(shard(), "select sum(enrolled) from sections where sec_no = any(?)", sections()))
                .isEqualTo(registrations.size())
                .isEqualTo(Databases.count(shard(), """
                        select count(*)
                          from outbox o
                          join registrations r on r.reg_id = o.entity_id
                         where o.entity = 'registration'
                           and r.sec_no = any(?)
                        """, sections()));
        for (int secNo : sections) {
            long taken = registrations.keySet().stream()
                    .filter(wish -> wish.secNo() == secNo)
                    .count();
            long capacity = Databases.count(shard(), "select capacity from sections where sec_no = ?", secNo);
            List<Told> refused = told(409).stream()
                    .filter(one -> one.wish().secNo() == secNo)
                    .toList();
            assertThat(taken)
                    .isEqualTo(Databases.count(shard(), "select enrolled from sections where sec_no = ?", secNo))
                    .isLessThanOrEqualTo(capacity);
            if (!refused.isEmpty()) {
                assertThat(taken).isEqualTo(capacity);
                assertThat(refused).allSatisfy(one -> assertThat(one.at()).isAfter(lastSeatTaken.get(secNo)));
            }
        }
    }

    private List<Told> told(int status) {
        return told.stream().filter(one -> one.status() == status).toList();
    }

    private Object sections() {
        return sections.toArray(Integer[]::new);
    }

    private static PostgresServer shard() {
        return Databases.shard(SHARD);
    }

    private static URI address(int port) {
        return URI.create("http://localhost:" + port);
    }
}
