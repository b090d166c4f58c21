package ghidanh.registration.write.web;

import ghidanh.event.TraceParent;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The trace of the request that this thread works for: ask before anything hangs on another thread. */
@Component
class RequestTrace {

    private final Tracer tracer;

    RequestTrace(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Null where nothing traces. */
    @Nullable TraceParent current() {
        TraceContext context = tracer.currentTraceContext().context();
        return context == null || context.traceId().isEmpty()
                ? null
                : new TraceParent(context.traceId(), context.spanId(), Boolean.TRUE.equals(context.sampled()));
    }
}
