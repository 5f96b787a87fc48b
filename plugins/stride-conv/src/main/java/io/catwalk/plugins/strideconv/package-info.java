/** Provides the classifier {@code stride-conv}. */
@NullMarked
package io.catwalk.plugins.strideconv;

import org.jspecify.annotations.NullMarked;
