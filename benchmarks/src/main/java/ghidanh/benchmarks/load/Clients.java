package ghidanh.benchmarks.load;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Clients with a keep-alive connection each, all on the calling thread: they share the processors with what they measure.
 * Of an answer only status, length, place and reg_id are read.
 */
public final class Clients implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int LONGEST = 4096;

    private final Requests requests;
    private final byte[] regIdAfter;
    private final Selector selector = Selector.open();
    private final List<Client> clients = new ArrayList<>();

    /** What one connection is at. */
    private static final class Client {
        private final InetSocketAddress service;
        private final ByteBuffer out = ByteBuffer.allocate(LONGEST);
        private final ByteBuffer in = ByteBuffer.allocate(LONGEST);
        private SocketChannel channel;
        private int place = -1;
        private long since;

        Client(InetSocketAddress service, SocketChannel channel) {
            this.service = service;
            this.channel = channel;
        }

        boolean isWaiting() {
            return place >= 0;
        }
    }

    /** Opens the connections, taking turns between the ports of the service's instances. */
    public Clients(String shard, int connections, int... ports) throws IOException {
        this(Requests.open(shard), shard, connections, ports);
    }

    public Clients(Requests requests, String shard, int connections, int... ports) throws IOException {
        this.requests = requests;
        this.regIdAfter = ("/api/registrations/" + shard + "-").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < connections; i++) {
            var service = new InetSocketAddress("127.0.0.1", ports[i % ports.length]);
            var client = new Client(service, SocketChannel.open(service));
            register(client, SelectionKey.OP_READ);
            clients.add(client);
        }
    }

    private void register(Client client, int operation) throws IOException {
        client.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        client.channel.configureBlocking(false);
        client.channel.register(selector, operation, client);
    }

    /** Everybody sends the next request as soon as the answer to the last one is there. */
    public Answers rush(Pairs pairs, Duration duration) throws IOException {
        return new Run(pairs, duration, 0).go();
    }

    /**
     * Requests come at their times, each millisecond its share, whether or not earlier ones were answered; how long an
     * answer takes counts from that time, also where all connections were busy.
     */
    public Answers steady(Pairs pairs, Duration duration, double perSecond) throws IOException {
        return new Run(pairs, duration, perSecond).go();
    }

    @Override
    public void close() throws IOException {
        for (Client client : clients) {
            client.channel.close();
        }
        selector.close();
    }

    private final class Run {
        private final Pairs pairs;
        private final long begin = System.nanoTime();
        private final long end;
        private final double perSecond;
        private final Answers answers = new Answers();
        private final Deque<Client> idle = new ArrayDeque<>();
        private final long beginMicros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        private int next;
        private int waiting;

        Run(Pairs pairs, Duration duration, double perSecond) {
            this.pairs = pairs;
            this.end = begin + duration.toNanos();
            this.perSecond = perSecond;
        }

        private boolean isClosedLoop() {
            return perSecond == 0;
        }

        Answers go() throws IOException {
            for (Client client : clients) {
                if (client.channel.isConnected()) {
                    idle.add(client);
                }
            }
            long now = System.nanoTime();
            while (now < end) {
                sendDue(now);
                select(isClosedLoop() ? 100 : 1);
                now = System.nanoTime();
            }
            answers.ended(begin, System.nanoTime());
            long patience = System.nanoTime() + PATIENCE.toNanos();
            while (waiting > 0 && System.nanoTime() < patience) {
                select(100);
            }
            clients.stream().filter(Client::isWaiting).forEach(this::lose);
            return answers;
        }

        private void sendDue(long now) {
            if (isClosedLoop()) {
                while (!idle.isEmpty()) {
                    send(idle.remove(), System.nanoTime());
                }
                return;
            }
            long millis = (now - begin) / 1_000_000;
            long due = (long) (millis * perSecond / 1000);
            while (next < due && !idle.isEmpty()) {
                send(idle.remove(), begin + (long) (Math.ceil((next + 1) * 1000 / perSecond) * 1e6));
            }
        }

        private void send(Client client, long since) {
            client.place = next++;
            client.since = since;
            requests.write(pairs.at(client.place), client.out);
            waiting++;
            try {
                client.channel.write(client.out);
                if (client.out.hasRemaining()) {
                    throw new IOException("a request of " + client.out.limit() + " bytes does not fit the socket");
                }
            } catch (IOException e) {
                lose(client);
            }
        }

        private void select(long millis) throws IOException {
            selector.select(
                    key -> {
                        if (key.attachment() instanceof Client client) {
                            if (key.isConnectable()) {
                                connected(client, key);
                            } else {
                                read(client);
                            }
                        }
                    },
                    millis);
        }

        private void read(Client client) {
            try {
                if (client.channel.read(client.in) < 0) {
                    throw new EOFException("closed by the service");
                }
            } catch (IOException e) {
                lose(client);
                return;
            }
            Answer answer = Answer.read(client.in.array(), client.in.position(), regIdAfter);
            if (answer == null) {
                return;
            }
            client.in.clear();
            long now = System.nanoTime();
            long received = beginMicros + (now - begin) / 1000;
            answers.add(client.place, answer.status(), now - client.since, received, answer.regId());
            if (answer.status() == Answers.BUSY && !answer.hasRetryAfter()) {
                answers.withoutRetryAfter();
            }
            client.place = -1;
            waiting--;
            if (answer.closes()) {
                reconnect(client);
            } else {
                next(client, now);
            }
        }

        private void next(Client client, long now) {
            if (isClosedLoop() && now < end) {
                send(client, now);
            } else {
                idle.add(client);
            }
        }

        private void reconnect(Client client) {
            try {
                client.channel.close();
                client.channel = SocketChannel.open();
                register(client, SelectionKey.OP_CONNECT);
                client.channel.connect(client.service);
            } catch (IOException e) {
                lose(client);
            }
        }

        private void connected(Client client, SelectionKey key) {
            try {
                client.channel.finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                next(client, System.nanoTime());
            } catch (IOException e) {
                lose(client);
            }
        }

        /** Counts what was not answered, or not even asked as nobody listened. */
        private void lose(Client client) {
            answers.lost();
            if (client.isWaiting()) {
                waiting--;
                client.place = -1;
            }
            try {
                client.channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
