/** Provides the classifier {@code mobile}. */
@NullMarked
package io.catwalk.plugins.mobile;

import org.jspecify.annotations.NullMarked;
