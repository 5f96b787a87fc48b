/** Provides the classifier {@code lstm}. */
@NullMarked
package io.catwalk.plugins.lstm;

import org.jspecify.annotations.NullMarked;
