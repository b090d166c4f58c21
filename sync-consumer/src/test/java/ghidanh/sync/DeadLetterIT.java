package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ghidanh.event.Entity;
import ghidanh.sync.deadletter.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

class DeadLetterIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SHARD = "poisoned";

    private static ConfigurableApplicationContext consumer;
    private static Rest rest;

    @BeforeAll
    static void startConsumer() {
        consumer = SyncStack.startReadyConsumer(
                List.of(SHARD), Map.of("ghidanh.topics.partitions", 1, "ghidanh.sync.sweep.interval", "1h"));
        rest = Rest.of(consumer);
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @Test
    void poison_goes_to_the_dead_letter_topic_with_its_reason_and_the_rest_is_applied() {
        long first = SyncStack.newRegistration(SHARD);
        long last = SyncStack.newRegistration(SHARD);

        SyncStack.send(SHARD, Entity.REGISTRATION, first);
        SyncStack.sendRaw(SHARD, "poison", new byte[] {0, 1, 2});
        SyncStack.sendRaw(SHARD, "poison", "{\"v\":9,\"shard\":\"poisoned\",\"entity\":\"registration\",\"id\":1}");
        SyncStack.sendRaw(SHARD, "poison", "{\"v\":1,\"shard\":\"poisoned\",\"entity\":\"hall\",\"id\":1}");
        SyncStack.sendRaw(SHARD, "poison", "{\"v\":1,\"shard\":\"gone\",\"entity\":\"registration\",\"id\":1}");
        SyncStack.send(SHARD, Entity.REGISTRATION, 987_654_321);
        SyncStack.send(SHARD, Entity.REGISTRATION, last);

        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, first) && SyncStack.isMarked(SHARD, last));
        await().atMost(SOON).untilAsserted(() -> {
            List<String> messages = SyncStack.deadLetters(SHARD).stream()
                    .map(letter -> header(letter, "ghidanh-dead-message"))
                    .toList();
            assertThat(messages).anyMatch(message -> message.startsWith("the value is not JSON"));
            assertThat(messages).anyMatch(message -> message.startsWith("event version 9 is not known"));
            assertThat(messages).contains("unknown entity \"hall\"");
            assertThat(messages)
                    .contains("an event of shard gone, which is not in the catalogue, in the topic of shard poisoned");
            assertThat(messages).contains("the shard has no registration 987654321");
        });
        ConsumerRecord<byte[], byte[]> missing = letter("the shard has no registration 987654321");
        assertThat(header(missing, "ghidanh-dead-reason")).isEqualTo("missing");
        assertThat(header(missing, "ghidanh-dead-topic")).isEqualTo("enrollment-poisoned");
        assertThat(header(missing, "ghidanh-dead-partition")).isEqualTo("0");
        assertThat(header(missing, "ghidanh-dead-offset")).matches("\\d+");
        assertThat(header(missing, "ghidanh-dead-attempts")).isEqualTo("1");
        assertThat(header(missing, "ghidanh-redrives")).isEqualTo("0");
        assertThat(new String(missing.key(), StandardCharsets.UTF_8)).isEqualTo("registration:987654321");
    }

    @Test
    void a_row_that_the_master_refuses_is_found_in_its_batch_and_arrives_by_redrive_once_the_cause_is_gone() {
        int secNo = SyncStack.newSection(SHARD);
        List<Long> good = Stream.generate(() -> SyncStack.register(SHARD, SyncStack.newStudent(SHARD), secNo))
                .limit(20)
                .toList();
        long refused = SyncStack.register(SHARD, SyncStack.newStudent(SHARD), secNo);
        SyncStack.shard(SHARD)
                .sql("update registrations set mark = 1.23 where reg_id = ?")
                .param(refused)
                .update();
        SyncStack.master()
                .sql("alter table registrations add constraint no_such_mark check (mark is distinct from 1.23)")
                .update();
        try {
            good.subList(0, 10).forEach(regId -> SyncStack.send(SHARD, Entity.REGISTRATION, regId));
            SyncStack.send(SHARD, Entity.REGISTRATION, refused);
            good.subList(10, 20).forEach(regId -> SyncStack.send(SHARD, Entity.REGISTRATION, regId));

            await().atMost(SOON).until(() -> good.stream().allMatch(regId -> SyncStack.isMarked(SHARD, regId)));
            await().atMost(SOON).until(() -> openLetters().stream().anyMatch(letter -> isOf(letter, refused)));
        } finally {
            SyncStack.master()
                    .sql("alter table registrations drop constraint no_such_mark")
                    .update();
        }
        JsonNode letter = openLetters().stream()
                .filter(open -> isOf(open, refused))
                .findFirst()
                .orElseThrow();
        assertThat(letter.path("reason").stringValue()).isEqualTo("refused");
        assertThat(letter.path("message").stringValue())
                .startsWith("the master refuses registration " + refused)
                .contains("no_such_mark")
                .endsWith("(23514)");
        assertThat(letter.path("attempts").intValue()).isEqualTo(3);
        assertThat(SyncStack.isOnMaster(SHARD, refused)).isFalse();

        String selection =
                "\"shard\":\"poisoned\",\"offsets\":[" + letter.path("offset").longValue() + "]";
        JsonNode preview =
                rest.post("/api/dead-letters/redrive", "{" + selection + "}").body();
        assertThat(preview.path("dryRun").booleanValue()).isTrue();
        assertThat(preview.path("result").path("redriven").size()).isEqualTo(1);
        assertThat(openLetters()).anyMatch(open -> isOf(open, refused));

        assertThat(rest.post("/api/dead-letters/redrive", "{" + selection + ",\"dryRun\":false}")
                        .status())
                .as("without a reason for the audit")
                .isEqualTo(400);
        assertThat(rest.post(
                                "/api/dead-letters/redrive",
                                "{" + selection + ",\"dryRun\":false,\"reason\":\"the constraint is gone\"}")
                        .status())
                .isEqualTo(200);
        JsonNode audit = latestRedrive();
        assertThat(audit.path("state").asString()).isEqualTo("DONE");
        assertThat(audit.path("reason").asString()).isEqualTo("the constraint is gone");
        assertThat(audit.path("requestedBy").asString()).isEqualTo("anybody");
        assertThat(audit.path("counts").path("redriven").intValue()).isEqualTo(1);
        assertThat(audit.path("options").path("offsets").get(0)).isEqualTo(letter.path("offset"));
        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, refused));
        assertThat(openLetters()).noneMatch(open -> isOf(open, refused));
    }

    @Test
    void what_a_trigger_of_the_master_refuses_by_whatever_code_is_named_and_so_it_is_by_a_dry_run() {
        for (String error : List.of("P0001", "54000", "XX999")) {
            int secNo = SyncStack.newSection(SHARD);
            List<Long> regIds = Stream.generate(() -> SyncStack.register(SHARD, SyncStack.newStudent(SHARD), secNo))
                    .limit(3)
                    .toList();
            SyncStack.master().sql("""
                            create or replace function refuse_one() returns trigger language plpgsql as $$
                            begin
                                raise exception 'not this one' using errcode = '%s';
                            end $$;
                            create trigger refuse_one before insert on registrations for each row
                            when (new.shard_name = '%s' and new.shard_reg_id = %d) execute function refuse_one()
                            """.formatted(error, SHARD, regIds.get(1))).update();
            try {
                JsonNode dry = Jobbing.run(
                        consumer, "/api/resyncs", "{\"shard\":\"poisoned\",\"reason\":\"what would be refused\"}");
                assertThat(dry.path("counts").path("failed").intValue()).isOne();
                assertThat(dry.path("report")
                                .path("refused")
                                .path("registration:" + regIds.get(1))
                                .asString())
                        .isEqualTo("not this one (" + error + ")");

                regIds.forEach(regId -> SyncStack.send(SHARD, Entity.REGISTRATION, regId));
                // An error that may be everybody's is the row's once another row is written with it.
                await().atMost(SOON).until(() -> {
                    SyncStack.send(SHARD, Entity.REGISTRATION, SyncStack.newRegistration(SHARD));
                    return openLetters().stream().anyMatch(letter -> isOf(letter, regIds.get(1)));
                });
                await().atMost(SOON)
                        .until(() -> SyncStack.isOnMaster(SHARD, regIds.get(0))
                                && SyncStack.isOnMaster(SHARD, regIds.get(2)));
                assertThat(openLetters())
                        .anyMatch(letter -> letter.path("message")
                                .asString()
                                .equals("the master refuses registration " + regIds.get(1) + ": not this one (" + error
                                        + ")"));
            } finally {
                SyncStack.master()
                        .sql("drop trigger refuse_one on registrations")
                        .update();
            }
        }
    }

    @Test
    void a_registration_whose_place_another_shard_has_on_the_master_is_a_conflict() {
        long regId = placeTaken("shard_name = 'elsewhere'");

        await().atMost(SOON)
                .until(() -> openLetters().stream()
                        .anyMatch(letter -> isOf(letter, regId)
                                && letter.path("reason").stringValue().equals("conflict")));
    }

    @Test
    void a_place_that_only_a_lost_registration_has_is_given_and_the_loss_is_named() {
        long regId = placeTaken("shard_reg_id = 987654321");

        await().atMost(SOON).until(() -> SyncStack.isOnMaster(SHARD, regId));
        assertThat(SyncStack.master()
                        .sql(
                                "select count(*) from lost_registrations where shard_name = ? and shard_reg_id = 987654321")
                        .param(SHARD)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    /** Sends the event of a registration whose student and section the master has in a row with another origin. */
    private static long placeTaken(String origin) {
        long regId = SyncStack.newRegistration(SHARD);
        SyncStack.send(SHARD, Entity.REGISTRATION, regId);
        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, regId));
        SyncStack.master()
                .sql("update registrations set " + origin + " where shard_name = ? and shard_reg_id = ?")
                .params(SHARD, regId)
                .update();
        SyncStack.send(SHARD, Entity.REGISTRATION, regId);
        return regId;
    }

    @Test
    void an_event_that_keeps_coming_back_is_redriven_three_times_and_then_refused() {
        SyncStack.send(SHARD, Entity.REGISTRATION, 123_123_123);
        for (int redrives = 0; redrives < 3; redrives++) {
            int expected = redrives;
            await().atMost(SOON)
                    .until(() -> openLetters().stream()
                            .anyMatch(letter -> isOf(letter, 123_123_123)
                                    && letter.path("redrives").intValue() == expected));
            redriveAll(123_123_123);
        }
        await().atMost(SOON)
                .until(() -> openLetters().stream()
                        .anyMatch(letter -> isOf(letter, 123_123_123)
                                && letter.path("redrives").intValue() == 3));

        JsonNode answer = redriveAll(123_123_123);

        assertThat(answer.path("result").path("redriven").size()).isZero();
        assertThat(answer.path("result").path("refused").size()).isEqualTo(1);
    }

    @Test
    void a_redrive_takes_what_was_selected_and_no_more_than_its_limit() {
        for (int i = 1; i <= 3; i++) {
            SyncStack.sendRaw(SHARD, "limit", "{\"v\":1,\"shard\":\"limit\",\"entity\":\"student\",\"id\":" + i + "}");
        }
        await().atMost(SOON).until(() -> ofKey("limit").size() == 3);
        String selection = "\"shard\":\"poisoned\",\"offsets\":["
                + String.join(
                        ",",
                        ofKey("limit").stream()
                                .map(letter -> letter.path("offset").toString())
                                .toList())
                + "],\"dryRun\":false,\"reason\":\"test of the limit\"";

        JsonNode none = rest.post("/api/dead-letters/redrive", "{" + selection + ",\"deadReason\":\"refused\"}")
                .body();
        assertThat(none.path("result").path("redriven").size()).isZero();

        JsonNode capped = rest.post("/api/dead-letters/redrive", "{" + selection + ",\"limit\":2}")
                .body();
        assertThat(capped.path("result").path("redriven").size()).isEqualTo(2);
        assertThat(capped.path("result").path("remaining").intValue()).isEqualTo(1);
        // The two come back, counted; the third was left alone.
        await().atMost(SOON)
                .until(() -> ofKey("limit").stream()
                        .map(letter -> letter.path("redrives").intValue())
                        .sorted()
                        .toList()
                        .equals(List.of(0, 1, 1)));
    }

    private static List<JsonNode> ofKey(String key) {
        return openLetters().stream()
                .filter(letter -> letter.path("key").stringValue("").equals(key))
                .toList();
    }

    @Test
    void the_list_is_of_a_reason_and_a_row_is_shown_as_both_sides_have_it() {
        long regId = placeTaken("shard_name = 'elsewhere'");
        SyncStack.sendRaw(SHARD, "unlike", "{");
        await().atMost(SOON).until(() -> openLetters().stream().anyMatch(letter -> isOf(letter, regId)));
        await().atMost(SOON).until(() -> ofKey("unlike").size() == 1);

        for (Reason reason : Reason.values()) {
            assertThat(rest.get("/api/dead-letters?shard=poisoned&deadReason=" + reason.tag())
                            .status())
                    .as(reason.tag())
                    .isEqualTo(200);
        }
        JsonNode conflicts = rest.get("/api/dead-letters?shard=poisoned&limit=500&deadReason=conflict")
                .body()
                .path("deadLetters");
        assertThat(conflicts.valueStream()).anyMatch(letter -> isOf(letter, regId));
        assertThat(conflicts.valueStream().map(letter -> letter.path("reason").asString()))
                .containsOnly("conflict");

        JsonNode sides =
                rest.get("/api/dead-letters/rows?shard=poisoned&id=" + regId).body();
        assertThat(sides.path("shard").path("regId").asLong()).isEqualTo(regId);
        assertThat(sides.path("shard").path("status").asString()).isEqualTo("registered");
        assertThat(sides.path("master").isNull()).isTrue();

        long synced = SyncStack.newRegistration(SHARD);
        SyncStack.send(SHARD, Entity.REGISTRATION, synced);
        await().atMost(SOON).until(() -> SyncStack.isMarked(SHARD, synced));
        JsonNode same =
                rest.get("/api/dead-letters/rows?shard=poisoned&id=" + synced).body();
        assertThat(same.path("master").path("stno"))
                .isEqualTo(same.path("shard").path("stno"));
        assertThat(same.path("master").path("createdAt"))
                .isEqualTo(same.path("shard").path("createdAt"));
        assertProblem(rest.get("/api/dead-letters/rows?shard=poisoned&id=0"), 400, "INVALID_PARAMETER");
        assertProblem(rest.get("/api/dead-letters?shard=poisoned&deadReason=luck"), 400, "INVALID_PARAMETER");
    }

    @Test
    void the_list_has_pages() {
        for (int i = 0; i < 5; i++) {
            SyncStack.sendRaw(SHARD, "page", "{\"v\":1,\"shard\":\"page" + i + "\",\"entity\":\"student\",\"id\":1}");
        }
        await().atMost(SOON)
                .until(() -> openLetters().stream()
                                .filter(letter ->
                                        letter.path("message").stringValue().startsWith("an event of shard page"))
                                .count()
                        == 5);

        JsonNode first = rest.get("/api/dead-letters?shard=poisoned&limit=2").body();
        assertThat(first.path("deadLetters").size()).isEqualTo(2);
        long next = first.path("next").longValue();
        JsonNode second = rest.get("/api/dead-letters?shard=poisoned&limit=2&cursor=" + next)
                .body();
        assertThat(second.path("deadLetters").get(0).path("offset").longValue()).isEqualTo(next);
    }

    @Test
    void bad_requests_are_told_what_is_wrong() {
        assertProblem(rest.get("/api/dead-letters"), 400, "INVALID_PARAMETER");
        assertProblem(rest.get("/api/dead-letters?shard=nowhere"), 404, "UNKNOWN_SHARD");
        assertProblem(rest.get("/api/dead-letters?shard=poisoned&limit=0"), 400, "INVALID_PARAMETER");
        assertProblem(rest.get("/api/dead-letters?shard=poisoned&limit=many"), 400, "INVALID_PARAMETER");
        assertProblem(rest.get("/api/dead-letters?shard=poisoned&cursor=-1"), 400, "INVALID_PARAMETER");
        assertProblem(rest.post("/api/dead-letters/redrive", "{"), 400, "MALFORMED_BODY");
        assertProblem(rest.post("/api/dead-letters/redrive", "{}"), 400, "INVALID_BODY");
        assertProblem(
                rest.post("/api/dead-letters/redrive", "{\"shard\":\"poisoned\",\"dryrun\":true}"),
                400,
                "INVALID_BODY");
        assertProblem(
                rest.post("/api/dead-letters/redrive", "{\"shard\":\"poisoned\",\"dryRun\":\"no\"}"),
                400,
                "INVALID_BODY");
        assertProblem(
                rest.post("/api/dead-letters/redrive", "{\"shard\":\"poisoned\",\"deadReason\":\"bad luck\"}"),
                400,
                "INVALID_BODY");
        assertProblem(
                rest.post("/api/dead-letters/redrive", "{\"shard\":\"poisoned\",\"limit\":1000000}"),
                400,
                "INVALID_BODY");
        assertProblem(rest.get("/api/nothing"), 404, "NOT_FOUND");
        assertProblem(rest.get("/api/dead-letters/redrive"), 405, "METHOD_NOT_ALLOWED");
    }

    private static void assertProblem(Rest.Answer answer, int status, String code) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.http().headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.body().path("code").stringValue()).isEqualTo(code);
        assertThat(answer.http().body()).doesNotContain("Exception");
    }

    private static JsonNode redriveAll(long regId) {
        String offsets = String.join(
                ",",
                openLetters().stream()
                        .filter(letter -> isOf(letter, regId))
                        .map(letter -> letter.path("offset").toString())
                        .toList());
        return rest.post(
                        "/api/dead-letters/redrive",
                        "{\"shard\":\"poisoned\",\"offsets\":[" + offsets + "],\"dryRun\":false,\"reason\":\"again\"}")
                .body();
    }

    private static List<JsonNode> openLetters() {
        return rest.get("/api/dead-letters?shard=poisoned&limit=500")
                .body()
                .path("deadLetters")
                .valueStream()
                .toList();
    }

    private static boolean isOf(JsonNode letter, long regId) {
        return letter.path("key").stringValue("").equals("registration:" + regId);
    }

    private static ConsumerRecord<byte[], byte[]> letter(String message) {
        return SyncStack.deadLetters(SHARD).stream()
                .filter(letter -> header(letter, "ghidanh-dead-message").equals(message))
                .findFirst()
                .orElseThrow();
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        var header = letter.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** A drift check may have come after it, by its schedule. */
    private static JsonNode latestRedrive() {
        for (JsonNode job : rest.get("/api/jobs?limit=10").body().path("jobs")) {
            if (job.path("kind").asString().equals("REDRIVE")) {
                return job;
            }
        }
        throw new AssertionError("no redrive in the audit");
    }
}
