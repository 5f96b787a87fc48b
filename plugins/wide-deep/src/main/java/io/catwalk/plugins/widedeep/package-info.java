/** Provides the classifier {@code wide-deep}. */
@NullMarked
package io.catwalk.plugins.widedeep;

import org.jspecify.annotations.NullMarked;
