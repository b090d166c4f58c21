package ghidanh.registration.probe;

import ghidanh.metrics.LogFields;
import ghidanh.registration.read.Registrations;
import ghidanh.registration.write.Registrar;
import ghidanh.shard.ShardCatalogue;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** A thread of trials for each shard that has a seat for them. Starts last and stops first. */
@Component
class Probes implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(Probes.class);

    private final ProbeSettings settings;
    private final Registrar registrar;
    private final Registrations registrations;
    private final MeterRegistry meters;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean running;

    Probes(
            ProbeSettings settings,
            ShardCatalogue catalogue,
            Registrar registrar,
            Registrations registrations,
            MeterRegistry meters) {
        settings.seats().keySet().stream()
                .filter(shard -> catalogue.find(shard).isEmpty())
                .findFirst()
                .ifPresent(shard -> {
                    throw new IllegalArgumentException("registration.probe.seats names shard " + shard
                            + ", which the catalogue does not have: " + catalogue.names());
                });
        this.settings = settings;
        this.registrar = registrar;
        this.registrations = registrations;
        this.meters = meters;
    }

    @Override
    public void start() {
        running = true;
        new TreeMap<>(settings.seats()).forEach((shard, seat) -> {
            var probe = new Probe(shard, seat, settings.patience(), registrar, registrations, meters);
            var thread = new Thread(() -> run(shard, probe), "probe " + shard);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        });
    }

    private void run(String shard, Probe probe) {
        MDC.put(LogFields.SHARD, shard);
        while (running) {
            try {
                Thread.sleep(settings.interval().toMillis());
                probe.once();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.error("A trial on shard {} failed unexpectedly", shard, e);
            }
        }
    }

    @Override
    public void stop() {
        running = false;
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(Duration.ofSeconds(2).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        threads.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE;
    }
}
