package ghidanh.sync.lag;

import ghidanh.event.Headers;
import ghidanh.event.TraceParent;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.concurrent.TimeUnit;

/**
 * Shows a change's way to the master in the trace of the request that caused it: a span {@code sync} for the lag, and below
 * it one for each stage, with the times that the timers get.
 */
class LagSpans {

    private static final Propagator.Getter<TraceParent> HEADER =
            (trace, key) -> key.equals(Headers.TRACEPARENT) ? trace.text() : null;

    private final Tracer tracer;
    private final Propagator propagator;

    LagSpans(Tracer tracer, Propagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    /**
     * Runs {@code recording} inside the span, so that the exemplars of what it records lead to it.
     *
     * @param trace a sampled one
     * @param stamps six, in order, in microseconds since 1970
     */
    void during(String shard, TraceParent trace, long[] stamps, Runnable recording) {
        Span lag = span(propagator.extract(trace, HEADER), "sync", stamps[0])
                .kind(Span.Kind.CONSUMER)
                .tag("shard", shard)
                .start();
        try (Tracer.SpanInScope scope = tracer.withSpan(lag)) {
            recording.run();
        }
        for (Stage stage : Stage.values()) {
            span(tracer.spanBuilder().setParent(lag.context()), stage.tag(), stamps[stage.ordinal()])
                    .start()
                    .end(stamps[stage.ordinal() + 1], TimeUnit.MICROSECONDS);
        }
        lag.end(stamps[Stage.values().length], TimeUnit.MICROSECONDS);
    }

    private static Span.Builder span(Span.Builder child, String name, long start) {
        return child.name(name).startTimestamp(start, TimeUnit.MICROSECONDS);
    }
}
