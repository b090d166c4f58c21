package ghidanh.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.time.Duration;
import java.time.Instant;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;

/** Checks a token's signature once in a minute: it takes longer than all else that is done to let a request in. */
final class CachedTokens implements JwtDecoder {

    private static final int MOST = 10_000;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final JwtDecoder decoder;
    private final Cache<String, Jwt> tokens = Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfter(Expiry.creating((String text, Jwt token) -> left(token)))
            .build();

    CachedTokens(JwtDecoder decoder) {
        this.decoder = decoder;
    }

    private static Duration left(Jwt token) {
        Instant end = token.getExpiresAt();
        Duration left = end == null ? LONGEST : Duration.between(Instant.now(), end);
        return left.compareTo(LONGEST) < 0 ? left : LONGEST;
    }

    @Override
    public Jwt decode(String text) {
        return tokens.get(text, decoder::decode);
    }
}
