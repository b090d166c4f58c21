package ghidanh.access;

import ghidanh.access.AccessSettings.Mode;
import ghidanh.web.Problem;
import ghidanh.web.ProblemCode;
import ghidanh.web.WrittenProblem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.AuthorizeHttpRequestsConfigurer;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.firewall.HttpFirewall;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;

/**
 * For both services to import. Whoever sends credentials with a request, a token or an account's, is asked with each and has no
 * session; others are browsers, which sign in once and prove with each change that it is their own page which makes it.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(AccessSettings.class)
@Import({Allowances.class, CallerController.class, LoginPage.class, Callers.class, HandlerAccess.class})
public class AccessConfiguration {

    private static final String[] FOR_ALL = {
        LoginPage.PATH, "/*.css", "/*.js", "/icon.svg", "/api/docs", "/error", "/actuator/health", "/actuator/health/**"
    };
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Set<String> OWN_PAGE = Set.of("same-origin", "none");
    private static final Set<String> CHANGE_NOTHING =
            Set.of(HttpMethod.GET.name(), HttpMethod.HEAD.name(), HttpMethod.OPTIONS.name());

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class);
    }

    private final AccessSettings settings;
    private final Callers callers;
    private final AccessProblems problems;
    private final boolean takesTokens;

    AccessConfiguration(
            AccessSettings settings,
            Callers callers,
            ObjectProvider<OAuth2ResourceServerProperties> tokens,
            ObjectProvider<ClientRegistrationRepository> signOns) {
        this.settings = settings;
        this.callers = callers;
        this.problems = new AccessProblems(callers);
        this.takesTokens = tokens.stream()
                .map(OAuth2ResourceServerProperties::getJwt)
                .anyMatch(jwt ->
                        jwt.getIssuerUri() != null || jwt.getJwkSetUri() != null || jwt.getPublicKeyLocation() != null);
        if (settings.mode() != Mode.OPEN
                && settings.accounts().isEmpty()
                && !takesTokens
                && signOns.stream().findAny().isEmpty()) {
            throw new InvalidAccessException(
                    "Nobody could sign in: set ghidanh.access.accounts.<name>.password and .role, or"
                            + " spring.security.oauth2.resourceserver.jwt.issuer-uri, or"
                            + " spring.security.oauth2.client.registration.<name>"
                            + " (ghidanh.access.mode=open asks nobody, on loopback addresses only).");
        }
    }

    /** Other names in the address of a request are how a page elsewhere would reach a service on a private address. */
    @Bean
    HttpFirewall httpFirewall() {
        var firewall = new StrictHttpFirewall();
        // Parameters of a path segment make no difference to who may do what.
        firewall.setAllowSemicolon(true);
        // Looked at late, by whoever asks for one, who then fails; what is taken is checked where it is used.
        firewall.setAllowedParameterNames(name -> true);
        firewall.setAllowedParameterValues(value -> true);
        firewall.setAllowedHeaderNames(name -> true);
        firewall.setAllowedHeaderValues(value -> true);
        if (!settings.hosts().isEmpty() || settings.mode() != Mode.CLOSED) {
            firewall.setAllowedHostnames(
                    name -> LOOPBACK.contains(name) || settings.hosts().contains(name));
        }
        return firewall;
    }

    /** None: a span and timers for each filter of each request were a quarter of the service's processor time. */
    @Bean
    SecurityObservationSettings observations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    RequestRejectedHandler rejections() {
        var refusal = new WrittenProblem(Problem.of(
                ProblemCode.BAD_REQUEST,
                "The address, its host or a header is not acceptable; ghidanh.access.hosts names the hosts that are."));
        return (request, response, failure) -> refusal.answer(response);
    }

    @Bean
    PasswordCheck passwordCheck() {
        Map<String, AccountUser> users = new TreeMap<>();
        settings.accounts().forEach((name, account) -> users.put(name, AccountUser.of(name, account)));
        return new PasswordCheck(name -> {
            AccountUser user = users.get(name);
            if (user == null) {
                throw new UsernameNotFoundException(name);
            }
            return user;
        });
    }

    /** In the API's document. */
    @Bean
    GlobalOperationCustomizer allowed() {
        return (operation, handler) -> {
            Allowed allowed = handler.getMethodAnnotation(Allowed.class);
            if (allowed != null) {
                operation.setDescription(
                        "For: " + Stream.of(allowed.value()).map(Enum::name).collect(Collectors.joining(", ")) + ".");
            }
            return operation;
        };
    }

    @Bean
    @Order(1)
    SecurityFilterChain programs(HttpSecurity http, ObjectProvider<JwtDecoder> tokens) {
        common(http)
                .securityMatcher(
                        request -> settings.mode() == Mode.OPEN || request.getHeader(HttpHeaders.AUTHORIZATION) != null)
                .csrf(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS));
        if (settings.mode() == Mode.OPEN) {
            http.addFilterBefore(
                    (request, response, chain) -> {
                        SecurityContextHolder.setContext(new SecurityContextImpl(new Callers.SignedIn(Caller.ANYBODY)));
                        chain.doFilter(request, response);
                    },
                    AuthorizationFilter.class);
            return http.build();
        }
        http.httpBasic(basic -> basic.authenticationEntryPoint(problems));
        if (takesTokens) {
            var cached = new CachedTokens(tokens.getObject());
            http.oauth2ResourceServer(server -> server.authenticationEntryPoint(problems)
                    .accessDeniedHandler(problems)
                    .jwt(jwt -> jwt.decoder(cached).jwtAuthenticationConverter(callers)));
        }
        return http.build();
    }

    @Bean
    @Order(2)
    SecurityFilterChain browsers(
            HttpSecurity http, LoginPage page, ObjectProvider<ClientRegistrationRepository> signOns) {
        common(http)
                .csrf(CsrfConfigurer::spa)
                .formLogin(form -> form.loginPage(LoginPage.PATH)
                        .defaultSuccessUrl("/", true)
                        .failureHandler((request, response, failure) -> {
                            if (failure instanceof TooManyGuessesException) {
                                page.askForPatience(request, response);
                            } else {
                                response.sendRedirect(LoginPage.PATH + "?error");
                            }
                        }))
                .logout(logout -> logout.logoutSuccessUrl(LoginPage.PATH + "?out"));
        if (signOns.stream().findAny().isPresent()) {
            http.oauth2Login(login -> login.loginPage(LoginPage.PATH).defaultSuccessUrl("/", true));
        }
        return http.build();
    }

    private HttpSecurity common(HttpSecurity http) {
        return http.authorizeHttpRequests(this::judge)
                .exceptionHandling(
                        failures -> failures.authenticationEntryPoint(problems).accessDeniedHandler(problems))
                .requestCache(AbstractHttpConfigurer::disable)
                .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(
                                "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"))
                        .referrerPolicy(policy -> policy.policy(ReferrerPolicy.SAME_ORIGIN)));
    }

    /** Which role may do what, {@link Allowed} says; what is not named there is for nobody. */
    private void judge(
            AuthorizeHttpRequestsConfigurer<HttpSecurity>.AuthorizationManagerRequestMatcherRegistry requests) {
        requests.dispatcherTypeMatchers(DispatcherType.ASYNC, DispatcherType.ERROR, DispatcherType.FORWARD)
                .permitAll() // was judged when it came
                .requestMatchers(AccessConfiguration::isFromElsewhere)
                .denyAll()
                .requestMatchers(FOR_ALL)
                .permitAll()
                .requestMatchers("/actuator/**")
                .access((who, request) -> new AuthorizationDecision(mayMeasure(who.get())))
                .anyRequest()
                .access((who, request) -> new AuthorizationDecision(callers.of(who.get()) != null));
    }

    private boolean mayMeasure(Authentication who) {
        Caller caller = callers.of(who);
        return caller != null && (caller.is(UserRole.METRICS) || caller.is(UserRole.OPERATOR));
    }

    /** A change that a browser says another site's page asks for. */
    private static boolean isFromElsewhere(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && !OWN_PAGE.contains(site) && !CHANGE_NOTHING.contains(request.getMethod());
    }
}
