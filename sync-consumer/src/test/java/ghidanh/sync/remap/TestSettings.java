package ghidanh.sync.remap;

import java.time.Duration;

final class TestSettings {

    static final RemapSettings REMAP = new RemapSettings(
            1, 1, Duration.ofMillis(100), Duration.ofSeconds(5), 3, Duration.ZERO, 100, 1_000, Duration.ofSeconds(1));

    private TestSettings() {}
}
