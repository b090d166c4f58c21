package ghidanh.demo;

import ghidanh.demo.ApiDocument.Operation;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Makes requests for the operations of a document: valid ones, nearly valid ones and hostile ones. */
final class Requests {

    /**
     * A request.
     *
     * @param target path and query, encoded
     * @param body its bytes, each as a letter of ISO 8859-1; null if it has none
     */
    record Made(
            Operation operation,
            String target,
            Map<String, String> headers,
            @Nullable String body) {

        Made bare() {
            return new Made(operation, target, Map.of(), body);
        }

        /** With another name where a body names a shard. */
        Made withShard(String shard) {
            String other = body == null ? null : body.replaceAll("\"shard\":\"[^\"]*\"", "\"shard\":\"" + shard + "\"");
            return new Made(operation, target, headers, other);
        }

        byte @Nullable [] bytes() {
            return body == null ? null : body.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private static final List<String> HOSTILE = List.of(
            "",
            " ",
            "\0",
            "a\0b",
            "%",
            "%00",
            "'",
            "' or 1=1 --",
            "\"",
            "\\",
            "/",
            "../..",
            ";",
            "a;b=c",
            "{}",
            "[1]",
            "<script>",
            "null",
            "true",
            "-1",
            "0",
            "1.5",
            "1e9",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "\u0663",
            "99999999999999999999999999",
            "\ud83c\udf93",
            "\u00d0\u1ee9c",
            "\u202e",
            "\ufeff",
            "\ufffe",
            "NaN",
            "x".repeat(101),
            "x".repeat(3000));
    private static final List<String> BODIES = List.of(
            "",
            " ",
            "null",
            "[]",
            "17",
            "\"x\"",
            "{",
            "}",
            "{\"a\":}",
            "{} {}",
            "{'a':1}",
            "{\"shard\":\"5433\",\"shard\":\"5434\"}",
            "[".repeat(100_000),
            "{\"a\":".repeat(1_000) + "1" + "}".repeat(1_000),
            "{\"stno\":" + "9".repeat(100_000) + "}",
            "{\"reason\":\"" + "x".repeat(600_000) + "\"}",
            "\ufeff{}",
            "{\"reason\":\"\\ud800\"}",
            "{\"\\u0000\":1}");
    private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)}");

    /** What earlier answers had, by the name under which it may be asked for. */
    private final Map<String, List<String>> seen = new LinkedHashMap<>();

    private final ApiDocument document;
    private final Random random;

    Requests(ApiDocument document, Random random) {
        this.document = document;
        this.random = random;
    }

    /** Makes a value known that requests may have. */
    void saw(String name, String value) {
        List<String> values = seen.computeIfAbsent(name, key -> new ArrayList<>());
        if (values.size() < 100) {
            values.add(value);
        } else {
            values.set(random.nextInt(values.size()), value);
        }
    }

    Made next() {
        Operation operation =
                document.operations().get(random.nextInt(document.operations().size()));
        return make(operation, random.nextInt(3));
    }

    Made valid(Operation operation) {
        return make(operation, 0);
    }

    /** @param hostility 0: valid, 1: nearly valid, 2: hostile */
    private Made make(Operation operation, int hostility) {
        return new Made(
                operation, target(operation, hostility), headers(operation, hostility), body(operation, hostility));
    }

    private String target(Operation operation, int hostility) {
        Matcher variables = VARIABLE.matcher(operation.path());
        StringBuilder target = new StringBuilder();
        while (variables.find()) {
            JsonNode schema = parameter(operation, variables.group(1)).path("schema");
            String value = odd(hostility) ? any(HOSTILE) : value(variables.group(1), schema);
            variables.appendReplacement(target, Matcher.quoteReplacement(encoded(value)));
        }
        variables.appendTail(target);
        String separator = "?";
        for (JsonNode parameter : operation.parameters()) {
            boolean asked = parameter.path("required").booleanValue(false) ? !odd(hostility) : random.nextBoolean();
            if (parameter.path("in").stringValue("").equals("query") && asked) {
                String name = parameter.path("name").stringValue("");
                String value = odd(hostility) ? any(HOSTILE) : value(name, parameter.path("schema"));
                target.append(separator).append(name).append('=').append(encoded(value));
                separator = "&";
            }
        }
        return target.toString();
    }

    private static JsonNode parameter(Operation operation, String name) {
        return operation
                .parameters()
                .valueStream()
                .filter(parameter -> parameter.path("name").stringValue("").equals(name))
                .findFirst()
                .orElse(JsonNodeFactory.instance.objectNode());
    }

