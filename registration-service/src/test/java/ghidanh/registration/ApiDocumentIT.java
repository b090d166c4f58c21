package ghidanh.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The API's document; {@code -Dghidanh.write-docs=true} writes it. */
class ApiDocumentIT {

    private static final Path DOCUMENT = Path.of("..", "docs", "openapi", "registration-service.json");

    @Test
    void the_document_is_what_the_service_says() throws IOException {
        String served = ServiceUnderTest.shared().get("/api/docs").http().body() + "\n";
        if (Boolean.getBoolean("ghidanh.write-docs")) {
            Files.createDirectories(DOCUMENT.getParent());
            Files.writeString(DOCUMENT, served);
        }
        assertThat(DOCUMENT).content().isEqualTo(served);
        assertThat(served).contains("\"openapi\" : \"3.1.0\"");
    }
}
