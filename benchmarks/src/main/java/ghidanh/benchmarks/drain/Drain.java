package ghidanh.benchmarks.drain;

import ghidanh.benchmarks.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Entry point of {@code benchmarks/drain}. */
public final class Drain {

    static final int REGISTRATIONS = 1_000_000;

    private Drain() {}

    /** Takes nothing, or {@code --long-transaction} and for how many seconds it is open, 300 if not told. */
    public static void main(String[] arguments) throws Exception {
        List<Target> targets = new ArrayList<>();
        try (Installation installation = new Installation()) {
            if (arguments.length > 0 && arguments[0].equals("--long-transaction")) {
                int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 300;
                installation.fill(0);
                targets.addAll(new LongTransaction(installation, Duration.ofSeconds(seconds)).measure());
            } else if (arguments.length == 0) {
                installation.fill(REGISTRATIONS);
                targets.add(new OutboxDrain(installation).measure());
                targets.addAll(new MasterDrain(installation).measure());
            } else {
                throw new IllegalArgumentException("benchmarks/drain [--long-transaction [seconds]]");
            }
        }
        Target.print(targets);
    }
}
