package ghidanh.registration.write;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A queue that is emptied in batches and can be closed. A closed queue takes nothing more, and is empty only when all it had
 * taken was handed out: what was accepted is never forgotten. Its length is bounded at the door, by the admission limit.
 * Thread-safe.
 */
final class BatchQueue<T> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Queue<T> waiting = new ArrayDeque<>();
    /** How many elements the taker waits for. */
    private int wanted = 1;

    private boolean closed;

    /** Returns false, having done nothing, if the queue is closed. */
    boolean offer(T element) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            waiting.add(element);
            if (waiting.size() >= wanted) {
                changed.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until something is there and returns what is there, oldest first. One taker at a time.
     *
     * @param batchLimit most elements to return
     * @param company elements worth waiting for, once one is there
     * @param patience longest wait for them
     * @return none if the queue is closed and empty
     */
    List<T> take(int batchLimit, int company, Duration patience) {
        lock.lock();
        try {
            wanted = 1;
            while (waiting.isEmpty() && !closed) {
                changed.awaitUninterruptibly();
            }
            wanted = company;
            long left = patience.toNanos();
            while (waiting.size() < company && !closed && left > 0) {
                left = changed.awaitNanos(left);
            }
            return remove(batchLimit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return remove(batchLimit);
        } finally {
            lock.unlock();
        }
    }

    /** Returns all that is there, without waiting. */
    List<T> drain() {
        lock.lock();
        try {
            return remove(waiting.size());
        } finally {
            lock.unlock();
        }
    }

    private List<T> remove(int most) {
        int count = Math.min(most, waiting.size());
        List<T> batch = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            batch.add(waiting.remove());
        }
        return batch;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
