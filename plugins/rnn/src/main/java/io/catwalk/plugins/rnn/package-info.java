/** Provides the classifier {@code rnn}. */
@NullMarked
package io.catwalk.plugins.rnn;

import org.jspecify.annotations.NullMarked;
