/** Real PostgreSQL clusters and a real Kafka broker as child processes, from artifacts of Maven Central. */
@NullMarked
package ghidanh.embedded;

import org.jspecify.annotations.NullMarked;
