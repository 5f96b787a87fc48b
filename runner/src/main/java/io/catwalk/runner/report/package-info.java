/** Writes the results of trials for people: reports, model cards, contact sheets. */
@NullMarked
package io.catwalk.runner.report;

import org.jspecify.annotations.NullMarked;
