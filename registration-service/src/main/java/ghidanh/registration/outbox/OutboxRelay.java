package ghidanh.registration.outbox;

import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the outbox rows of one shard to Kafka, oldest first, and deletes them.
 *
 * <p>At least once: a crash after Kafka's acknowledgement and before our delete sends the batch again. That is harmless,
 * since an event is a pointer and its consumer reads the row's present state. Lives as long as its session; not
 * thread-safe.
 */
class OutboxRelay {

    // A full look may take at most this share of the time, however many dead rows it walks over.
    private static final int FULL_LOOK_SHARE = 20;

    // The producer answers within deliveryTimeout; beyond this, something is wrong with the producer itself.
    private static final int PATIENCE = 2;

    private final RelaySession session;
    private final EventPublisher publisher;
    private final RelaySettings settings;
    private final RelayMetrics metrics;
    private final RelayState state;
    private final Floor floor;
    private @Nullable Long nextFullLook;

    OutboxRelay(
            RelaySession session,
            EventPublisher publisher,
            RelaySettings settings,
            RelayMetrics metrics,
            RelayState state) {
        this.session = session;
        this.publisher = publisher;
        this.settings = settings;
        this.metrics = metrics;
        this.state = state;
        this.floor = new Floor(settings.lookBack());
    }

    /**
     * Relays one batch.
     *
     * @return rows relayed; fewer than the batch size means that nothing was left
     * @throws PublishFailedException if Kafka did not acknowledge them all; what it did not is still there
     * @throws org.springframework.dao.DataAccessException if the shard failed us; what was sent will be sent again
     */
    int relayBatch() throws InterruptedException {
        publisher.connect();
        Batch batch = read();
        if (batch.rows().isEmpty()) {
            return 0;
        }
        Publication publication = publisher.publish(batch);
        awaitAnswers(publication);
        long[] done = publication.done();
        if (done.length > 0) {
            session.delete(done);
        }
        Exception failure = publication.failure();
        if (failure != null) {
            throw failed(done.length + " of " + batch.rows().size() + " events acknowledged", failure);
        }
        floor.relayed(batch);
        return done.length;
    }

    private Batch read() {
        long start = System.nanoTime();
        boolean full = nextFullLook == null || start - nextFullLook >= 0;
        try {
            Batch batch = session.read(full ? Long.MIN_VALUE : floor.value(), settings.batchSize());
            long took = System.nanoTime() - start;
            metrics.polled(batch.rows().size(), took);
            if (full) {
                long pause = Math.max(settings.fullLookInterval().toNanos(), took * FULL_LOOK_SHARE);
                nextFullLook = start + pause;
                batch.rows().stream().findFirst().ifPresent(first -> floor.foundByFullLook(first.id()));
            }
            return batch;
        } catch (RuntimeException e) {
            metrics.pollFailed(System.nanoTime() - start);
            throw e;
        }
    }

    private void awaitAnswers(Publication publication) throws InterruptedException {
        long start = System.nanoTime();
        while (!publication.await(settings.touchInterval())) {
            session.touch();
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            state.trouble("Kafka has not acknowledged a batch for " + waited.toSeconds() + " s");
            if (waited.compareTo(settings.deliveryTimeout().multipliedBy(PATIENCE)) > 0) {
                throw failed("No answer from the producer", new TimeoutException());
            }
        }
    }

    private PublishFailedException failed(String what, Exception failure) {
        publisher.recover(failure);
        return new PublishFailedException(what + ": " + failure.getMessage(), failure);
    }
}
