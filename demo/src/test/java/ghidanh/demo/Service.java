package ghidanh.demo;

import ghidanh.registration.RegistrationServiceApplication;
import ghidanh.servers.TestServers;
import ghidanh.sync.SyncConsumerApplication;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.Banner;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One of the two services, running on a test's servers and spoken to over HTTP. */
final class Service implements AutoCloseable {

    static final String ROLE_PASSWORD = "of a role";

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final ConfigurableApplicationContext context;
    private final String address;
    private final String management;

    private Service(ConfigurableApplicationContext context) {
        this.context = context;
        this.address = address("local.server.port");
        this.management = address("local.management.port");
    }

    private String address(String port) {
        return "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty(port) + "/";
    }

    /** An answer; the body is a missing node where there is none. */
    record Answer(int status, JsonNode body) {}

    /** @param settings as on the command line; they win over the addresses of master, Kafka and the two usual shards */
    static Service registration(TestServers stack, String... settings) {
        return start(RegistrationServiceApplication.application(), stack, settings);
    }

    /** As {@link #registration}. */
    static Service sync(TestServers stack, String... settings) {
        return start(SyncConsumerApplication.application(), stack, settings);
    }

    private static Service start(SpringApplicationBuilder application, TestServers stack, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--server.address=127.0.0.1",
                "--spring.kafka.bootstrap-servers=" + stack.kafka().bootstrapServers(),
                "--ghidanh.master.url=" + stack.master().jdbcUrl(TestServers.DATABASE),
                "--ghidanh.master.password=" + stack.master().password(),
                "--ghidanh.master.roles.app=" + ROLE_PASSWORD,
                "--ghidanh.master.roles.sync=" + ROLE_PASSWORD,
                "--logging.threshold.console=warn"));
        arguments.addAll(address(stack, "5433"));
        arguments.addAll(address(stack, "5434"));
        // Of two arguments for one setting Spring would take both, as a list.
        List.of(settings)
                .forEach(setting -> arguments.removeIf(
                        argument -> argument.startsWith(setting.substring(0, setting.indexOf('=') + 1))));
        arguments.addAll(List.of(settings));
        return new Service(application
                .bannerMode(Banner.Mode.OFF)
                .registerShutdownHook(false)
                .run(arguments.toArray(String[]::new)));
    }

    /** The settings of where a shard is. */
    static List<String> address(TestServers stack, String shard) {
        return List.of(
                "--ghidanh.shards." + shard + ".url=" + stack.shard(shard).jdbcUrl(TestServers.DATABASE),
                "--ghidanh.shards." + shard + ".password=" + stack.shard(shard).password(),
                "--ghidanh.shards." + shard + ".fdw-host=" + stack.shard(shard).fdwHost(),
                "--ghidanh.shards." + shard + ".fdw-port=" + stack.shard(shard).fdwPort(),
                "--ghidanh.shards." + shard + ".roles.web=" + ROLE_PASSWORD,
                "--ghidanh.shards." + shard + ".roles.relay=" + ROLE_PASSWORD,
                "--ghidanh.shards." + shard + ".roles.observer=" + ROLE_PASSWORD,
                "--ghidanh.shards." + shard + ".roles.fdw=" + ROLE_PASSWORD);
    }

    /** Without an end. */
    String url() {
        return address.substring(0, address.length() - 1);
    }

    int port() {
        return URI.create(address).getPort();
    }

    JsonNode get(String path) {
        return send(request(path).build()).body();
    }

    Answer register(String json) {
        return send(request("api/registrations")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create((path.startsWith("actuator") ? management : address) + path))
                .timeout(Duration.ofSeconds(60));
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
    }
}
