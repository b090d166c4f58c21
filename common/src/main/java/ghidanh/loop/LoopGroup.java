package ghidanh.loop;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.SmartLifecycle;

/** Loops that start and stop with the application. */
public abstract class LoopGroup implements SmartLifecycle {

    private static final Duration LAST_STEP = Duration.ofSeconds(2);

    private final int phase;
    private final Duration patience;
    private final Map<String, Loop> loops = new LinkedHashMap<>();
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

    /** Adds a loop, which starts now if the others have, unless one of its name is there. */
    protected final void add(Loop loop) {
        synchronized (loops) {
            if (!loops.containsKey(loop.name())) {
                if (running) {
                    loop.start();
                }
                loops.put(loop.name(), loop);
            }
        }
    }

    @Override
    public void start() {
        synchronized (loops) {
            running = true;
            loops.values().forEach(Loop::start);
        }
    }

    @Override
    public void stop() {
        synchronized (loops) {
            running = false;
            Loop.stop(loops.values(), patience);
        }
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
