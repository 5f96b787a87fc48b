/** What came out of an experiment: numbers and enums, which reports put into words. */
@NullMarked
package io.catwalk.runner.results;

import org.jspecify.annotations.NullMarked;
