/** Says in words what the numbers of a run mean. */
@NullMarked
package io.catwalk.runner.report.words;

import org.jspecify.annotations.NullMarked;
