/** Looks at the program as it is packed. */
@NullMarked
package io.catwalk.runner.packed;

import org.jspecify.annotations.NullMarked;
