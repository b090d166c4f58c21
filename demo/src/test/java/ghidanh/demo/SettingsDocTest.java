package ghidanh.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** docs/settings.md is what the services' own metadata say; {@code -Dghidanh.write-docs=true} writes it anew. */
class SettingsDocTest {

    private static final Path DOCUMENT = Path.of("../docs/settings.md");

    private static final String HEAD = """
            # Settings

            Every setting of the services, with its default. Spring Boot reads them from the command line
            (`--ghidanh.relay.batch-size=500`), the environment (`GHIDANH_RELAY_BATCHSIZE=500`) or a file. Names that began with
            `relay.` or `registration.` now begin with `ghidanh.`; the former ones work in this version, with a warning at start.

            Made from the configuration metadata of the build, and compared with it by a test. To write it anew: `./mvnw -pl demo
            -am verify -Dtest=SettingsDocTest -Dsurefire.failIfNoSpecifiedTests=false -DskipITs -Dghidanh.write-docs=true`

            | setting | default | |
            |---|---|---|
            """;

    @Test
    void the_document_lists_every_setting_as_the_code_has_it() throws IOException {
        var document = new StringBuilder(HEAD);
        settings().forEach((name, setting) -> {
            if (!isFormer(setting)) {
                document.append("| `%s` | %s | %s |\n".formatted(name, value(setting), words(setting)));
            }
        });
        if (Boolean.getBoolean("ghidanh.write-docs")) {
            Files.writeString(DOCUMENT, document);
        }
        assertThat(DOCUMENT).content().isEqualTo(document.toString());
    }

    @Test
    void every_former_name_leads_to_a_setting_or_to_a_reason() throws IOException {
        var settings = settings();
        assertThat(settings.values().stream().filter(SettingsDocTest::isFormer))
                .isNotEmpty()
                .allSatisfy(setting -> {
                    JsonNode deprecation = setting.path("deprecation");
                    if (deprecation.has("replacement")) {
                        assertThat(settings)
                                .containsKey(deprecation.path("replacement").asString());
                    } else {
                        assertThat(deprecation.path("reason").asString()).isNotBlank();
                    }
                });
    }

    private static boolean isFormer(JsonNode setting) {
        return setting.has("deprecation");
    }

    private static String value(JsonNode setting) {
        String value = setting.path("defaultValue").asString("");
        return value.isEmpty() ? "" : "`" + value + "`";
    }

    /** As the Javadoc says it, without its tags. */
    private static String words(JsonNode setting) {
        return setting.path("description")
                .asString("")
                .replaceAll("\\{@\\w+ ([^}]*)}", "`$1`")
                .replaceAll("\\s+", " ")
                .replace("|", "\\|");
    }

    /** Of our modules alone: the class path has the metadata of every library. */
    private static SortedMap<String, JsonNode> settings() throws IOException {
        var found = new TreeMap<String, JsonNode>();
        for (URL file : Collections.list(
                SettingsDocTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream json = file.openStream()) {
                JsonMapper.shared().readTree(json).path("properties").forEach(setting -> {
                    String name = setting.path("name").asString();
                    if (name.startsWith("ghidanh.")
                            || (isFormer(setting) && name.matches("(relay|registration)\\..*"))) {
                        found.put(name, setting);
                    }
                });
            }
        }
        return found;
    }
}
