package ghidanh.sync.deadletter;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How dead letters are treated.
 *
 * @param maxRedrives how often one event may be put through again before a redrive refuses it
 */
@Validated
@ConfigurationProperties("ghidanh.sync.dead-letters")
record DeadLetterSettings(@DefaultValue("3") @Min(1) int maxRedrives) {}
