/** Classes that every package of the program may use. */
@NullMarked
package io.catwalk.runner;

import org.jspecify.annotations.NullMarked;
