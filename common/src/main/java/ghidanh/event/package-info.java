/** The contract between the services: the event that crosses Kafka, its JSON, topic and header names. */
@NullMarked
package ghidanh.event;

import org.jspecify.annotations.NullMarked;
