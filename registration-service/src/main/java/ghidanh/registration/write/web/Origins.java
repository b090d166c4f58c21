package ghidanh.registration.write.web;

import ghidanh.access.Caller;
import ghidanh.event.TraceParent;
import ghidanh.registration.write.Origin;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where the changes of the request that this thread works for come from: ask before anything hangs on another thread. */
@Component
public class Origins {

    private final Tracer tracer;

    Origins(Tracer tracer) {
        this.tracer = tracer;
    }

    public Origin of(Caller caller) {
        return new Origin(trace(), caller.actor());
    }

    private @Nullable TraceParent trace() {
        TraceContext context = tracer.currentTraceContext().context();
        return context == null || context.traceId().isEmpty()
                ? null
                : new TraceParent(context.traceId(), context.spanId(), Boolean.TRUE.equals(context.sampled()));
    }
}
