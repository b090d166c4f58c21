package ghidanh.sync.deadletter;

import ghidanh.event.Topics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    private static final int MOST_REFUSED = 500;

    private final LetterTopic topic;
    private final ConfirmedSender sender;
    private final DeadLetterSettings settings;

    DeadLetters(LetterTopic topic, ConfirmedSender sender, DeadLetterSettings settings) {
        this.topic = topic;
        this.sender = sender;
        this.settings = settings;
    }

    /**
     * A page of open letters, newest first.
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
            return (offsets.isEmpty() || offsets.contains(letter.offset())) && DeadLetters.has(letter, reason);
        }
    }

    private static boolean has(ConsumerRecord<byte[], byte[]> letter, @Nullable Reason reason) {
        return reason == null
                || DeadLetterHeaders.text(letter.headers(), DeadLetterHeaders.REASON)
                        .filter(reason.tag()::equals)
                        .isPresent();
    }

    /**
     * What a redrive did, or would do.
     *
     * @param redriven letters put through again
     * @param refused letters that came back too often already; no more than 500
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
     * @param from highest offset wanted
     * @param reason only letters with this one; null for any
     * @throws BrokerUnavailableException if Kafka does not answer
     */
    public Page page(String shard, long from, @Nullable Reason reason, int limit) {
        List<ConsumerRecord<byte[], byte[]>> open = new ArrayList<>();
        topic.visit(shard, letter -> {
            if (letter.offset() <= from && has(letter, reason)) {
                open.add(letter);
            }
            return open.size() <= limit;
        });
        List<OpenLetter> page = open.stream().limit(limit).map(OpenLetter::of).toList();
        return new Page(page, open.size() > limit ? open.get(limit).offset() : null);
    }

    /**
     * Sends the selected letters' events, the oldest of them, to the shard's topic again, then notes that they are settled. A
     * crash between the two sends them twice, which does no harm. A letter that comes back has its redrive counted and is refused after as many as
     * the settings allow.
     *
     * @param dryRun only say what would be done
     * @throws BrokerUnavailableException if Kafka does not answer; letters not reported as settled stay open
     */
    public Redrive redrive(String shard, Selection selection, boolean dryRun) {
        Oldest redriven = new Oldest(selection.limit());
        Oldest refused = new Oldest(MOST_REFUSED);
        long lowest =
                selection.offsets().stream().mapToLong(Long::longValue).min().orElse(0);
        topic.visit(shard, letter -> {
            if (selection.has(letter)) {
                long redrives = DeadLetterHeaders.number(letter.headers(), DeadLetterHeaders.REDRIVES);
                (redrives < settings.maxRedrives() ? redriven : refused).add(letter);
            }
            return letter.offset() > lowest;
        });
        if (!dryRun && !redriven.letters.isEmpty()) {
            sender.send(redriven.letters.stream()
                    .map(letter -> event(shard, letter))
                    .toList());
            topic.settle(
                    shard, redriven.letters.stream().map(ConsumerRecord::offset).toList());
            LOG.info("Put {} dead letters of shard {} through again", redriven.letters.size(), shard);
        }
        return new Redrive(redriven.shown(), refused.shown(), redriven.newer);
    }

    /** Of letters that come newest first, the oldest. */
    private static final class Oldest {

        private final int most;
        private final Deque<ConsumerRecord<byte[], byte[]>> letters = new ArrayDeque<>();
        private int newer;

        Oldest(int most) {
            this.most = most;
        }

        void add(ConsumerRecord<byte[], byte[]> letter) {
            letters.addFirst(letter);
            if (letters.size() > most) {
                letters.removeLast();
                newer++;
            }
        }

        List<OpenLetter> shown() {
            return letters.stream().map(OpenLetter::of).toList();
        }
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
