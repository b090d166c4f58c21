package ghidanh.benchmarks.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;

/** A token of an hour for each of the first thousand students of a shard, and the key that they are checked with. */
public final class StudentTokens {

    /** As many as {@link Pairs#thousand} has students. */
    public static final int STUDENTS = 1_000;

    private static final Duration VALID = Duration.ofHours(1);

    private final KeyPair keys;
    private final List<String> tokens = new ArrayList<>();

    public StudentTokens(String shard) throws GeneralSecurityException, JOSEException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        var signer = new RSASSASigner(keys.getPrivate());
        Date end = Date.from(Instant.now().plus(VALID));
        for (int stno = 1; stno <= STUDENTS; stno++) {
            var claims = new JWTClaimsSet.Builder()
                    .subject("student " + stno)
                    .claim("role", "STUDENT")
                    .claim("shard", shard)
                    .claim("stno", stno)
                    .expirationTime(end)
                    .build();
            var token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
            token.sign(signer);
            tokens.add(token.serialize());
        }
    }

    public String of(int stno) {
        return tokens.get(stno - 1);
    }

    /** Puts the public key into a new file there, as PEM. */
    public Path publicKey(Path directory) throws IOException {
        Files.createDirectories(directory);
        String key = Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded());
        return Files.writeString(
                directory.resolve("students.pem"),
                "-----BEGIN PUBLIC KEY-----\n" + key + "\n-----END PUBLIC KEY-----\n",
                US_ASCII);
    }
}
