/** Provides the classifier {@code mixer}. */
@NullMarked
package io.catwalk.plugins.mixer;

import org.jspecify.annotations.NullMarked;
