/** Provides the classifier {@code convmixer}. */
@NullMarked
package io.catwalk.plugins.convmixer;

import org.jspecify.annotations.NullMarked;
