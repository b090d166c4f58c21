package ghidanh.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void a_free_port_is_taken_as_wanted() {
        int port = Ports.free();

        assertThat(Ports.preferredOrNext(port)).isEqualTo(port);
    }

    @Test
    void a_taken_port_gives_way_to_the_next_free_one() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();

            assertThat(Ports.preferredOrNext(port)).isGreaterThan(port);
            assertThat(Ports.preferredOrNext(port, Set.of(port + 1))).isGreaterThan(port + 1);
        }
    }

    @Test
    void a_server_on_all_addresses_takes_its_port() throws IOException {
        try (var taken = new ServerSocket(0)) {
            assertThat(Ports.preferredOrNext(taken.getLocalPort())).isGreaterThan(taken.getLocalPort());
        }
    }

    @Test
    void random_ports_differ_and_stay_clear_of_outgoing_connections() {
        var ports = IntStream.range(0, 50).map(i -> Ports.free()).boxed().toList();

        assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port < 32_768);
    }

    @Test
    void a_shard_whose_name_is_a_port_prefers_it_and_nobody_takes_anothers_usual_port() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var name = Integer.toString(taken.getLocalPort());
            var next = Integer.toString(taken.getLocalPort() + 1);

            var ports = StackPorts.usual(List.of(name, next)).shards();

            assertThat(ports.get(name)).isGreaterThan(taken.getLocalPort() + 1);
            assertThat(ports.get(next)).isGreaterThanOrEqualTo(taken.getLocalPort() + 1);
            assertThat(Set.copyOf(ports.values())).hasSize(2);
        }
    }
}
