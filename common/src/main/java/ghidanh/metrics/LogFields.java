package ghidanh.metrics;

/** Fields of a log line, by SLF4J's MDC; the names are those of the Elastic Common Schema where it has one. */
public final class LogFields {

    public static final String SHARD = "shard";

    /** Of one event: {@code topic-partition@offset}. */
    public static final String EVENT_ID = "event.id";

    /** Of the request, and of everything that it caused. */
    public static final String TRACE_ID = "trace.id";

    public static final String SPAN_ID = "span.id";

    private LogFields() {}
}
