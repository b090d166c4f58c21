package ghidanh.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** For both services to import; {@code ghidanh-web.yml} has the settings that belong to it. */
@Configuration(proxyBeanMethods = false)
@Import({ProblemAdvice.class, ErrorPage.class, ServerErrors.class})
public class WebConfiguration {}
