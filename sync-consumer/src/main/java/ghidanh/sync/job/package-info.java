/** Long work that an operator asks for: who wanted it, how far it is, and what came of it, kept on the master. */
@NullMarked
package ghidanh.sync.job;

import org.jspecify.annotations.NullMarked;
