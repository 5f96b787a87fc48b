/** Provides the classifier {@code scan2d}. */
@NullMarked
package io.catwalk.plugins.scan2d;

import org.jspecify.annotations.NullMarked;
