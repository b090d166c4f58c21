package ghidanh.sync.lag;

import static org.assertj.core.api.Assertions.assertThat;

import ghidanh.event.TraceParent;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelPropagator;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With OpenTelemetry and Prometheus as they are; only what leaves the process is kept here. */
class LagSpansTest {

    private static final TraceParent SAMPLED =
            new TraceParent("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", true);

    private final List<SpanData> spans = new ArrayList<>();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(new Kept()))
            .build();
    private final OtelTracer tracer = tracer(provider.get("test"));
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT,
            new PrometheusRegistry(),
            io.micrometer.core.instrument.Clock.SYSTEM,
            new PresentSpan());
    private final LagMeter meter = new LagMeter(meters, shard -> 0, tracer, propagator(provider.get("test")));

    private static OtelTracer tracer(Tracer otel) {
        return new OtelTracer(otel, new OtelCurrentTraceContext(), event -> {});
    }

    private static OtelPropagator propagator(Tracer otel) {
        return new OtelPropagator(ContextPropagators.create(W3CTraceContextPropagator.getInstance()), otel);
    }

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void a_sampled_change_has_a_span_for_its_lag_and_one_for_each_stage_in_the_trace_of_its_request() {
        visible(SAMPLED);

        assertThat(spans).allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(SAMPLED.traceId()));
        SpanData lag = spans.stream()
                .filter(span -> span.getName().equals("sync"))
                .findFirst()
                .orElseThrow();
        assertThat(lag.getParentSpanId()).isEqualTo(SAMPLED.spanId());
        assertThat(lag.getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(times(lag)).isEqualTo("1000..46000");
        assertThat(spans)
                .filteredOn(span -> span.getParentSpanId().equals(lag.getSpanId()))
                .extracting(span -> span.getName() + " " + times(span))
                .containsExactly(
                        "outbox 1000..2000",
                        "relay 2000..4000",
                        "kafka 4000..8000",
                        "consumer 8000..15000",
                        "master 15000..46000");
    }

    @Test
    void a_sampled_change_is_the_exemplar_of_its_bucket() {
        visible(SAMPLED);

        assertThat(scrape().lines().filter(line -> line.contains("trace_id")))
                .anyMatch(line -> line.startsWith("registration_sync_lag_seconds_bucket")
                        && line.contains("trace_id=\"" + SAMPLED.traceId()));
    }

    @Test
    void a_change_that_is_not_sampled_is_measured_alike_but_has_neither_exemplar_nor_span() {
        visible(new TraceParent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", false));
        visible(null);

        assertThat(scrape())
                .contains("registration_sync_lag_seconds_count{shard=\"5433\"} 2")
                .doesNotContain("trace_id");
        assertThat(spans).isEmpty();
    }

    private void visible(@Nullable TraceParent trace) {
        meter.visible("5433", new ShardStamps(1_000, 2_000, 4_000), new MasterStamps(8_000, 15_000, 46_000), trace);
    }

    private String scrape() {
        return meters.scrape("application/openmetrics-text; version=1.0.0; charset=utf-8");
    }

    private static String times(SpanData span) {
        return TimeUnit.NANOSECONDS.toMicros(span.getStartEpochNanos()) + ".."
                + TimeUnit.NANOSECONDS.toMicros(span.getEndEpochNanos());
    }

    private final class Kept implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> ended) {
            spans.addAll(ended);
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    /** As Spring Boot tells Prometheus of it. */
    private final class PresentSpan implements SpanContext {
        @Override
        public @Nullable String getCurrentTraceId() {
            Span span = tracer.currentSpan();
            return span == null ? null : span.context().traceId();
        }

        @Override
        public @Nullable String getCurrentSpanId() {
            Span span = tracer.currentSpan();
            return span == null ? null : span.context().spanId();
        }

        @Override
        public boolean isCurrentSpanSampled() {
            Span span = tracer.currentSpan();
            return span != null && Boolean.TRUE.equals(span.context().sampled());
        }

        @Override
        public void markCurrentSpanAsExemplar() {}
    }
}
