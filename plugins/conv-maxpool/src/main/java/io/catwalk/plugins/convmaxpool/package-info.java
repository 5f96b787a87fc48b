/** Provides the classifier {@code conv-maxpool}. */
@NullMarked
package io.catwalk.plugins.convmaxpool;

import org.jspecify.annotations.NullMarked;
