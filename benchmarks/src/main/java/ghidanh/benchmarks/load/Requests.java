package ghidanh.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/** Registrations as they go over the wire: a template, or one for each student, with two numbers written in. */
public final class Requests {

    private static final int DIGITS = 6;
    private static final String BLANK = " ".repeat(DIGITS);
    private static final String BETWEEN = ",\"secNo\":";
    private static final String END = "}";

    private final byte[][] templates;

    private Requests(byte[][] templates) {
        this.templates = templates;
    }

    /** Of nobody in particular. */
    public static Requests open(String shard) {
        return new Requests(new byte[][] {template(shard, "")});
    }

    /** Each student sends their own token. */
    public static Requests signed(String shard, StudentTokens tokens) {
        return new Requests(IntStream.rangeClosed(1, StudentTokens.STUDENTS)
                .mapToObj(stno -> template(shard, "Authorization: Bearer " + tokens.of(stno) + "\r\n"))
                .toArray(byte[][]::new));
    }

    private static byte[] template(String shard, String header) {
        String body = "{\"shard\":\"" + shard + "\",\"stno\":" + BLANK + BETWEEN + BLANK + END;
        String request = "POST /api/registrations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + header + "Content-Length: " + body.length() + "\r\n\r\n" + body;
        return request.getBytes(US_ASCII);
    }

    /** Makes a buffer hold one request, ready to be sent. */
    void write(Pairs.Pair pair, ByteBuffer out) {
        byte[] template = templates.length == 1 ? templates[0] : templates[pair.stno() - 1];
        out.clear();
        out.put(template);
        out.flip();
        int secNoEnd = template.length - END.length();
        number(out, secNoEnd, pair.secNo());
        number(out, secNoEnd - DIGITS - BETWEEN.length(), pair.stno());
    }

    /** Writes a number so that its last digit ends the blank; JSON minds no spaces before it. */
    private static void number(ByteBuffer out, int end, int value) {
        int left = value;
        for (int i = end - 1; i >= end - DIGITS; i--) {
            out.put(i, (byte) (left == 0 ? ' ' : '0' + left % 10));
            left /= 10;
        }
    }
}
