/** The databases as this service uses them: readers, writers, and whether a database can be used now. */
@NullMarked
package ghidanh.registration.database;

import org.jspecify.annotations.NullMarked;
