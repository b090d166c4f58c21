package ghidanh.benchmarks.drain;

import ghidanh.benchmarks.Target;
import ghidanh.servers.ServiceProcess;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;

/** Outbox to Kafka: a backlog that gathered while the service was away, with writers going on. */
final class OutboxDrain {

    private static final int BACKLOG = 1_000_000;
    private static final int RUNS = 3;
    private static final int WRITES_PER_SECOND = 500;
    private static final double WANTED = 100_000;

    private final Installation installation;

    OutboxDrain(Installation installation) {
        this.installation = installation;
    }

    /** Leaves an event of every registration in the topic, behind the offset committed for the consumer. */
    Target measure() throws IOException, SQLException, ExecutionException, InterruptedException {
        List<Double> rates = new ArrayList<>();
        try (ServiceProcess service = installation.registrationService();
                EventTopic topic = new EventTopic(installation.kafka())) {
            service.start();
            installation.awaitEmptyOutbox();
            for (int run = 1; run <= RUNS; run++) {
                service.stop();
                var before = topic.ends();
                installation.fillOutbox();
                try (Writer writer = new Writer(installation, WRITES_PER_SECOND, 5)) {
                    service.start();
                    rates.add(rate(topic, writer));
                }
                installation.awaitEmptyOutbox();
                if (run == RUNS) {
                    topic.commit(before);
                }
            }
        }
        double worst = rates.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        return new Target(
                "Outbox to Kafka, 1,000,000 rows, 500 registrations/s going on, the worst of " + RUNS,
                "at least 100,000 rows/s",
                String.format(Locale.ROOT, "%,.0f rows/s", worst),
                worst >= WANTED);
    }

    /** From the first events in Kafka to the millionth. */
    private double rate(EventTopic topic, Writer writer) throws ExecutionException, InterruptedException {
        long idle = topic.size();
        long first = idle;
        while (first == idle) {
            Thread.sleep(2);
            first = topic.size();
        }
        long start = System.nanoTime();
        long writtenBefore = writer.count();
        long now = first;
        while (now < idle + BACKLOG) {
            Thread.sleep(20);
            now = topic.size();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double rate = (now - first) / seconds;
        System.out.printf(
                Locale.ROOT,
                "Outbox to Kafka: %,d rows in %.2f s, %,.0f rows/s, with %.0f registrations/s%n",
                now - first,
                seconds,
                rate,
                (writer.count() - writtenBefore) / seconds);
        return rate;
    }
}
