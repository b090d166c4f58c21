package ghidanh.sync.diagnosis.web;

import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Who is told of alerts.
 *
 * @param webhook gets a JSON object by POST for each alert that begins to fire or is resolved; none: nobody is told
 */
@ConfigurationProperties("ghidanh.sync.alerts")
record AlertSettings(@Nullable URI webhook) {}
