package ghidanh.chaos;

import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Lets the faults of one round happen, each in its time, and says of each what it was. */
final class Round {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final int number;
    private final List<Fault> faults;
    private final Victims victims;
    private final Report report;
    private final Map<String, Lock> locks = new HashMap<>();

    Round(int number, List<Fault> faults, Victims victims, Report report) {
        this.number = number;
        this.faults = faults;
        this.victims = victims;
        this.report = report;
        // A start may take longer than planned; then the next fault of the same victim waits.
        faults.forEach(fault -> fault.victims().forEach(victim -> locks.putIfAbsent(victim, new ReentrantLock(true))));
    }

    /** Returns when the last fault has ended. */
    void run() throws InterruptedException, ExecutionException {
        ScheduledExecutorService clock = Executors.newScheduledThreadPool(faults.size());
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Fault fault : faults) {
                running.add(clock.schedule(
                        () -> {
                            happen(fault);
                            return null;
                        },
                        fault.at().toMillis(),
                        TimeUnit.MILLISECONDS));
            }
            for (Future<?> fault : running) {
                fault.get();
            }
        } finally {
            clock.shutdownNow();
        }
    }

    private void happen(Fault fault) throws Exception {
        Victim victim = victims.of(fault);
        List<Lock> held = fault.victims().stream()
                .map(name -> Objects.requireNonNull(locks.get(name)))
                .toList();
        held.forEach(Lock::lock);
        try {
            String begun = LocalTime.now().format(CLOCK);
            long begin = System.nanoTime();
            String hit = victim.begin(fault);
            try {
                TimeUnit.MILLISECONDS.sleep(fault.lasts().toMillis());
            } finally {
                victim.end(fault);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            report.line(String.format(
                    Locale.ROOT,
                    "%s  round %d  %-7s %-32s %6.1f s%s",
                    begun,
                    number,
                    fault.kind(),
                    fault.target(),
                    took.toMillis() / 1000.0,
                    hit.isEmpty() ? "" : "  (" + hit + ")"));
        } finally {
            held.forEach(Lock::unlock);
        }
    }
}
