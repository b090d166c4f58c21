package ghidanh.sync;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.event.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** Several chunks of a topic that is read from its end. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ManyDeadLettersIT {

    private static final String SHARD = "flooded";
    private static final int LETTERS = 12_000;

    private static ConfigurableApplicationContext consumer;
    private static Rest rest;

    @BeforeAll
    static void writeLetters() throws Exception {
        consumer = SyncStack.startReadyConsumer(List.of(SHARD), Jobbing.QUIET);
        rest = Rest.of(consumer);
        try (var producer = new KafkaProducer<byte[], byte[]>(
                Map.of("bootstrap.servers", SyncStack.SERVERS.kafka().bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sends = new ArrayList<>();
            for (int i = 0; i < LETTERS; i++) {
                byte[] value = ("no event, number " + i).getBytes(StandardCharsets.UTF_8);
                sends.add(producer.send(new ProducerRecord<>(Topics.deadLetters(SHARD), 0, value, value)));
            }
            for (Future<RecordMetadata> send : sends) {
                send.get();
            }
        }
    }

    @AfterAll
    static void stopConsumer() {
        consumer.close();
    }

    @Test
    @Order(1)
    void the_list_begins_with_the_newest_and_its_pages_end_with_the_oldest_and_leave_none_out() {
        List<Long> offsets = new ArrayList<>();
        String cursor = "";
        while (true) {
            JsonNode page = page(cursor);
            page.path("deadLetters")
                    .forEach(letter -> offsets.add(letter.path("offset").longValue()));
            if (page.path("next").isNull()) {
                break;
            }
            cursor = "&cursor=" + page.path("next").longValue();
        }

        assertThat(offsets)
                .isSortedAccordingTo(Comparator.reverseOrder())
                .containsExactlyElementsOf(LongStream.range(0, LETTERS)
                        .map(offset -> LETTERS - 1 - offset)
                        .boxed()
                        .toList());
    }

    @Test
    @Order(2)
    void a_redrive_begins_with_the_oldest_and_what_is_settled_is_not_listed_wherever_it_lies() {
        JsonNode result = rest.post(
                        "/api/dead-letters/redrive",
                        "{\"shard\":\"%s\",\"limit\":7000,\"dryRun\":false,\"reason\":\"many\"}".formatted(SHARD))
                .body()
                .path("result");
        assertThat(result.path("redriven").size()).isEqualTo(7_000);
        assertThat(result.path("redriven").get(0).path("offset").longValue()).isZero();
        assertThat(result.path("remaining").intValue()).isEqualTo(LETTERS - 7_000);

        assertThat(page("&cursor=7100").path("deadLetters").size()).isEqualTo(101);
        assertThat(page("&cursor=6999").path("deadLetters").size()).isZero();
    }

    private static JsonNode page(String cursor) {
        return rest.get("/api/dead-letters?shard=" + SHARD + "&limit=500" + cursor)
                .body();
    }
}
