/** Provides the classifier {@code bilstm}. */
@NullMarked
package io.catwalk.plugins.bilstm;

import org.jspecify.annotations.NullMarked;
