/** The whole system with one command: real PostgreSQL and Kafka, both services, sample universities, the page. */
@NullMarked
package ghidanh.demo;

import org.jspecify.annotations.NullMarked;
