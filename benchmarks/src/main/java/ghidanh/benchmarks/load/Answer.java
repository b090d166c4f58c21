package ghidanh.benchmarks.load;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * As much of an HTTP answer as the clients look at.
 *
 * @param regId the shard's number of the registration; 0 where there is none
 * @param closes whether the service closes the connection after it, as Tomcat does after each 503
 */
record Answer(int status, long regId, boolean hasRetryAfter, boolean closes) {

    private static final byte[] END_OF_HEAD = bytes("\r\n\r\n");
    private static final byte[] LAST_CHUNK = bytes("\r\n0\r\n\r\n");
    private static final byte[] LENGTH = bytes("\r\nContent-Length: ");
    private static final byte[] RETRY_AFTER = bytes("\r\nRetry-After: ");
    private static final byte[] CLOSE = bytes("\r\nConnection: close\r\n");

    /** Reads an answer; null if it is not complete. */
    static @Nullable Answer read(byte[] bytes, int length, byte[] regIdAfter) {
        int endOfHead = find(END_OF_HEAD, bytes, 0, length);
        if (endOfHead < 0) {
            return null;
        }
        int bodyAt = endOfHead + END_OF_HEAD.length;
        int lengthAt = find(LENGTH, bytes, 0, bodyAt);
        boolean complete = lengthAt < 0
                ? find(LAST_CHUNK, bytes, endOfHead, length) >= 0
                : length >= bodyAt + number(bytes, lengthAt + LENGTH.length);
        if (!complete) {
            return null;
        }
        int status = (int) number(bytes, "HTTP/1.1 ".length());
        int idAt = status >= 300 ? -1 : find(regIdAfter, bytes, 0, bodyAt);
        boolean retryAfter = status == Answers.BUSY && find(RETRY_AFTER, bytes, 0, bodyAt) >= 0;
        boolean closes = find(CLOSE, bytes, 0, bodyAt) >= 0;
        return new Answer(status, idAt < 0 ? 0 : number(bytes, idAt + regIdAfter.length), retryAfter, closes);
    }

    private static int find(byte[] wanted, byte[] bytes, int from, int to) {
        for (int at = from; at <= to - wanted.length; at++) {
            int same = 0;
            while (same < wanted.length && bytes[at + same] == wanted[same]) {
                same++;
            }
            if (same == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    private static long number(byte[] bytes, int at) {
        long number = 0;
        for (int i = at; bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            number = number * 10 + bytes[i] - '0';
        }
        return number;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
