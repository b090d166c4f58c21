/** The databases as this service reaches them: connections, migrations, and whether a database can be used now. */
@NullMarked
package ghidanh.registration.database;

import org.jspecify.annotations.NullMarked;
