package ghidanh.servers;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;

/** Lets a thread of a service die of an {@code Error}, at its next word to a database. */
public final class DeadlySockets extends SocketFactory {

    /** What the threads die of. */
    public static final String MESSAGE = "killed by a test";

    private static final Set<String> CONDEMNED = ConcurrentHashMap.newKeySet();

    /** Where a service finds the same database, to be killed there. */
    public static String url(String jdbcUrl) {
        return jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "socketFactory=" + DeadlySockets.class.getName();
    }

    /** Kills one thread, of those whose names begin like this. */
    public static void kill(String thread) {
        CONDEMNED.add(thread);
    }

    /** Whether nobody waits for death. */
    public static boolean done() {
        return CONDEMNED.isEmpty();
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public OutputStream getOutputStream() throws IOException {
                return new FilterOutputStream(super.getOutputStream()) {
                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        String thread = Thread.currentThread().getName();
                        if (!isValidation() && CONDEMNED.removeIf(thread::startsWith)) {
                            // Half a message may have been sent: nobody must take this connection for a good one.
                            close();
                            throw new Error(MESSAGE);
                        }
                        out.write(bytes, offset, length);
                    }
                };
            }
        };
    }

    /** Of a pool, which would swallow the error and take another connection. */
    private static boolean isValidation() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals("isValid")));
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }
}
