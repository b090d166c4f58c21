/** Reads registrations, from the shards and the master together. */
@NullMarked
package ghidanh.registration.read;

import org.jspecify.annotations.NullMarked;
