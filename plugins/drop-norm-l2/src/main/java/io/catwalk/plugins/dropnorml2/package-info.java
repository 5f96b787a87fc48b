/** Provides the classifier {@code drop-norm-l2}. */
@NullMarked
package io.catwalk.plugins.dropnorml2;

import org.jspecify.annotations.NullMarked;
