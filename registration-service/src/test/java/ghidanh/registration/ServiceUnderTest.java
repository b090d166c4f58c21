package ghidanh.registration;

import ghidanh.registration.read.RegistrationId;
import ghidanh.servers.PostgresServer;
import ghidanh.servers.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An instance of the service on the embedded databases, spoken to over HTTP. */
public final class ServiceUnderTest implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final class Shared {
        static final ServiceUnderTest INSTANCE = start();
    }

    private final ConfigurableApplicationContext context;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String address;
    private final String management;

    private ServiceUnderTest(ConfigurableApplicationContext context) {
        this.context = context;
        this.address = address(context, "local.server.port");
        this.management = address(context, "local.management.port");
    }

    private static String address(ConfigurableApplicationContext context, String port) {
        return "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty(port);
    }

    /** The instance that tests share which leave it as they found it. */
    public static ServiceUnderTest shared() {
        return Shared.INSTANCE;
    }

    /** An instance of the test's own. */
    public static ServiceUnderTest start(String... settings) {
        return start(context -> {}, settings);
    }

    /** An instance of the test's own, with more beans. */
    public static ServiceUnderTest start(
            ApplicationContextInitializer<GenericApplicationContext> beans, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(arguments()));
        arguments.addAll(List.of("--server.port=0", "--management.server.port=0"));
        // Of two arguments for one setting Spring would take both, as a list.
        List.of(settings)
                .forEach(setting -> arguments.removeIf(
                        argument -> argument.startsWith(setting.substring(0, setting.indexOf('=') + 1))));
        arguments.addAll(List.of(settings));
        return new ServiceUnderTest(
                RegistrationServiceApplication.application().initializers(beans).run(arguments.toArray(String[]::new)));
    }

    /** What an instance is started with, in this JVM or in one of its own, but for its port. */
    public static String[] arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                // Tests of the write path count outbox rows; the relay has tests of its own.
                "--ghidanh.relay.enabled=false",
                "--spring.kafka.bootstrap-servers="
                        + TestServers.shared().kafka().bootstrapServers()));
        arguments.addAll(database("ghidanh.master", Databases.master()));
        arguments.addAll(database("ghidanh.shards.5433", Databases.shard("5433")));
        arguments.addAll(database("ghidanh.shards.5434", Databases.shard("5434")));
        for (String role : List.of("5433.roles.web", "5433.roles.relay", "5434.roles.web", "5434.roles.relay")) {
            arguments.add("--ghidanh.shards." + role + "=of a role");
        }
        return arguments.toArray(String[]::new);
    }

    private static List<String> database(String prefix, PostgresServer cluster) {
        return List.of(
                "--" + prefix + ".url=" + cluster.jdbcUrl(TestServers.DATABASE),
                "--" + prefix + ".username=" + cluster.user(),
                "--" + prefix + ".password=" + cluster.password());
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> Collection<T> beans(Class<T> type) {
        return context.getBeansOfType(type).values();
    }

    /** An answer; the body is a missing node where there is none. */
    public record Answer(int status, HttpResponse<String> http, JsonNode body) {

        public String header(String name) {
            return http.headers().firstValue(name).orElse("");
        }

        public String text(String field) {
            return body.path(field).stringValue("");
        }

        /** The shard's number of the registration that was answered. */
        public long regId() {
            return RegistrationId.parse(text("id")).orElseThrow().regId();
        }
    }

    public Answer get(String path, String... headers) {
        return send(request(path, headers).GET().build());
    }

    public CompletableFuture<Answer> getLater(String path, String... headers) {
        return sendLater(request(path, headers).GET().build());
    }

    public Answer delete(String path) {
        return send(request(path).DELETE().build());
    }

    public CompletableFuture<Answer> deleteLater(String path) {
        return sendLater(request(path).DELETE().build());
    }

    public Answer post(String path, String json) {
        return send(posting(path, json));
    }

    public CompletableFuture<Answer> postLater(String path, String json) {
        return sendLater(posting(path, json));
    }

    public Answer register(String json) {
        return post("/api/registrations", json);
    }

    public Answer register(String shard, int stno, int secNo) {
        return register(body(shard, stno, secNo));
    }

    public CompletableFuture<Answer> registerLater(String shard, int stno, int secNo) {
        return postLater("/api/registrations", body(shard, stno, secNo));
    }

    private static String body(String shard, int stno, int secNo) {
        return "{\"shard\":\"" + shard + "\",\"stno\":" + stno + ",\"secNo\":" + secNo + "}";
    }

    private HttpRequest posting(String path, String json) {
        return request(path, "Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build();
    }

    public HttpRequest.Builder request(String path, String... headers) {
        String host = path.startsWith("/actuator") ? management : address;
        var request = HttpRequest.newBuilder(URI.create(host + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    public Answer send(HttpRequest request) {
        try {
            return answer(client.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Answer> sendLater(HttpRequest request) {
        return client.sendAsync(request, BodyHandlers.ofString()).thenApply(ServiceUnderTest::answer);
    }

    private static Answer answer(HttpResponse<String> http) {
        boolean json = http.headers().firstValue("Content-Type").orElse("").contains("json");
        return new Answer(http.statusCode(), http, json ? JSON.readTree(http.body()) : JSON.missingNode());
    }

    /** From the stamps that an answer shows; the databases of a test have one clock. */
    public static long millisToSync(JsonNode registration) {
        return Duration.between(
                        Instant.parse(registration.path("createdAt").stringValue()),
                        Instant.parse(registration.path("syncedAt").stringValue()))
                .toMillis();
    }

    public static String encoded(String parameter) {
        return URLEncoder.encode(parameter, StandardCharsets.UTF_8);
    }

    public int port() {
        return URI.create(address).getPort();
    }

    /** Begins to close, and returns when it has begun. */
    public CompletableFuture<Void> closeLater() {
        var begun = new CompletableFuture<Void>();
        context.addApplicationListener(event -> {
            if (event instanceof ContextClosedEvent) {
                begun.complete(null);
            }
        });
        var closed = CompletableFuture.runAsync(context::close);
        begun.join();
        return closed;
    }

    @Override
    public void close() {
        context.close();
    }
}
