package ghidanh.embedded;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The jars of the broker's process: Kafka's part of our own class path, and {@link BrokerMain} in a jar of its own.
 *
 * <p>Only jars, since a class folder anywhere on the class path keeps the JVM from archiving classes.
 */
record BrokerClassPath(List<Path> jars) {

    // Jackson 3, which is not Kafka's, has the same jar names as Jackson 2.
    private static final Pattern NEEDED = Pattern.compile("(kafka|scala|slf4j-api|logback|log4j-api|lz4|snappy|zstd"
            + "|metrics-core|jose4j|jopt-simple|argparse4j|caffeine|pcollections|HdrHistogram|hash4j|re2j|snakeyaml"
            + "|commons-validator|commons-beanutils|commons-logging|commons-collections|commons-digester)[-_.].*"
            + "|jackson-[a-z0-9-]+-2[.].*");

    // A class archive remembers the times of its jars: one that is made anew must not make the archive void.
    private static final FileTime SAME_TIME = FileTime.from(Instant.parse("2000-01-01T00:00:00Z"));

    /** Collects the jars, writing the one of {@link BrokerMain} into the cache if it is not there. */
    static BrokerClassPath in(Path cache) throws IOException {
        var jars = new ArrayList<Path>();
        jars.add(ownJar(cache));
        // Every jar has a manifest, whichever way the class path was given: option, argument file or manifest entry.
        var manifests = BrokerClassPath.class.getClassLoader().getResources("META-INF/MANIFEST.MF");
        for (var manifest : Collections.list(manifests)) {
            if ("jar".equals(manifest.getProtocol())) {
                var jar = jarOf(manifest);
                if (NEEDED.matcher(jar.getFileName().toString()).matches()) {
                    jars.add(jar);
                }
            }
        }
        if (jars.stream().noneMatch(jar -> jar.getFileName().toString().startsWith("kafka_"))) {
            throw new StartFailedException("The class path has no kafka_2.13 jar as a file of its own");
        }
        // In one order, so that programs with different class paths share an archive.
        jars.sort(Comparator.comparing(Path::toString));
        return new BrokerClassPath(jars);
    }

    private static Path jarOf(URL manifest) throws IOException {
        var file = manifest.getPath().substring(0, manifest.getPath().indexOf("!/"));
        try {
            return Path.of(new URI(file));
        } catch (URISyntaxException e) {
            throw new IOException("Not a jar's address: " + manifest, e);
        }
    }

    private static Path ownJar(Path cache) throws IOException {
        var name = BrokerMain.class.getName().replace('.', '/') + ".class";
        byte[] code;
        try (var in = BrokerMain.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IOException("The class path has no " + name);
            }
            code = in.readAllBytes();
        }
        var jar = cache.resolve("broker-" + hash(code) + ".jar");
        if (!Files.exists(jar)) {
            Files.createDirectories(cache);
            var partial = Files.createTempFile(cache, ".broker-", ".jar");
            try {
                Files.write(partial, jarWith(name, code));
                Files.setLastModifiedTime(partial, SAME_TIME);
                Trees.moveUnlessPresent(partial, jar);
            } finally {
                Files.deleteIfExists(partial);
            }
        }
        return jar;
    }

    private static byte[] jarWith(String name, byte[] code) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var jar = new JarOutputStream(bytes)) {
            var entry = new JarEntry(name);
            entry.setLastModifiedTime(SAME_TIME);
            jar.putNextEntry(entry);
            jar.write(code);
        }
        return bytes.toByteArray();
    }

    /** Changes whenever an archive of these jars' classes would no longer fit. */
    String fingerprint() throws IOException {
        var description = new StringBuilder(System.getProperty("java.vm.name"))
                .append(System.getProperty("java.vm.version"))
                .append(System.getProperty("java.home"));
        for (var jar : jars) {
            description.append(jar).append(Files.size(jar)).append(Files.getLastModifiedTime(jar));
        }
        return hash(description.toString().getBytes(StandardCharsets.UTF_8));
    }

    String option() {
        return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static String hash(byte[] content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }
}
