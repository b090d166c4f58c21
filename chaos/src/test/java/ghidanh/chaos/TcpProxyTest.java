package ghidanh.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

    private static final InetAddress HOST = InetAddress.getLoopbackAddress();

    private final ServerSocket server = new ServerSocket(0, 10, HOST);
    private final TcpProxy proxy = new TcpProxy(0, server.getLocalPort());
    private final Socket client = connect();
    private final Socket served = server.accept();

    TcpProxyTest() throws IOException {}

    private Socket connect() throws IOException {
        var socket = new Socket(HOST, proxy.port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        proxy.close();
        server.close();
    }

    @Test
    void bytes_pass_both_ways_and_an_end_is_passed_on() throws IOException {
        client.getOutputStream().write(17);
        assertThat(served.getInputStream().read()).isEqualTo(17);
        served.getOutputStream().write(18);
        assertThat(client.getInputStream().read()).isEqualTo(18);

        client.close();
        assertThat(served.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void a_cut_link_resets_what_there_is_and_what_comes_until_it_is_healed() throws IOException {
        proxy.cut();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        try (var refused = connect()) {
            assertThatThrownBy(() -> refused.getInputStream().read()).isInstanceOf(SocketException.class);
        }

        proxy.heal();
        try (var again = connect();
                var accepted = server.accept()) {
            again.getOutputStream().write(19);
            assertThat(accepted.getInputStream().read()).isEqualTo(19);
        }
    }

    @Test
    void a_stalled_link_keeps_what_was_sent_until_it_is_healed() throws IOException {
        proxy.stall();
        served.setSoTimeout(200);
        client.getOutputStream().write(20);
        assertThatThrownBy(() -> served.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);

        proxy.heal();
        served.setSoTimeout(5_000);
        assertThat(served.getInputStream().read()).isEqualTo(20);
    }

    @Test
    void a_slow_link_is_late_by_its_delay() throws IOException {
        proxy.delay(Duration.ofMillis(300));
        long begin = System.nanoTime();
        client.getOutputStream().write(21);

        assertThat(served.getInputStream().read()).isEqualTo(21);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }
}
