package ghidanh.provider;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;

/** A university's single sign-on: an OpenID provider with one person, a student, and one program, a registrar's. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration(exclude = {DataSourceAutoConfiguration.class, KafkaAutoConfiguration.class})
public class SignOnProvider {

    public static final String USER = "mai";
    public static final String PASSWORD = "of Mai";

    public static ConfigurableApplicationContext start(int port, String redirectUri, int stno) {
        String client = "--spring.security.oauth2.authorizationserver.client.ghidanh.";
        return new SpringApplicationBuilder(SignOnProvider.class)
                .properties("spring.config.name=none", "test.stno=" + stno)
                .run(
                        "--server.port=" + port,
                        "--server.servlet.session.cookie.name=PROVIDER",
                        "--management.server.port=-1",
                        "--spring.security.user.name=" + USER,
                        "--spring.security.user.password=" + PASSWORD,
                        "--spring.security.oauth2.authorizationserver.issuer=http://127.0.0.1:" + port,
                        client + "registration.client-id=ghidanh",
                        client + "registration.client-secret={noop}of the client",
                        client + "registration.client-authentication-methods=client_secret_basic",
                        client + "registration.authorization-grant-types=authorization_code,client_credentials",
                        client + "registration.redirect-uris=" + redirectUri,
                        client + "registration.scopes=openid,profile");
    }

    @Bean
    OAuth2TokenCustomizer<JwtEncodingContext> claims(org.springframework.core.env.Environment environment) {
        int stno = environment.getRequiredProperty("test.stno", Integer.class);
        return context -> {
            Authentication who = requireNonNull(context.getPrincipal());
            Map<String, Object> claims = who.getName().equals(USER)
                    ? Map.of("ghidanh_role", "student", "shard", "5433", "stno", stno)
                    : Map.of("ghidanh_role", "registrar", "universities", "1-999999999");
            context.getClaims().claims(all -> all.putAll(claims));
        };
    }
}
