/** Provides the classifier {@code mlp}. */
@NullMarked
package io.catwalk.plugins.mlp;

import org.jspecify.annotations.NullMarked;
