package ghidanh.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The log of a server's last start. */
record ServerLog(Path file) {

    private static final int LINES = 20;

    /** Makes way for the next start; the log of the last one stays beside it. */
    void rotate() throws IOException {
        if (Files.exists(file)) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Returns the last lines, for an error message. */
    String tail() {
        if (!Files.exists(file)) {
            return "(there is no " + file + ")";
        }
        try {
            // Windows writes its console's code page: read bytes as they are rather than fail on them.
            List<String> lines =
                    Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        } catch (IOException e) {
            return "(cannot read " + file + ": " + e.getMessage() + ")";
        }
    }
}
