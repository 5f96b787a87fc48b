/** Provides the classifier {@code linear}. */
@NullMarked
package io.catwalk.plugins.linear;

import org.jspecify.annotations.NullMarked;
