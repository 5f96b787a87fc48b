/** Packs an exported model for its recipient: files, samples with expected answers, and programs that run it. */
@NullMarked
package io.catwalk.runner.packaging;

import org.jspecify.annotations.NullMarked;
