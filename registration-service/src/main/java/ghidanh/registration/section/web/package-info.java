/** Sections and terms over HTTP. */
@NullMarked
package ghidanh.registration.section.web;

import org.jspecify.annotations.NullMarked;
