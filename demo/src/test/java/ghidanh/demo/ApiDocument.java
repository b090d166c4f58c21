package ghidanh.demo;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A service's OpenAPI document, as tests use it. */
final class ApiDocument {

    /** A method at an address. */
    record Operation(String method, String path, JsonNode node) {

        boolean hasBody() {
            return node.has("requestBody");
        }

        JsonNode parameters() {
            return node.path("parameters");
        }

        Set<Integer> statuses() {
            Set<Integer> statuses = new TreeSet<>();
            node.path("responses").propertyNames().forEach(status -> statuses.add(Integer.parseInt(status)));
            return statuses;
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private final JsonNode document;
    private final List<Operation> operations = new ArrayList<>();
    private final Map<JsonNode, Schema> schemas = Collections.synchronizedMap(new IdentityHashMap<>());
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

    ApiDocument(String service) throws IOException {
        document = JsonMapper.shared().readTree(Files.readString(Path.of("..", "docs", "openapi", service + ".json")));
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> operations.add(new Operation(
                                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()))));
    }

    List<Operation> operations() {
        return operations;
    }

    /** What a reference leads to. */
    JsonNode resolved(JsonNode reference) {
        return document.at(reference.path("$ref").stringValue().substring(1));
    }

    /** What is wrong with an answer's body; empty if nothing is, and if the document says nothing of it. */
    List<String> faults(Operation operation, int status, String contentType, String body) {
        JsonNode content =
                operation.node().path("responses").path(String.valueOf(status)).path("content");
        String type = contentType.replaceFirst(";.*", "");
        if (content.isMissingNode()) {
            return body.isEmpty() ? List.of() : List.of("has a body");
        }
        if (!content.has(type)) {
            return List.of("is " + type + " and not " + content.propertyNames());
        }
        return type.endsWith("json") ? faults(content.path(type).path("schema"), body) : List.of();
    }

    /** As any refusal, of which the document need not know. */
    List<String> problemFaults(String body) {
        return faults(document.path("components").path("schemas").path("Problem"), body);
    }

    private List<String> faults(JsonNode schema, String body) {
        return schemas.computeIfAbsent(schema, this::schema).validate(body, InputFormat.JSON).stream()
                .map(Object::toString)
                .toList();
    }

    /** References lead to the document's components. */
    private Schema schema(JsonNode part) {
        ObjectNode whole = ((ObjectNode) part).deepCopy();
        whole.set("components", document.path("components"));
        return registry.getSchema(whole);
    }
}
