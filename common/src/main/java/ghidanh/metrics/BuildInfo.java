package ghidanh.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/**
 * What is running.
 *
 * <p>{@code registration.build.info} (gauge, version, revision): always 1, for joins and for seeing a mixed rollout.
 *
 * @param version of the build
 * @param revision that it was made from; {@code unknown} where the build had no git directory
 */
record BuildInfo(String version, String revision) implements MeterBinder {

    static BuildInfo read() {
        Properties properties = new Properties();
        try (InputStream file = Objects.requireNonNull(
                BuildInfo.class.getResourceAsStream("/ghidanh-build.properties"), "ghidanh-build.properties")) {
            properties.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new BuildInfo(properties.getProperty("version", ""), properties.getProperty("revision", ""));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("registration.build.info", () -> 1)
                .description("1; the tags tell what is running")
                .tag("version", version)
                .tag("revision", revision)
                .register(registry);
    }
}
