/** Provides the classifier {@code resnet}. */
@NullMarked
package io.catwalk.plugins.resnet;

import org.jspecify.annotations.NullMarked;
