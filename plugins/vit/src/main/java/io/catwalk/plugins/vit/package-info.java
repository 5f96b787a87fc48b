/** Provides the classifier {@code vit}. */
@NullMarked
package io.catwalk.plugins.vit;

import org.jspecify.annotations.NullMarked;
