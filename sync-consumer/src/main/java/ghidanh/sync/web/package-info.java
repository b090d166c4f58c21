/** What the REST answers of all features of this service share. */
@NullMarked
package ghidanh.sync.web;

import org.jspecify.annotations.NullMarked;
