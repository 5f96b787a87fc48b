/** Writes exported models in 8 bits, and decides whether they ship. */
@NullMarked
package io.catwalk.runner.quantization;

import org.jspecify.annotations.NullMarked;
