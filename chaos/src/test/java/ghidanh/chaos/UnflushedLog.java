package ghidanh.chaos;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a broker wrote since a moment at which all was on the disk: Kafka leaves that to the operating system, so that a loss of
 * power takes it away. The broker's own metadata it does flush.
 *
 * @param flushed the length of each partition's segments at that moment
 */
record UnflushedLog(Map<Path, Long> flushed) {

    /** @param data of a broker */
    static UnflushedLog since(Path data) throws IOException {
        Shell.run("sync", "--file-system", data.toString());
        try (Stream<Path> files = Files.walk(data, 2)) {
            return new UnflushedLog(files.filter(UnflushedLog::isSegment)
                    .collect(
                            Collectors.toMap(file -> file, file -> file.toFile().length())));
        }
    }

    private static boolean isSegment(Path file) {
        return file.toString().endsWith(".log") && !file.toString().contains("__cluster_metadata");
    }

    /** Takes it away; the broker is not running. Returns how many bytes. */
    long lose() throws IOException {
        long bytes = 0;
        for (var segment : flushed.entrySet()) {
            if (Files.exists(segment.getKey())) {
                try (var channel = FileChannel.open(segment.getKey(), StandardOpenOption.WRITE)) {
                    bytes += Math.max(0, channel.size() - segment.getValue());
                    channel.truncate(segment.getValue());
                }
            }
        }
        return bytes;
    }
}
