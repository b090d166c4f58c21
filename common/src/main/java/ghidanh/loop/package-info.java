/** All threads that a service makes: what runs on them, what becomes of it when it dies, and how it stops. */
@NullMarked
package ghidanh.loop;

import org.jspecify.annotations.NullMarked;
