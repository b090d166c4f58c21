package ghidanh.event;

import ghidanh.metrics.LogFields;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.MDC;

/**
 * Names an event, and the trace that it belongs to, in every line that this thread logs until it is closed.
 *
 * @param id {@code topic-partition@offset}
 */
public record EventLog(String id) implements AutoCloseable {

    public static EventLog of(ConsumerRecord<?, ?> event) {
        String id = event.topic() + "-" + event.partition() + "@" + event.offset();
        MDC.put(LogFields.EVENT_ID, id);
        TraceParent.of(event.headers()).ifPresent(trace -> MDC.put(LogFields.TRACE_ID, trace.traceId()));
        return new EventLog(id);
    }

    @Override
    public void close() {
        MDC.remove(LogFields.EVENT_ID);
        MDC.remove(LogFields.TRACE_ID);
    }
}
