package ghidanh.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.export.SpanExporter;
import org.junit.jupiter.api.Test;

class TraceExportIT {

    @Test
    void nothing_is_exported_unless_one_property_says_where_to() {
        assertThat(ServiceUnderTest.shared().beans(SpanExporter.class)).isEmpty();

        try (ServiceUnderTest exporting = ServiceUnderTest.start(
                "--management.opentelemetry.tracing.export.otlp.endpoint=http://127.0.0.1:9/v1/traces")) {
            assertThat(exporting.beans(SpanExporter.class)).hasSize(1);
        }
    }
}
