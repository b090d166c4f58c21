package ghidanh.sql;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A change of a file is a new release of the schema; {@code -Dghidanh.write-docs=true} writes it down. */
class ReleaseTest {

    private static final Path RELEASE = Path.of("release.txt");

    @Test
    void the_release_is_that_of_these_files() throws IOException, NoSuchAlgorithmException {
        String[] release = Files.readString(RELEASE).split("\\s+");
        String digest = digest();
        if (Boolean.getBoolean("ghidanh.write-docs") && !digest.equals(release[5])) {
            Files.writeString(
                    RELEASE, "\\set release %d\n\\set digest %s\n".formatted(Integer.parseInt(release[2]) + 1, digest));
            return;
        }
        assertThat(release[5])
                .as("raise the number in sql/release.txt, or run this test with -Dghidanh.write-docs=true")
                .isEqualTo(digest);
    }

    private static String digest() throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        for (String folder : List.of("common", "shard", "master")) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".sql"))
                        .sorted()
                        .toList()) {
                    digest.update((folder + "/" + file.getFileName()).getBytes(UTF_8));
                    digest.update(Files.readString(file).replace("\r", "").getBytes(UTF_8));
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
