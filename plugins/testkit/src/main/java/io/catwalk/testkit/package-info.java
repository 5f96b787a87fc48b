/** The contract of a classifier plugin, as a test class to extend. */
@NullMarked
package io.catwalk.testkit;

import org.jspecify.annotations.NullMarked;
