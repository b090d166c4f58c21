package ghidanh.loop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.context.SmartLifecycle;

/** Loops that start and stop with the application. */
public abstract class LoopGroup implements SmartLifecycle {

    private static final Duration LAST_STEP = Duration.ofSeconds(2);

    private final int phase;
    private final Duration patience;
    private final List<Loop> loops = new ArrayList<>();
    private volatile boolean running;

    /** Of loops that a stop interrupts. */
    protected LoopGroup(int phase) {
        this(phase, LAST_STEP);
    }

    /** @param patience how long a stop waits for all of them together, before it cuts them off */
    protected LoopGroup(int phase, Duration patience) {
        this.phase = phase;
        this.patience = patience;
    }

    /** Adds a loop, which starts now if the others have. */
    protected final synchronized void add(Loop loop) {
        loops.add(loop);
        if (running) {
            loop.start();
        }
    }

    @Override
    public synchronized void start() {
        running = true;
        loops.forEach(Loop::start);
    }

    @Override
    public synchronized void stop() {
        running = false;
        Loop.stop(loops, patience);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return phase;
    }
}
