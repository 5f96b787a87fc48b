/** Provides the classifier {@code convnext}. */
@NullMarked
package io.catwalk.plugins.convnext;

import org.jspecify.annotations.NullMarked;
