package ghidanh.sync.replay;

/**
 * What a replay reads of a partition, and how far it is.
 *
 * @param from first offset
 * @param next offset to go on with
 * @param end offset to stop before: where the partition ended when the replay was asked for
 */
record Span(long from, long next, long end) {

    Span at(long position) {
        return new Span(from, Math.min(position, end), end);
    }

    long left() {
        return end - next;
    }
}
