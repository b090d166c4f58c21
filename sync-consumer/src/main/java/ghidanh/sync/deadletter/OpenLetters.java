package ghidanh.sync.deadletter;

import ghidanh.loop.LoopGroup;
import ghidanh.loop.Loops;
import ghidanh.shard.ShardCatalogue;
import ghidanh.sync.observe.Observers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** How many letters are open, counted again when a shard's topic has got longer: a settled letter is a record as well. */
@Component
public class OpenLetters extends LoopGroup {

    private static final Logger LOG = LoggerFactory.getLogger(OpenLetters.class);

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int MOST = 1_000;

    private final ShardCatalogue catalogue;
    private final Observers observers;
    private final LetterTopic topic;
    private final Map<String, Double> records = new HashMap<>();
    private final Map<String, Count> counts = new ConcurrentHashMap<>();

    OpenLetters(ShardCatalogue catalogue, Observers observers, LetterTopic topic, Loops loops) {
        super(DEFAULT_PHASE);
        this.catalogue = catalogue;
        this.observers = observers;
        this.topic = topic;
        add(loops.every(PAUSE, PAUSE, "letter-counter", null, this::look));
    }

    /**
     * Open letters of a shard.
     *
     * @param letters 1,000 at most
     * @param more whether there are more
     * @param reasons letters by reason, of those counted
     */
    public record Count(int letters, boolean more, Map<String, Integer> reasons) {

        static final Count NONE = new Count(0, false, Map.of());
    }

    /** As last counted; none before. */
    public Count count(String shard) {
        return counts.getOrDefault(shard, Count.NONE);
    }

    private void look() {
        for (String shard : catalogue.names()) {
            double now = observers.deadRecords(shard);
            if (!Double.isNaN(now) && !Double.valueOf(now).equals(records.get(shard))) {
                try {
                    counts.put(shard, now == 0 ? Count.NONE : counted(shard));
                    records.put(shard, now);
                } catch (BrokerUnavailableException e) {
                    LOG.debug("The dead letters of shard {} were not counted: {}", shard, e.getMessage());
                }
            }
        }
    }

    private Count counted(String shard) {
        Map<String, Integer> reasons = new HashMap<>();
        int[] letters = {0};
        topic.visit(shard, letter -> {
            if (letters[0]++ < MOST) {
                reasons.merge(OpenLetter.of(letter).reason(), 1, Integer::sum);
            }
            return letters[0] <= MOST;
        });
        return new Count(Math.min(letters[0], MOST), letters[0] > MOST, Map.copyOf(reasons));
    }
}
