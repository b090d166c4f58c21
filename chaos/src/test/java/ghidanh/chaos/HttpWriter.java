package ghidanh.chaos;

import ghidanh.chaos.Ledger.Entry;
import ghidanh.chaos.Ledger.Seat;
import ghidanh.chaos.Ledger.State;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.json.JsonMapper;

/** A client of the REST API that registers, repeats and withdraws for its own students, and remembers every answer. */
final class HttpWriter implements Load.Writer {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration PATIENCE = Duration.ofSeconds(8);
    private static final double SHARE_OF_KNOWN_SEATS = 0.45;
    private static final double SHARE_OF_WITHDRAWALS = 0.7;

    private final List<ServiceProcess> instances;
    private final SampleRows rows;
    private final int number;
    private final int writers;
    private final Ledger ledger;
    private final Random random;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<Seat> mine = new ArrayList<>();
    private int requests;

    HttpWriter(RunningSystem system, SampleRows rows, int number, int writers, Ledger ledger, Random random) {
        this.instances = system.registrationServices();
        this.rows = rows;
        this.number = number;
        this.writers = writers;
        this.ledger = ledger;
        this.random = random;
    }

    @Override
    public void write() throws InterruptedException {
        Seat seat = seat();
        Entry known = ledger.of(seat);
        if (known != null && known.state() == State.UNKNOWN) {
            return;
        }
        if (known != null
                && known.regId() != null
                && known.state() == State.REGISTERED
                && random.nextDouble() < SHARE_OF_WITHDRAWALS) {
            withdraw(seat, known.regId());
        } else {
            register(seat, known != null && known.state() == State.REGISTERED);
        }
    }

    private Seat seat() {
        if (!mine.isEmpty() && random.nextDouble() < SHARE_OF_KNOWN_SEATS) {
            return any(mine);
        }
        String shard = any(Targets.SHARDS);
        var seat = new Seat(shard, any(rows.students(shard, number, writers)), any(rows.sections(shard)));
        mine.add(seat);
        return seat;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void register(Seat seat, boolean again) throws InterruptedException {
        long asked = System.nanoTime();
        var request = HttpRequest.newBuilder(address("/api/registrations"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"shard\":\"%s\",\"stno\":%d,\"secNo\":%d}"
                        .formatted(seat.shard(), seat.stno(), seat.secNo())));
        try {
            HttpResponse<String> answer = send(request);
            switch (answer.statusCode()) {
                case 201, 200 -> {
                    boolean created = answer.statusCode() == 201;
                    (created ? ledger.created : ledger.repeated).increment();
                    if (created == again && !ledger.isDoubtful(seat)) {
                        ledger.contradiction(
                                (created ? "201 for what was registered: " : "200 for what was not: ") + seat);
                    }
                    if (created) {
                        ledger.changed(seat, regId(answer), asked);
                    } else {
                        ledger.registered(seat, regId(answer), asked);
                    }
                }
                case 409 -> {
                    ledger.full.increment();
                    if (again && !ledger.isDoubtful(seat)) {
                        ledger.contradiction("full for a student who has the seat: " + seat);
                    }
                }
                case 503 -> ledger.unknown(seat, asked);
                default -> {
                    ledger.contradiction(answer.statusCode() + " for " + seat + ": " + answer.body());
                    ledger.unknown(seat, asked);
                }
            }
        } catch (ConnectException e) {
            ledger.refused.increment(); // nothing was sent
        } catch (IOException e) {
            ledger.unanswered.add(seat + ": " + e);
            ledger.unknown(seat, asked);
        }
    }

    private void withdraw(Seat seat, long regId) throws InterruptedException {
        long asked = System.nanoTime();
        try {
            HttpResponse<String> answer =
                    send(HttpRequest.newBuilder(address("/api/registrations/" + seat.shard() + "-" + regId))
                            .DELETE());
            switch (answer.statusCode()) {
                case 204 -> {
                    ledger.withdrawn.increment();
                    ledger.withdrawn(seat, regId, asked);
                }
                case 409 -> { // graded by SQL: it stays
                    if (!answer.body().contains("\"GRADED\"")) {
                        ledger.contradiction("409 for registration " + regId + " of " + seat + ": " + answer.body());
                    }
                    ledger.registered(seat, regId, asked);
                }
                case 503 -> ledger.unknown(seat, asked);
                default -> {
                    if (answer.statusCode() != 404 || !ledger.isDoubtful(seat)) {
                        ledger.contradiction(answer.statusCode() + " for registration " + regId + " of " + seat + ": "
                                + answer.body());
                    }
                    ledger.unknown(seat, asked);
                }
            }
        } catch (ConnectException e) {
            ledger.refused.increment(); // nothing was sent
        } catch (IOException e) {
            ledger.unanswered.add(seat + ": " + e);
            ledger.unknown(seat, asked);
        }
    }

    private URI address(String path) {
        return instances.get(requests++ % instances.size()).address().resolve(path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    }

    private static long regId(HttpResponse<String> answer) {
        String id = JSON.readTree(answer.body()).path("id").asString();
        return Long.parseLong(id.substring(id.indexOf('-') + 1));
    }

    @Override
    public void close() {
        // nothing is kept open
    }
}