    /** Of what is nearly valid every fourth part is odd, of what is hostile every second one. */
    private boolean odd(int hostility) {
        return hostility > 0 && random.nextInt(hostility == 1 ? 4 : 2) == 0;
    }

    private Map<String, String> headers(Operation operation, int hostility) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", odd(hostility) ? any(List.of("text/html", "x", "application/xml", "*/*;q=2")) : "*/*");
        if (operation.hasBody()) {
            headers.put(
                    "Content-Type",
                    odd(hostility)
                            ? any(List.of(
                                    "text/plain",
                                    "x",
                                    "application/json;charset=utf-16",
                                    "application/x-www-form-urlencoded",
                                    "multipart/form-data;boundary=x"))
                            : "application/json");
        }
        headers.put(
                "Prefer", any(List.of("wait=0", "wait=1", "wait=99999999999", "wait=-1", "respond-async", "wait=\"")));
        headers.put("traceparent", odd(hostility) ? any(List.of("x", "00-0-0-0", "00-" + "0".repeat(32))) : TRACE);
        return headers;
    }

    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private @Nullable String body(Operation operation, int hostility) {
        if (!operation.hasBody()) {
            // Some clients send one all the same.
            return odd(hostility) ? letters(bytes(any(BODIES))) : null;
        }
        if (hostility == 2 && random.nextBoolean()) {
            return letters(bytes(any(BODIES)));
        }
        JsonNode schema = operation
                .node()
                .path("requestBody")
                .path("content")
                .path("application/json")
                .path("schema");
        byte[] body = bytes(node("", schema, hostility).toString());
        if (hostility == 2) {
            for (int i = 1 + random.nextInt(3); i > 0; i--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
        }
        return letters(body);
    }

    private JsonNode node(String name, JsonNode schema, int hostility) {
        if (schema.has("$ref")) {
            return node(name, document.resolved(schema), hostility);
        }
        if (odd(hostility) && !name.isEmpty()) {
            return oddNode();
        }
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        String types = schema.path("type").toString();
        if (types.contains("object")) {
            ObjectNode object = nodes.objectNode();
            List<String> required = schema.path("required")
                    .valueStream()
                    .map(JsonNode::asString)
                    .toList();
            schema.path("properties").properties().forEach(property -> {
                if (required.contains(property.getKey()) ? !odd(hostility) : random.nextInt(3) > 0) {
                    object.set(property.getKey(), node(property.getKey(), property.getValue(), hostility));
                }
            });
            return odd(hostility) ? object.put("extra", 1) : object;
        }
        if (types.contains("array")) {
            var array = nodes.arrayNode();
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                array.add(node(name, schema.path("items"), hostility));
            }
            return array;
        }
        if (types.contains("boolean")) {
            return nodes.booleanNode(random.nextBoolean());
        }
        String value = value(name, schema);
        return types.contains("integer") ? nodes.numberNode(Long.parseLong(value)) : nodes.stringNode(value);
    }

    private JsonNode oddNode() {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        return switch (random.nextInt(6)) {
            case 0 -> nodes.nullNode();
            case 1 -> nodes.numberNode(any(List.of(0L, -1L, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE)));
            case 2 -> nodes.numberNode(random.nextDouble());
            case 3 -> nodes.arrayNode().add(1);
            case 4 -> nodes.objectNode().put("0", any(List.of(-1L, 0L, Long.MAX_VALUE)));
            default -> nodes.stringNode(any(HOSTILE));
        };
    }

    /** One that earlier answers had, or one as the schema wants it. */
    private String value(String name, JsonNode schema) {
        List<String> known = seen.getOrDefault(name, List.of());
        if (!known.isEmpty() && random.nextInt(8) > 0) {
            return any(known);
        }
        if (schema.has("enum")) {
            return any(schema.path("enum").valueStream().map(JsonNode::asString).toList());
        }
        if (schema.path("type").toString().contains("integer")) {
            long most = Math.min(schema.path("maximum").longValue(1_000), 1_000);
            return String.valueOf(schema.path("minimum").longValue(0) + random.nextLong(most));
        }
        if (schema.path("format").stringValue("").equals("date-time")) {
            return Instant.EPOCH.plus(random.nextInt(20_000), ChronoUnit.DAYS).toString();
        }
        return schema.path("type").toString().contains("boolean")
                ? "true"
                : any(List.of("Nguyễn", "an", "d", "earliest", "5433"));
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static String letters(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static String shown(Made made) {
        byte[] bytes = made.bytes();
        String body = bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
        return made.operation() + " as " + made.target() + " " + made.headers() + " "
                + body.substring(0, Math.min(300, body.length()));
    }
}
