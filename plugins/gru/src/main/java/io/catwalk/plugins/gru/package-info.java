/** Provides the classifier {@code gru}. */
@NullMarked
package io.catwalk.plugins.gru;

import org.jspecify.annotations.NullMarked;
