package ghidanh.sync.deadletter;

import ghidanh.event.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Lists dead letters and puts them through again. */
@Component
public class DeadLetters {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    private final LetterTopic topic;
    private final ConfirmedSender sender;
    private final DeadLetterSettings settings;

    DeadLetters(LetterTopic topic, ConfirmedSender sender, DeadLetterSettings settings) {
        this.topic = topic;
        this.sender = sender;
        this.settings = settings;
    }

    /**
     * A page of open letters, oldest first.
     *
     * @param next where the next page begins; null at the end
     */
    public record Page(
            List<OpenLetter> deadLetters, @Nullable Long next) {}

    /**
     * Which letters to put through again.
     *
     * @param offsets these; empty for all
     * @param reason only those with this reason; null for any
     * @param limit no more than this
     */
    public record Selection(Set<Long> offsets, @Nullable Reason reason, int limit) {

        private boolean has(ConsumerRecord<byte[], byte[]> letter) {
            return (offsets.isEmpty() || offsets.contains(letter.offset()))
                    && (reason == null
                            || DeadLetterHeaders.text(letter.headers(), DeadLetterHeaders.REASON)
                                    .filter(reason.tag()::equals)
                                    .isPresent());
        }
    }

    /**
     * What a redrive did, or would do.
     *
     * @param redriven letters put through again
     * @param refused letters that came back too often already
     * @param remaining letters that the selection has beyond its limit
     */
    public record Redrive(List<OpenLetter> redriven, List<OpenLetter> refused, int remaining) {

        /** For the audit. */
        public Map<String, Long> counts() {
            return Map.of("redriven", (long) redriven.size(), "refused", (long) refused.size(), "remaining", (long)
                    remaining);
        }
    }

    /**
     * Reads a page.
     *
     * @param from first offset wanted
     * @throws BrokerUnavailableException if Kafka does not answer
     */
    public Page page(String shard, long from, int limit) {
        List<ConsumerRecord<byte[], byte[]>> open = topic.open(shard).stream()
                .filter(letter -> letter.offset() >= from)
                .toList();
        List<OpenLetter> page = open.stream().limit(limit).map(OpenLetter::of).toList();
        return new Page(page, open.size() > limit ? open.get(limit).offset() : null);
    }

    /**
     * Sends the selected letters' events to the shard's topic again, then notes that they are settled. A crash between the two
     * sends them twice, which does no harm. A letter that comes back has its redrive counted and is refused after as many as
     * the settings allow.
     *
     * @param dryRun only say what would be done
     * @throws BrokerUnavailableException if Kafka does not answer; letters not reported as settled stay open
     */
    public Redrive redrive(String shard, Selection selection, boolean dryRun) {
        List<ConsumerRecord<byte[], byte[]>> selected =
                topic.open(shard).stream().filter(selection::has).toList();
        List<ConsumerRecord<byte[], byte[]>> redriven = new ArrayList<>();
        List<ConsumerRecord<byte[], byte[]>> refused = new ArrayList<>();
        int remaining = 0;
        for (ConsumerRecord<byte[], byte[]> letter : selected) {
            if (DeadLetterHeaders.number(letter.headers(), DeadLetterHeaders.REDRIVES) >= settings.maxRedrives()) {
                refused.add(letter);
            } else if (redriven.size() < selection.limit()) {
                redriven.add(letter);
            } else {
                remaining++;
            }
        }
        if (!dryRun && !redriven.isEmpty()) {
            sender.send(redriven.stream().map(letter -> event(shard, letter)).toList());
            topic.settle(shard, redriven.stream().map(ConsumerRecord::offset).toList());
            LOG.info("Put {} dead letters of shard {} through again", redriven.size(), shard);
        }
        return new Redrive(letters(redriven.stream()), letters(refused.stream()), remaining);
    }

    private static List<OpenLetter> letters(Stream<ConsumerRecord<byte[], byte[]>> letters) {
        return letters.map(OpenLetter::of).toList();
    }

    private static ProducerRecord<byte[], byte[]> event(String shard, ConsumerRecord<byte[], byte[]> letter) {
        String topic = Topics.events(shard);
        OpenLetter.Source source = OpenLetter.source(letter);
        Integer partition = source.topic().equals(topic) ? source.partition() : null;
        RecordHeaders headers = new RecordHeaders(letter.headers().toArray());
        DeadLetterHeaders.removeAll(headers);
        DeadLetterHeaders.put(
                headers,
                DeadLetterHeaders.REDRIVES,
                DeadLetterHeaders.number(letter.headers(), DeadLetterHeaders.REDRIVES) + 1);
        return new ProducerRecord<>(topic, partition, letter.key(), letter.value(), headers);
    }
}
