/** Real PostgreSQL and Kafka for integration tests, from the embedded module or in containers: one switch chooses. */
@NullMarked
package ghidanh.servers;

import org.jspecify.annotations.NullMarked;
