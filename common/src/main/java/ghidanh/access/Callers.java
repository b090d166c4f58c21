package ghidanh.access;

import ghidanh.shard.UniversityRange;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;

/** Tells who the caller is, however they signed in. */
class Callers implements Converter<Jwt, AbstractAuthenticationToken> {

    private final AccessSettings.Claims claims;

    Callers(AccessSettings settings) {
        this.claims = settings.claims();
    }

    /** A caller whom a token, or an open door, has let in. */
    static final class SignedIn extends AbstractAuthenticationToken {

        private static final long serialVersionUID = 1;

        private final transient Caller caller;

        SignedIn(Caller caller) {
            super(List.of());
            this.caller = caller;
            setAuthenticated(true);
        }

        @Override
        public Caller getPrincipal() {
            return caller;
        }

        @Override
        public String getCredentials() {
            return "";
        }
    }

    @Override
    public SignedIn convert(Jwt token) {
        try {
            return new SignedIn(caller(token.getSubject(), token.getClaims()));
        } catch (IllegalArgumentException e) {
            throw new InvalidBearerTokenException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Null for those who have not signed in, or whose sign-on names no role of ours. */
    @Nullable Caller of(@Nullable Authentication authentication) {
        Object principal =
                authentication == null || !authentication.isAuthenticated() ? null : authentication.getPrincipal();
        if (principal instanceof Caller caller) {
            return caller;
        }
        if (principal instanceof AccountUser user) {
            return user.caller();
        }
        return principal instanceof OidcUser user ? caller(user.getName(), user.getClaims()) : null;
    }

    private Caller caller(@Nullable String subject, Map<String, Object> values) {
        Object shard = values.get(claims.shard());
        Object stno = values.get(claims.stno());
        return new Caller(
                Objects.requireNonNullElse(subject, "a token without a subject"),
                roles(values.get(claims.role())),
                shard == null ? null : shard.toString(),
                stno == null ? null : Integer.valueOf(stno.toString()),
                texts(values.get(claims.universities())).stream()
                        .map(UniversityRange::valueOf)
                        .toList());
    }

    private static Set<UserRole> roles(@Nullable Object claim) {
        Set<UserRole> roles = EnumSet.noneOf(UserRole.class);
        List<String> names =
                texts(claim).stream().map(name -> name.toUpperCase(Locale.ROOT)).toList();
        for (UserRole role : UserRole.values()) {
            if (names.contains(role.name())) {
                roles.add(role);
            }
        }
        return roles;
    }

    private static List<String> texts(@Nullable Object claim) {
        if (claim instanceof Collection<?> many) {
            return many.stream().map(String::valueOf).toList();
        }
        return claim == null ? List.of() : Arrays.asList(claim.toString().split("[ ,]+"));
    }
}
