/** Registrations: written in batches to the shard a student lives in, read from there and from the master. */
@NullMarked
package ghidanh.registration.registration;

import org.jspecify.annotations.NullMarked;
