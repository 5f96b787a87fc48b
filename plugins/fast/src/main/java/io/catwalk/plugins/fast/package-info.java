/** Provides the classifier {@code fast}. */
@NullMarked
package io.catwalk.plugins.fast;

import org.jspecify.annotations.NullMarked;
