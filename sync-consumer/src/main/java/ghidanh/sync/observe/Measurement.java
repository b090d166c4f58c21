package ghidanh.sync.observe;

/** Something measured again and again, on a thread of its own. Failures show in its gauges, as NaN. */
interface Measurement extends AutoCloseable {

    /** For the thread. */
    String name();

    void measure() throws InterruptedException;

    @Override
    void close();
}
