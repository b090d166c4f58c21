package ghidanh.web;

import jakarta.servlet.DispatcherType;
import java.util.EnumSet;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;

/** For both services to import; {@code ghidanh-web.yml} has the settings that belong to it. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(BodySettings.class)
@Import({
    AcceptedAnswers.class,
    ApiDocument.class,
    ProblemAdvice.class,
    ErrorPage.class,
    LaterAnswers.class,
    ServerErrors.class
})
public class WebConfiguration {

    @Bean
    FilterRegistrationBean<WholeBodies> wholeBodies(BodySettings settings) {
        var filter = new FilterRegistrationBean<>(new WholeBodies(settings));
        filter.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        filter.setAsyncSupported(true);
        return filter;
    }
}
