/** Provides the classifier {@code mingru}. */
@NullMarked
package io.catwalk.plugins.mingru;

import org.jspecify.annotations.NullMarked;
