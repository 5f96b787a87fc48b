/** Provides the classifier {@code small-conv}. */
@NullMarked
package io.catwalk.plugins.smallconv;

import org.jspecify.annotations.NullMarked;
