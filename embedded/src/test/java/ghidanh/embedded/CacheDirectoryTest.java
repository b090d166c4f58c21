package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheDirectoryTest {

    private final Path temporary;

    CacheDirectoryTest(@TempDir Path temporary) {
        assumeTrue(Platform.current().family() != Platform.Family.WINDOWS, "root and \"nobody\" are of Unix");
        this.temporary = temporary;
    }

    @Test
    void a_directory_that_all_may_enter_is_kept() throws IOException {
        var open = Path.of("/a-directory-to-be-made");

        assertThat(CacheDirectory.openToAll(open, temporary)).isEqualTo(open);
    }

    @Test
    void a_closed_directory_is_replaced_by_one_that_only_we_can_write_to() throws IOException {
        var closed = directory("closed", "rwx------").resolve("cache");

        var replacement = CacheDirectory.openToAll(closed, temporary);

        assertThat(replacement).hasParent(temporary);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(replacement)))
                .isEqualTo("rwxr-xr-x");
        assertThat(CacheDirectory.openToAll(closed, temporary)).isEqualTo(replacement);
    }

    @Test
    void a_replacement_that_others_can_write_to_is_refused() throws IOException {
        var closed = directory("closed", "rwx------").resolve("cache");
        directory("ghidanh-" + System.getProperty("user.name"), "rwxrwxrwx");

        assertThatExceptionOfType(StartFailedException.class)
                .isThrownBy(() -> CacheDirectory.openToAll(closed, temporary))
                .withMessageContaining("ghidanh.cache");
    }

    private Path directory(String name, String permissions) throws IOException {
        var directory = Files.createDirectory(temporary.resolve(name));
        return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    }
}
